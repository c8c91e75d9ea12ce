"""Target column as classes and class codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.column_wishes import check_target
from xent.data.table_files import check_names
from xent.errors import DataError

__all__ = ["Target", "encode_target"]

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
        Name of a column of text, whole numbers, truth values or dates.

    Returns
    -------
    Target
        Classes in sorted order; NaN counts as missing.

    Raises
    ------
    DataError
        If there is no such column, the column holds lists or bytes or no value, or there are fewer than two
        classes, more than ten classes with fewer than ten rows each on average, or no class with two rows.

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
    column = _encodable(table.column(target), target)
    places, values = _distinct(column)
    order = sorted(range(len(values)), key=values.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    rows = np.flatnonzero(places >= 0)
    classes = tuple(values[place] for place in order)
    codes = rank[places[rows]]
    _check_classes(target, classes, np.bincount(codes, minlength=len(classes)))
    return Target(classes, codes, rows, len(places) - len(rows))


def _encodable(column: pa.ChunkedArray, target: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), None, column)
    kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        fact = f"column {target!r}, which holds values of type {kind}"
        raise DataError("encode_target", "target", "hold text, numbers, truth values or dates", got=fact)
    if column.null_count == len(column):
        fact = f"column {target!r}, in which all {len(column)} rows are missing"
        raise DataError("encode_target", "target", "have values", got=fact)
    return column


def _distinct(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    encoded = column.dictionary_encode()
    chunks = [chunk.indices.cast(pa.int64()).fill_null(-1).to_numpy() for chunk in encoded.chunks]
    values = encoded.chunk(0).dictionary.to_pylist()
    if all(isinstance(value, float) and value.is_integer() for value in values):
        values = [int(value) for value in values]
    return np.concatenate(chunks), values


def _check_classes(target: str, classes: tuple[Any, ...], counts: NDArray[np.int64]) -> None:
    rows, place = int(counts.sum()), f"column {target!r}"
    if len(classes) == 1:
        fact = f"{place}, which always holds {classes[0]!r}"
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
