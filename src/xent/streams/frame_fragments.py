"""Fragments of data frames: slices of a lazy frame of polars, partitions of a frame of Dask."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xent.errors import DataError

__all__ = ["LazyFragment", "PartitionFragment", "batches_of_frame", "lazy_fragments", "partition_fragments"]


def batches_of_frame(frame: Any) -> Any:
    """
    Table of Arrow with the rows of a record batch, a table, or a frame of polars or pandas; None for anything
    else.

    A table is returned itself. The index of a frame of pandas is left out. Raises `DataError` for a frame of
    pandas with several kinds of values in a column, or several columns of one name.
    """
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if hasattr(frame, "to_arrow"):
        return frame.to_arrow()
    if hasattr(frame, "columns") and hasattr(frame, "iloc"):
        try:
            return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        except (pa.ArrowException, TypeError, ValueError) as error:
            # Arrow puts the name of the column last.
            reason = str(error.args[-1] if error.args else type(error).__name__)[:200]
            rule = "have frames with one kind of value in each column, and one column of each name"
            raise DataError("batches", "source", rule, got=f"{reason!r} from Arrow") from error
    return None


@dataclass(frozen=True, slots=True)
class LazyFragment:
    """
    Slice of a lazy frame of polars.

    Parameters
    ----------
    frame : polars.LazyFrame
        The frame.
    start, rows : int
        First row and number of rows.
    """

    frame: Any
    start: int
    rows: int

    @property
    def name(self) -> str:
        """Rows of the slice."""
        return f"rows {self.start} to {self.start + self.rows - 1} of the lazy frame"

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """Record batches of the slice with `columns`; the slice is computed as a whole."""
        sliced = self.frame.select(list(columns)).slice(self.start, self.rows).collect()
        yield from sliced.to_arrow().to_batches()


@dataclass(frozen=True, slots=True)
class PartitionFragment:
    """
    Partition of a data frame of Dask.

    Parameters
    ----------
    frame : dask.dataframe.DataFrame
        The frame.
    place : int
        Number of the partition.
    """

    frame: Any
    place: int

    @property
    def name(self) -> str:
        """Number of the partition."""
        return f"partition {self.place} of the frame"

    @property
    def rows(self) -> int | None:
        """None: only computing tells."""
        return None

    def pieces(self, columns: tuple[str, ...]) -> Iterator[Any]:
        """
        Record batches of the partition with `columns`; the partition is computed as a whole, in this thread.

        Raises `DataError` for a partition of pandas with several kinds of values in a column, or several
        columns of one name. Errors of Dask pass.
        """
        # In this thread: a worker that asked its scheduler would wait for itself.
        part = self.frame[list(columns)].partitions[self.place].compute(scheduler="synchronous")
        yield from batches_of_frame(part).to_batches()


def lazy_fragments(frame: Any, size: int) -> tuple[tuple[LazyFragment, ...], tuple[str, ...]]:
    """
    Slices of a lazy frame of polars of `size` rows, the last perhaps shorter, and the names of its columns.

    The rows are counted, which computes the frame. A frame without rows has no slice.
    """
    # The library of the frame is imported already, and not needed otherwise.
    polars = sys.modules[type(frame).__module__.partition(".")[0]]
    count = int(frame.select(polars.len()).collect().item())
    slices = (LazyFragment(frame, start, min(size, count - start)) for start in range(0, count, size))
    return tuple(slices), tuple(frame.collect_schema().names())


def partition_fragments(frame: Any, *, caller: str) -> tuple[tuple[PartitionFragment, ...], tuple[str, ...]]:
    """
    Partitions of a data frame of Dask, and the names of its columns; nothing is computed.

    Raises `DataError` if a name is not text.
    """
    names = tuple(frame.columns)
    if not all(isinstance(name, str) for name in names):
        rule = "have columns whose names are text"
        raise DataError(caller, "source", rule, got=", ".join(map(repr, names[:5])))
    return tuple(PartitionFragment(frame, place) for place in range(frame.npartitions)), names
