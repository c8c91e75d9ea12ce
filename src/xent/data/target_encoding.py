"""Target column as classes and class codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.column_values import is_opaque
from xent.data.column_wishes import check_target
from xent.data.table_files import check_names
from xent.drawing.short_text import short
from xent.errors import DataError
from xent.near_names import listed

__all__ = [
    "KnownTarget",
    "Target",
    "check_classes",
    "check_decimals",
    "encodable",
    "encode_target",
    "known_target",
]

# Up to this number of classes, the number of rows per class is not checked.
_FEW_CLASSES = 10
_ROWS_PER_CLASS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """
    Classes of a target column, and the class of each row that has one.

    Parameters
    ----------
    classes : tuple
        The distinct values as Python objects, sorted; whole floats as integers.
    codes : array of shape (n,)
        Class of each kept row, an int64 in ``0 .. len(classes) - 1``.
    rows : array of shape (n,)
        Places of the kept rows in the table, rising.
    missing : int
        Number of rows ignored because they have no value.
    """

    classes: tuple[Any, ...]
    codes: NDArray[np.int64]
    rows: NDArray[np.int64]
    missing: int


def encode_target(table: pa.Table, target: str) -> Target:
    """
    The classes of the column `target`, and the class of each row that has one.

    Parameters
    ----------
    table : pyarrow.Table
        The table.
    target : str
        Name of a column of text, numbers, truth values or dates.

    Returns
    -------
    Target
        Classes in sorted order, as integers if all are whole floats; the code of each row that has a class,
        (n,), and its place in the table, rising; the number of rows without one, NaN included.

    Raises
    ------
    DataError
        If a name occurs twice, there is no such column, it holds lists, records or bytes or no value, or
        there are fewer than two classes, more than ten classes with fewer than ten rows each on average, or
        no class with two rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"y": ["no", "yes", None, "yes", "no"]})
    >>> target = encode_target(table, "y")
    >>> target.classes, target.codes.tolist(), target.rows.tolist(), target.missing
    (('no', 'yes'), [0, 1, 1, 0], [0, 1, 3, 4], 1)
    """
    check_names(table.column_names, caller="encode_target", argument="table")
    check_target(table, target, caller="encode_target")
    column = encodable(table.column(target), target)
    places, values = _distinct(column)
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    rows = np.flatnonzero(places >= 0)
    classes = tuple(values[place] for place in order)
    codes = rank[places[rows]]
    check_classes(target, classes, np.bincount(codes, minlength=len(classes)))
    return Target(classes, codes, rows, len(places) - len(rows))


@dataclass(frozen=True, slots=True, eq=False)
class KnownTarget:
    """
    Rows whose class is one of given classes, and counts of all other rows.

    Parameters
    ----------
    codes : array of shape (n,)
        Class of each kept row, an int64 that is a place in the given classes.
    rows : array of shape (n,)
        Places of the kept rows in the table, rising.
    missing : int
        Number of rows without a value.
    unknown : dict of str to int
        Rows of each value that is not among the given classes, by its text, the most frequent first.
    """

    codes: NDArray[np.int64]
    rows: NDArray[np.int64]
    missing: int
    unknown: dict[str, int]


def known_target(table: pa.Table, target: str, classes: Sequence[Any]) -> KnownTarget:
    """
    Rows of `table` whose value of the column `target` has the text of one of `classes`.

    The result has the place of each such row's class in `classes`, the rows' places in `table`, the number of
    rows without a value, and the number of rows of each other value by its text. Floats that are all whole
    have no decimals in their text.

    Raises
    ------
    DataError
        If there is no such column, it holds lists, records, bytes or no value, or none of its values is a
        class.

    Examples
    --------
    >>> found = known_target(pa.table({"y": ["1", None, "3", "2"]}), "y", (1, 2))
    >>> found.codes.tolist(), found.rows.tolist(), found.missing, found.unknown
    ([0, 1], [0, 3], 1, {'3': 1})
    """
    check_target(table, target, caller="judge")
    places, values = _distinct(encodable(table.column(target), target))
    known = {str(label): place for place, label in enumerate(classes)}
    codes = np.asarray([*(known.get(str(value), -2) for value in values), -1])[places]
    rows = np.flatnonzero(codes >= 0)
    if not len(rows):
        fact = f"{listed([str(value) for value in values])} in column {target!r}"
        hint = f"The classes are {listed(known)}."
        raise DataError("judge", "target", "hold classes of the model", got=fact, hint=hint)
    others = np.bincount(places[codes == -2], minlength=len(values))
    order = np.argsort(-others, kind="stable")
    unknown = {str(values[place]): int(others[place]) for place in order.tolist() if others[place]}
    return KnownTarget(codes[rows], rows, int(np.count_nonzero(codes == -1)), unknown)


def encodable(column: pa.ChunkedArray, target: str) -> pa.ChunkedArray:
    """
    Cells of the column `target` that can be classes, without dictionary encoding; NaN and null are gaps.

    Decimals become floats. Raises `DataError` for lists, records and bytes, for a column without a value, and
    as `check_decimals` does.
    """
    kind, place = column.type, _place(target)
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    check_decimals(column, target)
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), None, column)
    if is_opaque(column.type):
        fact = f"{place}, which holds values of type {column.type}"
        raise DataError("encode_target", "target", "hold text, numbers, truth values or dates", got=fact)
    if column.null_count == len(column):
        fact = f"{place}, in which all {len(column)} rows are missing"
        raise DataError("encode_target", "target", "have values", got=fact)
    return column


def check_decimals(column: Any, target: str) -> None:
    """
    Raise `DataError` if two different decimals among the cells `column` of `target` are one number as
    floats.
    """
    if not pa.types.is_decimal(column.type):
        return
    distinct = column.unique().drop_null()
    if pc.count_distinct(distinct.cast(pa.float64())).as_py() < len(distinct):
        fact = f"{_place(target)} of {column.type}, of which some are equal as floats"
        hint = "Make text or integers of them."
        rule = "hold numbers that differ in double precision"
        raise DataError("encode_target", "target", rule, got=fact, hint=hint)


def _distinct(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """
    Code of each cell, (rows,), -1 for a gap, and the distinct values in order of occurrence.

    Floats that are all whole become integers. The column must have a chunk.
    """
    encoded = column.dictionary_encode()
    chunks = [chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy() for chunk in encoded.chunks]
    values = encoded.chunk(0).dictionary.to_pylist()
    if all(isinstance(value, float) and value.is_integer() for value in values):
        values = [int(value) for value in values]
    return np.concatenate(chunks), values


def check_classes(target: str, classes: tuple[Any, ...], counts: NDArray[np.int64]) -> None:
    """
    Raise `DataError` for one class, for too many, and if no class has two rows; `counts` are the rows of
    each.

    Too many are more than ten with fewer than ten rows each on average.
    """
    rows, place = int(counts.sum()), _place(target)
    if len(classes) == 1:
        fact = f"{place}, which always holds {short(repr(classes[0]))}"
        raise DataError("encode_target", "target", "have at least two classes", got=fact)
    if len(classes) > _FEW_CLASSES and len(classes) * _ROWS_PER_CLASS > rows:
        raise DataError(
            "encode_target",
            "target",
            "have at least ten rows per class on average",
            got=f"{len(classes):,} classes in {rows:,} rows of {place}",
            hint="Is this a regression, or an identifier? Choose another column, or cut it into ranges.",
        )
    if counts.max() == 1:
        raise DataError(
            "encode_target",
            "target",
            "have two rows of some class",
            got=f"{len(classes)} different rows in {place}",
        )


def _place(target: str) -> str:
    """Words for the column `target` in errors, such as "column 'y'"; a long name is cut."""
    return f"column {short(target)!r}"
