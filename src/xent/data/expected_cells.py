"""Cells of a column in the kind that the column had in training; `DataError` for any other kind."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import day_numbers, is_instant, is_number, is_opaque, numbers, text_codes
from xent.data.row_batches import RowBatch
from xent.errors import DataError

__all__ = ["day_cells", "level_cells", "number_cells", "plain_column", "refused_cell"]


def number_cells(batch: RowBatch, name: str, meaning: str = "numbers") -> NDArray[np.float64]:
    """
    Column `name` as floats, of shape (rows,), NaN where missing; truth values are 0 and 1.

    A span of time counts in the unit of its type. A column without a value is all NaN, whatever its type. Any
    other that holds neither numbers nor truth values raises `DataError`, which says that it was to hold
    `meaning`, "numbers" or "true or false"; both kinds pass for both. The array may share the memory of the
    batch.
    """
    column = plain_column(batch.table.column(name))
    # Among thousands of columns the other tests would take half of the time.
    if pa.types.is_float64(column.type):
        return numbers(column)
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    if not (is_number(column.type) or pa.types.is_boolean(column.type)):
        raise refused_cell(batch, name, column, meaning)
    return numbers(column)


def day_cells(batch: RowBatch, name: str) -> NDArray[np.float64]:
    """
    Column `name` as days since 1970-01-01 in UTC, of shape (rows,), NaN where missing.

    A time of day is a fraction of a day. Raises `DataError` for a column that has a value and holds neither
    dates nor times.
    """
    column = plain_column(batch.table.column(name))
    if column.null_count == len(column):
        return np.full(len(column), np.nan)
    if not is_instant(column.type):
        raise refused_cell(batch, name, column, "dates")
    return day_numbers(column)


def level_cells(batch: RowBatch, name: str) -> tuple[NDArray[np.int32], pa.Array]:
    """
    Code of each cell of the column `name`, (rows,), -1 where missing, and the distinct trimmed levels as
    text.

    The order of the levels has no meaning, and some may not occur. Raises `DataError` for lists, records and
    bytes, unless all cells are missing.
    """
    column = batch.table.column(name)
    if column.null_count == len(column):
        return np.full(len(column), -1, np.int32), pa.array([], pa.large_string())
    if is_opaque(column.type):
        raise refused_cell(batch, name, column, "text")
    return text_codes(column)


def plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """`column` without dictionary encoding."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def refused_cell(
    batch: RowBatch, name: str, column: pa.ChunkedArray, kind: str, place: int | None = None
) -> DataError:
    """
    The error for a cell of `column`, named `name`, that does not hold `kind`, such as "numbers".

    It names the cell at `place` in the batch, or for None the first that is not missing, which must exist.
    """
    if place is None:
        place = int(np.flatnonzero(column.is_valid().to_numpy())[0])
    value = column[place].as_py()
    return DataError(
        "TableEncoder",
        "table",
        f"hold {kind} in column {name!r}, as it did in training",
        got=f"{value!r} in row {batch.row_number(place)} (rows count from 0)",
        hint="Mend it or leave the cell empty.",
    )
