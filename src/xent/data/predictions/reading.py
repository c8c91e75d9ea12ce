"""Predictions in a table: checked log-probabilities of one or more models, with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import is_number, kind_name, numbers, text_codes
from xent.data.predictions.columns import (
    ModelColumns,
    check_column,
    check_values,
    found_columns,
    named_columns,
)
from xent.data.predictions.given_table import given_table
from xent.data.predictions.prediction_table import PredictionTable, ScoredModel
from xent.data.predictions.slices import slice_column
from xent.data.predictions.told_space import check_no_shares, looks_like_probs, told_space
from xent.data.predictions.truth import classes_of, true_classes
from xent.errors import DataError, DomainError
from xent.near_names import listed
from xent.scoring.predictions import checked_predictions, checked_weights
from xent.scoring.spaces import log_probs_of

__all__ = ["read_predictions"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# The kinds of the target and the weights are checked where they are read.
_CHECKS = {"group": check_values, "slice": check_values}


def read_predictions(
    data: Any,
    target: Any = None,
    *,
    spaces: Mapping[str, Sequence[str]] | None = None,
    weight: str | None = None,
    group: str | None = None,
    slices: Sequence[str] = (),
    normalize: bool = False,
    caller: str,
) -> PredictionTable:
    """
    Read and check predictions.

    Parameters
    ----------
    data : str, Path, DataFrame, array or mapping
        A file, a table in memory, or a directory that `xent fit` wrote.
    target : str or sequence, optional
        Column of the true classes, ``target`` by default, as in predictions of `xent fit`; or, with data in
        memory, the true classes themselves as an array, list or series.
    spaces : mapping of str to sequence of str, optional
        For ``"probs"``, ``"log-probs"`` and ``"logits"`` the columns of each model: a prefix, a list between
        commas, or a single column for two classes. Without any, columns named like the classes are taken.
    weight, group : str, optional
        Columns of the weights of the rows, and of their groups.
    slices : sequence of str
        Columns that cut the rows.
    normalize : bool
        True to divide probabilities by their sums.
    caller : str
        Name for errors.

    Returns
    -------
    PredictionTable
        For each model, in the order of `spaces` or, without any, of the columns: log-probabilities of the
        rows that have a true class, with their classes, numbers in the file (or those of a column ``row``),
        weights and groups. Besides the slices, the number of rows without a class, and sentences on
        assumptions.

    Raises
    ------
    DataError
        If the table cannot be read, a column is missing, no columns of predictions are found, columns do not
        match the classes or hold no numbers, weights are no numbers, a row has no group, true classes come
        with a file or in another number than the rows, or an array comes with a `target` of None.
    DTypeError
        If an array is a tensor of PyTorch that requires gradients.
    DomainError
        If predictions or weights have invalid values, such as nan, probabilities of another sum than 1,
        percentages, masked entries, negative weights or weights that are all 0; the message names the first
        row of the file. Also if all rows are of one group, or a key of `spaces` is unknown.
    BackendError
        If the file is a spreadsheet and the library for it is not installed.
    """
    table, name, target = given_table(data, target, caller=caller)
    named = [("target", target), ("weight", weight), ("group", group), *(("slice", one) for one in slices)]
    for option, column in named:
        if column is not None:
            _CHECKS.get(option, check_column)(table, column, option=option, caller=caller)
    taken = {column for _, column in named if column is not None}
    kept, labels, truth = true_classes(table.column(target), target, caller)
    missing = table.num_rows - len(kept)
    table = table.take(pa.array(kept)) if missing else table
    models = _columns_of_models(table, spaces or {}, labels, taken, kept, caller=caller)
    classes, notes = classes_of(models[0], labels, caller)
    codes = np.asarray([classes.index(label) for label in labels])[truth]
    numbered = kept if "row" not in table.column_names else _row_numbers(table.column("row"), kept)
    rest: dict[str, Any] = {
        "codes": codes,
        "classes": classes,
        "rows": numbered,
        "sample_weight": _weights(table, weight, kept, caller),
        "groups": _groups(table, group, kept, caller),
    }
    scored = (_model(table, each, classes, kept, rest, normalize=normalize, caller=caller) for each in models)
    return PredictionTable(
        name=name,
        target=target,
        classes=classes,
        models=_distinctly_named(tuple(scored)),
        slices=tuple(slice_column(one, table.column(one)) for one in slices),
        missing=missing,
        notes=notes + tuple(note for one in models for note in _doubts(table, one)),
    )


def _columns_of_models(
    table: pa.Table,
    spaces: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    taken: set[str],
    kept: Codes,
    *,
    caller: str,
) -> tuple[ModelColumns, ...]:
    """
    Columns of each model that `spaces` names; without any, columns that are named like the classes.

    `spaces` maps "probs", "log-probs" or "logits" to lists of columns, columns or prefixes, as
    `named_columns` reads them; one column may be in several models. `labels` are the classes of the target.
    `taken` are columns that no prefix matches, and stays as it is. Raises the `DataError` of `named_columns`
    and `found_columns`, such as for no columns or for a cell of text; the row in it is that of the file,
    which `kept` gives.
    """
    specs = [(space, spec) for space, several in spaces.items() for spec in several]
    try:
        named = tuple(
            named_columns(table, space, spec, labels, taken, caller=caller) for space, spec in specs
        )
        return named or found_columns(table, labels, taken, caller=caller)
    except DataError as error:
        if error.index is not None:
            error.index = (int(kept[error.index[0]]),)
        raise


def _model(
    table: pa.Table,
    model: ModelColumns,
    classes: tuple[str, ...],
    kept: Codes,
    rest: dict[str, Any],
    *,
    normalize: bool,
    caller: str,
) -> ScoredModel:
    """
    Checked log-probabilities of one model, with its name, space and columns; classes in the order `classes`.

    A space that was not named is told by the values; a single column is that of the second class. `rest` has
    further arguments of `checked_predictions`: codes, classes, row numbers, weights and groups of the rows of
    `table`, those with a class. With `normalize` probabilities are divided by their sums. Raises `DataError`
    if the columns do not match the classes, and `DomainError` for invalid values, with the number of the row
    in the file, which `kept`, (rows,), gives.
    """
    columns = model.columns
    if model.labels is not None and len(columns) > 1 and model.labels != classes:
        if set(model.labels) != set(classes):
            got = f"{listed(model.labels)} beside {listed(classes)}"
            raise DataError(caller, "predictions", "have the same classes in each model", got=got)
        columns = tuple(columns[model.labels.index(label)] for label in classes)
    elif len(columns) != len(classes) and (len(columns), len(classes)) != (1, 2):
        got = f"{len(columns)} columns for {len(classes)} classes"
        raise DataError(caller, "predictions", "have the same classes in each model", got=got)
    values = np.column_stack([numbers(table.column(name)) for name in columns])
    space = model.space or told_space(values, normalize=normalize)
    if model.space is None and space == "logits":
        check_no_shares(values, kept, caller=caller)
    argument = space.replace("-", "_")
    try:
        if len(columns) == 1:
            values = _both_classes(values[:, 0], space)
        log_probs = log_probs_of(values, space, normalize=normalize, caller=caller, argument=argument)
        predictions = checked_predictions(log_probs, caller=caller, **rest)
    except DomainError as error:
        if error.index is not None:
            error.index = (int(kept[error.index[0]]), *error.index[1:])
        raise
    return ScoredModel(model.name, space, model.space is None, columns, predictions)


def _doubts(table: pa.Table, model: ModelColumns) -> list[str]:
    """
    A sentence, in a list, if the user declared columns to be logits that hold probabilities; else no entry.

    They do if every row lies in [0, 1] and sums to 1 within 1e-5. A single column is not judged, nor are
    columns whose space was recognised.
    """
    if model.space != "logits" or len(model.columns) == 1:
        return []
    values = np.column_stack([numbers(table.column(name)) for name in model.columns])
    if not looks_like_probs(values):
        return []
    told = f"Columns {listed(model.columns)} are read as logits, as named"
    return [f"{told}, but each row lies in [0, 1] and sums to 1, as probabilities do; for these say --probs."]


def _both_classes(second: Array, space: str) -> Array:
    """
    Predictions of both classes, (n, 2), from those of the second, (n,), in their `space`.

    It is "logits" (the first class has logit 0), "probs" or "log-probs". Nothing is checked: a probability
    outside [0, 1] gives another one for the first class, and a log-probability above 0 gives nan for it.
    """
    if space == "logits":
        return np.column_stack([np.zeros(len(second)), second])
    if space == "probs":
        return np.column_stack([1 - second, second])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.column_stack([np.log(-np.expm1(second)), second])


def _row_numbers(column: pa.ChunkedArray, kept: Codes) -> Codes:
    if not pa.types.is_integer(column.type) or column.null_count:
        return kept
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _weights(table: pa.Table, weight: str | None, kept: Codes, caller: str) -> Array | None:
    """
    Checked weights of the rows, (rows,); None if `weight` is None.

    Raises `DataError` unless the column `weight` holds numbers, and `DomainError` if all are 0, or for a
    missing, negative or infinite weight, with the number of its row in the file, which `kept` gives.
    """
    if weight is None:
        return None
    if not is_number(table.schema.field(weight).type):
        got = f"column {weight!r} of {kind_name(table.schema.field(weight).type)}"
        raise DataError(caller, "weight", "name a column of numbers", got=got)
    try:
        return checked_weights(numbers(table.column(weight)), len(kept), caller=caller, argument="weight")
    except DomainError as error:
        if error.index is not None:
            error.index = (int(kept[error.index[0]]),)
        raise


def _groups(table: pa.Table, group: str | None, kept: Codes, caller: str) -> Codes | None:
    """
    Group of each row as a number >= 0, (rows,), in no particular order; None if `group` is None.

    Raises `DataError` for a row without a group, with its number in the file, which `kept` gives.
    """
    if group is None:
        return None
    codes, _ = text_codes(table.column(group))
    lost = np.flatnonzero(codes < 0)
    if len(lost):
        hint = "Give each of these rows a group of its own, or leave them out."
        index = (int(kept[lost[0]]),)
        raise DataError(
            caller, "group", "have a value in every row", got="a missing cell", index=index, hint=hint
        )
    return codes.astype(np.int64)


def _distinctly_named(models: tuple[ScoredModel, ...]) -> tuple[ScoredModel, ...]:
    """
    Models with a name each, "model" for one without; if two have one name, all get their number from
    1 on.
    """
    names = [one.name or "model" for one in models]
    if len(set(names)) < len(names):
        names = [f"{name} {place}" for place, name in enumerate(names, start=1)]
    return tuple(
        ScoredModel(name, one.space, one.recognised, one.columns, one.predictions)
        for name, one in zip(names, models, strict=True)
    )
