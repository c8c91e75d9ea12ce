"""`compare`: models compared on the same rows, from one table or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xent.data.predictions.prediction_table import PredictionTable, ScoredModel
from xent.data.predictions.reading import read_predictions
from xent.errors import DataError
from xent.given_names import names_of
from xent.jobs.scored import scored
from xent.near_names import listed
from xent.report.scores.findings import ScoreFindings
from xent.scoring.slices import LEAST_ROWS

__all__ = ["compare"]


def compare(
    data: Any,
    target: Any = None,
    *,
    probs: str | Sequence[str] = (),
    log_probs: str | Sequence[str] = (),
    logits: str | Sequence[str] = (),
    weight: str | None = None,
    group: str | None = None,
    slices: str | Sequence[str] = (),
    normalize: bool = False,
) -> ScoreFindings:
    """
    Compare models on the same rows: paired difference of loss with interval and test, in nats.

    Parameters
    ----------
    data : str, Path, DataFrame or mapping, or list or tuple of these or of arrays
        One table with several models, or a table for each model, row for row the same.
    target : str or sequence, optional
        Column of the true classes in each table, ``target`` by default; or the true classes themselves, as an
        array, list or series, for data in memory.
    probs, log_probs, logits : str or sequence of str
        For each model its columns: a prefix, names between commas, or one column for two classes. Without
        any, columns named like the classes are taken, and their space is told by the values.
    weight, group : str, optional
        Columns of the first table, for all models: weights of the rows, and groups within which rows are not
        independent.
    slices : str or sequence of str
        Columns of the first table that cut the rows into slices; slices of fewer than 30 rows are left out.
    normalize : bool, default False
        True to divide probabilities by their sums instead of refusing them.

    Returns
    -------
    ScoreFindings
        Findings for each model, and comparisons of each pair, with p-values adjusted by Holm's procedure.
        Rows without a class are left out.

    Raises
    ------
    DataError
        If there is no table, or fewer than two models, tables have different classes or rows, a column is
        missing, a row has no group, true classes come with a file, or a table cannot be read.
    DTypeError
        If an array is a tensor of PyTorch that requires gradients.
    DomainError
        If predictions are out of the range of their space or do not sum to 1 in a row, weights are negative,
        not finite or all 0, or an entry of an array is masked.
    BackendError
        If a file is a spreadsheet and the library for it is not installed.
    """
    hint = "Name two files, or the columns of two models with --probs A --probs B."
    if isinstance(data, list | tuple) and not data:
        raise DataError("xent compare", "data", "hold a table", got="none", hint=hint)
    spaces = {"probs": names_of(probs), "log-probs": names_of(log_probs), "logits": names_of(logits)}
    tables = [
        read_predictions(
            each,
            target,
            spaces=spaces,
            weight=weight if place == 0 else None,
            group=group if place == 0 else None,
            slices=names_of(slices) if place == 0 else (),
            normalize=normalize,
            caller="xent compare",
        )
        for place, each in enumerate(data if isinstance(data, list | tuple) else [data])
    ]
    joined = tables[0]
    if len(tables) > 1:
        joined = replace(joined, models=_joined(tables))
    if len(joined.models) < 2:
        raise DataError("xent compare", "predictions", "hold at least two models", got="one", hint=hint)
    return scored(joined, None, (weight, group), LEAST_ROWS)


def _joined(tables: Sequence[PredictionTable]) -> tuple[ScoredModel, ...]:
    """
    Models of all tables over the rows, classes and weights of the first table, with distinct names.

    The columns of each model are put into the order of the classes of the first table. A model has the name
    of its table, followed by its own name if the table has several models; if two names are equal, all models
    are followed by their number, from 1. Raises `DataError` unless all tables have the same classes, in any
    order, and the same rows in the same order.
    """
    first = tables[0].models[0].predictions
    models = []
    for table in tables:
        _check_same_rows(tables[0], table)
        order = [table.classes.index(label) for label in first.classes]
        for one in table.models:
            name = table.name if len(table.models) == 1 else f"{table.name} {one.name}"
            moved = replace(first, log_probs=one.predictions.log_probs[:, order])
            models.append(replace(one, name=name, predictions=moved))
    names = [one.name for one in models]
    if len(set(names)) < len(names):
        models = [replace(one, name=f"{one.name} {i}") for i, one in enumerate(models, start=1)]
    return tuple(models)


def _check_same_rows(first: PredictionTable, other: PredictionTable) -> None:
    """
    Raise `DataError` unless both tables have the same classes, in any order, and the same rows in the same
    order.

    Rows are the same if their numbers and their true classes are. Only rows with a class are there; the first
    model of each table stands for its rows.
    """
    one, two = first.models[0].predictions, other.models[0].predictions
    caller, rule = "xent compare", "have the same rows in each file"
    if set(first.classes) != set(other.classes):
        got = f"classes {listed(first.classes)} and {listed(other.classes)}"
        raise DataError(caller, "predictions", "have the same classes in each file", got=got)
    if len(one.codes) != len(two.codes):
        got = f"{len(one.codes):,} in {first.name!r} and {len(two.codes):,} in {other.name!r}"
        raise DataError(caller, "predictions", rule, got=got)
    different = np.flatnonzero(np.asarray(first.classes)[one.codes] != np.asarray(other.classes)[two.codes])
    moved = np.flatnonzero(one.rows != two.rows)
    for wrong, what in ((moved, "row numbers"), (different, "true classes")):
        if len(wrong):
            rows = "1 row" if len(wrong) == 1 else f"{len(wrong):,} rows"
            got = f"different {what} in {first.name!r} and {other.name!r} at {rows}"
            hint = "Sort both files by the same key."
            raise DataError(caller, "predictions", rule, got=got, index=(int(wrong[0]),), hint=hint)
