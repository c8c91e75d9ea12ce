"""Cells of the kind that a column had in training, or the reason why they are not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import (
    day_numbers,
    first_unreadable,
    is_instant,
    is_number,
    is_text,
    numbers,
    read_text,
    text_codes,
)
from xent.data.row_batches import RowBatch
from xent.errors import DataError

__all__ = ["day_cells", "level_cells", "number_cells"]


def number_cells(batch: RowBatch, name: str, meaning: str = "numbers") -> NDArray[np.float64]:
    """Column `name` as numbers, NaN where missing; text is taken if it reads as `meaning`."""
    column = _plain(batch.table.column(name))
    kind = column.type
    if is_text(kind):
        column = _read(batch, name, column, meaning)
    elif not (is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)):
        raise _refusal(batch, name, column, meaning)
    return numbers(column)


def day_cells(batch: RowBatch, name: str) -> NDArray[np.float64]:
    """Column `name` as days since 1970-01-01, NaN where missing; text is taken if it is ISO 8601."""
    column = _plain(batch.table.column(name))
    kind = column.type
    if is_text(kind):
        column = _read(batch, name, column, "dates")
    elif not (is_instant(kind) or pa.types.is_null(kind)):
        raise _refusal(batch, name, column, "dates")
    return day_numbers(column)


def level_cells(batch: RowBatch, name: str) -> tuple[NDArray[np.int32], pa.Array]:
    """Column `name` as codes and levels; whatever has a spelling is taken."""
    column = batch.table.column(name)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise _refusal(batch, name, column, "text")
    return text_codes(column)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _read(batch: RowBatch, name: str, column: pa.ChunkedArray, meaning: str) -> pa.ChunkedArray:
    read = read_text(column, meaning)
    if read is None:
        raise _refusal(batch, name, column, meaning, first_unreadable(column, meaning))
    return read


def _refusal(
    batch: RowBatch, name: str, column: pa.ChunkedArray, kind: str, place: int | None = None
) -> DataError:
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
