"""Columns that hold the predictions of one or more models, by prefix, by list, or found by themselves."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from xent.data.column_values import is_number, is_opaque, kind_name, numbers
from xent.data.predictions.told_space import told_space
from xent.errors import DataError
from xent.near_names import listed, near_names

__all__ = ["ModelColumns", "check_column", "check_values", "common_prefix", "found_columns", "named_columns"]

_RESERVED = {"row", "predicted"}
_EDGES = " _.:-/|"
_NUMBER = r"\d+\]?$"


@dataclass(frozen=True, slots=True)
class ModelColumns:
    """
    Columns of one model.

    Parameters
    ----------
    name : str
        Name of the model: the prefix of its columns; "" if there is none.
    space : str or None
        Space of the values as the user named it; None to recognise it.
    columns : tuple of str
        Names of the columns, in the order of `labels`; a single one for two classes.
    labels : tuple of str or None
        Class of each column as text; None if the names of the columns do not tell.
    """

    name: str
    space: str | None
    columns: tuple[str, ...]
    labels: tuple[str, ...] | None


def check_values(table: pa.Table, name: str, *, option: str, caller: str) -> None:
    """
    Raise `DataError` unless `table` has a column `name`, which the user gave as `option`, of single values.

    Those are text, numbers, truth values, dates or times; lists, records and bytes are none.
    """
    check_column(table, name, option=option, caller=caller)
    kind = table.schema.field(name).type
    if is_opaque(kind):
        got = f"column {name!r} of {kind_name(kind)}"
        raise DataError(caller, option, "name a column of text, numbers, truth values or dates", got=got)


def check_column(table: pa.Table, name: str, *, option: str, caller: str) -> None:
    """Raise `DataError` unless `table` has a column `name`, which the user gave as `option`."""
    if name not in table.column_names:
        hint = near_names(name, table.column_names)
        raise DataError(caller, option, "name a column of the table", got=repr(name), hint=hint)


def named_columns(
    table: pa.Table, space: str, spec: str, labels: Sequence[str], taken: Collection[str], *, caller: str
) -> ModelColumns:
    """
    Columns of one model that `spec` names: a list between commas, one column, or a prefix of numeric columns.

    A column's whole name stands for that column alone, unless two numeric columns or more begin with it,
    itself among them. `space` is "probs", "log-probs" or "logits", `labels` are the classes that the target
    holds. Columns in `taken` match no prefix, but may be listed or named whole. The class of a column is the
    rest of its name behind the prefix, in any case; the prefix of a list is the beginning that its columns
    share, up to a separator: a space or one of ``_.:-/|``. If each of `labels` has a column, others are
    further classes, but those, listed ones too, whose rest ends in a separator and one of `labels` are left
    out, as of another model; else, or for one column, classes are None. The name of the model is the prefix
    without separators at its ends, or that of a single column. Raises `DataError` if no column matches, a
    listed one does not exist or is listed twice, one holds other values than numbers, or two stand for one of
    `labels`.
    """
    option = space.replace("-", "_")
    numeric = [name for name in _numeric(table) if name not in taken]
    if "," in spec and spec not in table.column_names:
        columns = tuple(name.strip() for name in spec.split(","))
        for name in columns:
            check_column(table, name, option=option, caller=caller)
        twice = next((name for place, name in enumerate(columns) if name in columns[:place]), None)
        if twice is not None:
            raise DataError(caller, option, "list each column once", got=f"{twice!r} twice")
    else:
        # A prefix that is a column's whole name stands for that column alone, unless it begins others.
        begun = tuple(name for name in numeric if name.startswith(spec))
        columns = (spec,) if spec in table.column_names and len(begun) <= 1 else begun
    if not columns:
        hint = f"Its numeric columns are: {listed(numeric, most=20) or 'none'}."
        raise DataError(caller, option, "begin or list names of numeric columns", got=repr(spec), hint=hint)
    _check_numbers(table, columns, option, caller)
    if len(columns) == 1:
        return ModelColumns(columns[0], space, columns, None)
    # An empty list of columns is impossible here, and a common beginning may end inside a class name.
    prefix = spec if "," not in spec or spec in table.column_names else common_prefix(columns)
    return _by_names(prefix, space, columns, labels, option=option, caller=caller)


def found_columns(
    table: pa.Table, labels: Sequence[str], taken: Collection[str], *, caller: str
) -> tuple[ModelColumns, ...]:
    """
    Columns that look like predictions of the classes `labels`, model by model; none among `taken`.

    A model is a beginning that each of `labels`, in the same case, completes to the name of a numeric column.
    Its other numeric columns are further classes, unless their beginning is longer, as that of another model.
    Without separators at its ends the beginning is the name of the model. An empty one counts if there is no
    other; all numeric columns are then the model's if they are as many as `labels`, there is one label, or
    `told_space` takes their values for no logits, else those called like `labels`. Without a beginning, a
    single numeric column is taken for at most two classes, or all numeric columns if their names differ only
    in a number at the end and there are at least two, and as many as classes or more; the classes of these
    are None, and the name is that of the single column or "". Spaces are None, not known. Columns called row
    and predicted do not count.

    Raises
    ------
    DataError
        If no columns are found so; the error is about the text in it if a column of text would complete the
        beginning of numeric columns of other classes.
    """
    numeric = [name for name in _numeric(table) if name not in taken and name not in _RESERVED]
    models = [
        _by_names(
            prefix,
            None,
            _begun(table, numeric, prefix, labels),
            labels,
            option="predictions",
            caller=caller,
        )
        for prefix in _prefixes(numeric, labels)
    ]
    if models:
        return tuple(models)
    if len(numeric) == 1 and len(labels) <= 2:
        return (ModelColumns(numeric[0], None, (numeric[0],), None),)
    numbered = [name for name in numeric if re.search(_NUMBER, name)]
    if (
        len(numbered) == len(numeric) >= max(len(labels), 2)
        and len({re.sub(_NUMBER, "", n) for n in numeric}) == 1
    ):
        return (ModelColumns("", None, tuple(numeric), None),)
    _check_text_columns(table, numeric, labels, caller)
    raise _not_found(numeric, labels, caller)


def _begun(table: pa.Table, numeric: Sequence[str], prefix: str, labels: Sequence[str]) -> list[str]:
    """
    Numeric columns that begin with `prefix`; for an empty one, those that are predictions by their values.

    With an empty prefix all numeric columns are taken if they are as many as `labels`, or there is one label,
    or their rows are probabilities or log-probabilities; otherwise those named like `labels`. Only values
    tell an age from a class that no row has.
    """
    begun = [name for name in numeric if name.startswith(prefix)]
    if prefix or len(begun) == len(labels):
        return begun
    values = np.column_stack([numbers(table.column(name)) for name in begun])
    if len(labels) == 1 or told_space(values, normalize=False) != "logits":
        return begun
    return [name for name in begun if name in labels]


def _check_text_columns(table: pa.Table, numeric: Sequence[str], labels: Sequence[str], caller: str) -> None:
    """
    Raise `DataError` for a column that is named as a class beside numeric columns of other classes, but is
    text.

    `numeric` are the numeric columns and `labels` the classes.
    """
    for name in table.column_names:
        beside = [one for one in labels if name.endswith(one) and _siblings(name, one, numeric, labels)]
        if name not in numeric and beside and not is_number(table.schema.field(name).type):
            raise _text_in(table, name, "predictions", caller)


def _siblings(name: str, label: str, numeric: Sequence[str], labels: Sequence[str]) -> bool:
    """
    True if `name`, without `label` at its end, begins the name of a numeric column of another of `labels`.

    `numeric` are the names of the numeric columns; such a name ends in that other label and has nothing
    between.
    """
    prefix = name.removesuffix(label)
    return any(prefix + other in numeric for other in labels if other != label)


def _text_in(table: pa.Table, name: str, option: str, caller: str) -> DataError:
    """
    Error about the column `name`, which holds no numbers: its first cell that is not one, or its type.

    The type stands if it is no text, or no cell has a value. Numbers as text are passed over, unless all
    cells are such: then the error names the first. `option` is the argument that it names, and `caller` the
    function; the index is the place in `table`.
    """
    column = table.column(name)
    cells = column.to_pylist() if kind_name(column.type) == "text" else []
    known = {place: cell for place, cell in enumerate(cells) if cell is not None}
    if not known:
        got = f"column {name!r} of {kind_name(column.type)}"
        return DataError(caller, option, "name columns of numbers", got=got)
    first = next((place for place, cell in known.items() if not _is_numeral(cell)), min(known))
    got = f"{known[first][:40]!r} in column {name!r}"
    return DataError(caller, option, "hold numbers", got=got, index=(first,))


def _is_numeral(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _not_found(numeric: Sequence[str], labels: Sequence[str], caller: str) -> DataError:
    got = f"{listed(list(numeric[:20]))} for classes {listed(list(labels[:10]))}" if numeric else "none"
    hint = "Name the columns with --probs, --log-probs or --logits: a prefix, or a list between commas."
    return DataError(caller, "predictions", "have a column for each class of the target", got=got, hint=hint)


def _prefixes(numeric: Sequence[str], labels: Sequence[str]) -> list[str]:
    """
    Beginnings that, followed by each of `labels`, are names of numeric columns; in the order of the columns.

    The empty one is left out if there are others, and if there is a single numeric column. Empty if there are
    none.
    """
    names = set(numeric)
    found = []
    for name in numeric:
        if name.endswith(labels[0]):
            prefix = name.removesuffix(labels[0])
            # One class alone tells no columns, unless others stand beside it.
            if all(prefix + label in names for label in labels) and (len(names) > 1 or prefix):
                found.append(prefix)
    # One prefix may begin another one: p_ and p_a_.
    return [one for one in found if one or len(found) == 1]


def _by_names(
    prefix: str,
    space: str | None,
    columns: Sequence[str],
    labels: Sequence[str],
    *,
    option: str,
    caller: str,
) -> ModelColumns:
    """
    Columns of one model with their classes, each told by the rest of the column's name behind `prefix`.

    If each of `labels`, the classes of the target, has a column, other columns are classes that no row has,
    but those whose rest ends in a separator, a space or one of ``_.:-/|``, and a label are left out, as of
    another model. If some label has none, classes are None and all columns stay. A rest in another case than
    a label stands for it if no column has the label's own case. The name of the model is `prefix` without
    separators at its ends; `space`, None if not known, is passed on. Raises `DataError`, which names
    `option`, if two columns stand for one of `labels`.
    """
    ends = {name: name.removeprefix(prefix) for name in columns}
    exact = set(ends.values())
    # "True" and "true" are one class, unless both occur: in the target, or among the columns.
    lower = {label.lower(): label for label in labels if label not in exact}
    ends = {name: end if end in labels else lower.get(end.lower(), end) for name, end in ends.items()}
    known = set(labels)
    _check_one_each(columns, ends, known, option, caller)
    if known <= set(ends.values()):
        longer = {name for name, end in ends.items() if end not in known and _is_other_model(end, known)}
        kept = [name for name in columns if name not in longer]
        return ModelColumns(prefix.strip(_EDGES), space, tuple(kept), tuple(ends[name] for name in kept))
    return ModelColumns(prefix.strip(_EDGES), space, tuple(columns), None)


def _check_one_each(
    columns: Sequence[str], ends: Mapping[str, str], known: Collection[str], option: str, caller: str
) -> None:
    """Raise `DataError` if two of `columns`, with classes `ends`, stand for one of the classes `known`."""
    first: dict[str, str] = {}
    for name in columns:
        label = ends[name]
        if label in known and label in first:
            got = f"{first[label]!r} and {name!r} for class {label!r}"
            hint = "Rename or drop one of them."
            raise DataError(caller, option, "name one column for each class", got=got, hint=hint)
        first[label] = name


def _is_other_model(end: str, known: Collection[str]) -> bool:
    """True if `end` is one of the classes `known` behind a prefix that ends in a separator."""
    return any(end.endswith(label) and end[: -len(label)][-1:] in set(_EDGES) for label in known)


def common_prefix(columns: Sequence[str]) -> str:
    """
    Beginning that all `columns` share, up to its last space or one of ``_.:-/|``, which it includes; ""
    without.
    """
    first, last = min(columns), max(columns)
    size = next((i for i, c in enumerate(first) if i >= len(last) or c != last[i]), len(first))
    cut = max((first.rfind(edge, 0, size) + 1 for edge in _EDGES), default=0)
    return first[:cut]


def _numeric(table: pa.Table) -> list[str]:
    return [field.name for field in table.schema if is_number(field.type) or pa.types.is_null(field.type)]


def _check_numbers(table: pa.Table, columns: Sequence[str], option: str, caller: str) -> None:
    """Raise `DataError` for the first column that holds neither numbers nor only missing cells."""
    for name in columns:
        kind = table.schema.field(name).type
        if not (is_number(kind) or pa.types.is_null(kind)):
            raise _text_in(table, name, option, caller)
