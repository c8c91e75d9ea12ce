"""A table in batches of rows, so that no second copy of the table is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.errors import DomainError

__all__ = ["BATCH_ROWS", "RowBatch", "checked_rows", "column_batch", "columns_batch", "row_batches"]

BATCH_ROWS = 1 << 14
"""Rows of a batch."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """
    Some rows of a table.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    start : int
        Number of rows in earlier batches.
    rows : array of int, optional
        Places of the rows in the table; None means ``start, start + 1, ...``.
    first : int or array of int, default 0
        Number of rows before the table, if the table is a piece of a larger one, or the number of each row of
        the table.
    """

    table: pa.Table
    start: int
    rows: NDArray[np.int64] | None
    first: int | NDArray[np.integer[Any]] = 0

    def row_number(self, place: int) -> int:
        """Number of the row at `place` of this batch in the whole table, from 0."""
        within = int(self.start + place if self.rows is None else self.rows[place])
        return int(self.first[within]) if isinstance(self.first, np.ndarray) else self.first + within


def row_batches(
    table: pa.Table,
    rows: NDArray[np.int64] | None,
    *,
    size: int = BATCH_ROWS,
    first: int | NDArray[np.integer[Any]] = 0,
) -> Iterator[RowBatch]:
    """
    Rows of `table` at the places `rows` (None: all), in their order, in batches of `size` rows but the last.

    `first`, for messages, is the number of rows before the table if it is a piece of a larger one, or the
    number of each row of the table. No batch without rows.
    """
    if rows is None:
        for start in range(0, table.num_rows, size):
            yield RowBatch(table.slice(start, size), start, None, first)
        return
    rising = bool(np.all(np.diff(rows) >= 0))
    for start in range(0, len(rows), size):
        places = rows[start : start + size]
        # Rising places lie in a short stretch, in which arrow finds them ten times as fast.
        low, high = (int(places[0]), int(places[-1])) if rising else (0, table.num_rows - 1)
        stretch = table.slice(low, high - low + 1)
        yield RowBatch(stretch.take(pa.array(places - low)), start, places, first)


def column_batch(table: pa.Table, name: str, rows: NDArray[np.int64] | None) -> RowBatch:
    """One column at the places `rows` as a single batch; None means all rows."""
    return columns_batch(table, [name], rows)


def columns_batch(table: pa.Table, names: Sequence[str], rows: NDArray[np.int64] | None) -> RowBatch:
    """Some columns at the places `rows` as a single batch; None means all rows."""
    columns = table.select(names)
    return RowBatch(columns if rows is None else columns.take(pa.array(rows)), 0, rows)


def checked_rows(rows: Any, count: int, *, caller: str) -> NDArray[np.int64] | None:
    """
    `rows` as int64 places in a table of `count` rows; None, which stands for all rows, as it is.

    Order and repeated places stay; `rows` may be empty, of any type. Raises `DomainError` for other than one
    axis of integers (booleans are none), and for the first place out of 0 .. count - 1.
    """
    if rows is None:
        return None
    places = np.asarray(rows)
    if places.ndim != 1 or (places.size and places.dtype.kind not in "iu"):
        fact = f"{places.dtype} of shape {places.shape}"
        raise DomainError(caller, "rows", "be a list of row places", got=fact)
    outside = np.flatnonzero((places < 0) | (places >= count))
    if outside.size:
        first = int(outside[0])
        rule = f"lie in 0..{count - 1}, the places of the rows"
        raise DomainError(caller, "rows", rule, got=str(places[first]), index=(first,))
    return places.astype(np.int64, copy=False)
