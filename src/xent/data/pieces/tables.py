"""Pieces of a table that is read again in each scan: conversion, batches of fixed size, and a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from xent.data.column_values import is_text
from xent.data.expected_cells import plain_column
from xent.data.table_conversion import replace_columns
from xent.data.text_reading import Reading, read_column

__all__ = ["PieceConverter", "StridedSample", "rebatched"]

_TEXT_KINDS = frozenset({"categorical", "ordered", "text"})


@dataclass(slots=True)
class PieceConverter:
    """
    Converter of pieces by settled readings.

    Parameters
    ----------
    readings : mapping of str to Reading or None
        Rules for columns of text; None for one that stays text.
    types : mapping of str to str
        Kinds that columns must have.
    missing : tuple of str
        Words for a missing cell.
    odd : dict of str to int
        Cells that did not read, counted as pieces are converted.
    """

    readings: Mapping[str, Reading | None]
    types: Mapping[str, str]
    missing: tuple[str, ...]
    odd: dict[str, int] = field(default_factory=dict)

    def converted(self, piece: pa.Table) -> pa.Table:
        """
        `piece` with text converted in the columns that have a reading, whose odd cells are counted in `odd`.

        Odd cells, which do not read and are no words for missing, become gaps. Columns without a reading that
        `types` makes categories, ordered levels or free text are cast to text, unless they are
        dictionary-encoded.
        """
        cells = {}
        for name, column in zip(piece.column_names, piece.columns, strict=True):
            reading = self.readings.get(name)
            if reading is not None and is_text(plain_column(column).type):
                read = read_column(plain_column(column), reading, self.missing)
                self.odd[name] = self.odd.get(name, 0) + len(read.odd)
                cells[name] = read.cells
            elif self.types.get(name) in _TEXT_KINDS and not pa.types.is_dictionary(column.type):
                cells[name] = column.cast(pa.large_string())
        return replace_columns(piece, cells)


@dataclass(slots=True)
class StridedSample:
    """
    Every s-th row of pieces, with an s that doubles as rows come; independent of the sizes of the pieces.

    Parameters
    ----------
    most : int
        Half of the most rows that are kept.
    """

    most: int
    stride: int = 1
    rows: int = 0
    _kept: list[pa.Table] = field(default_factory=list)

    def add(self, piece: pa.Table) -> None:
        """
        Add the rows of a piece: every s-th of all rows is kept, and copied.

        As long as more than twice `most` rows would be kept, s doubles and every second kept row is dropped.
        """
        here = np.arange((-self.rows) % self.stride, piece.num_rows, self.stride)
        # A copy, since a slice would keep the whole piece in memory.
        self._kept.append(piece.take(pa.array(here)))
        self.rows += piece.num_rows
        while self.rows > 2 * self.most * self.stride:
            self.stride *= 2
            self._kept = [self.table().take(pa.array(np.arange(0, self._count(), 2)))]

    def table(self) -> pa.Table:
        """The rows that are kept, in their order; a piece must have been added before."""
        return pa.concat_tables(self._kept).combine_chunks()

    def _count(self) -> int:
        return sum(each.num_rows for each in self._kept)


def rebatched(pieces: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """
    The rows of `pieces`, in their order, in tables of `size` rows, of which only the last may be shorter.

    Nothing is yielded if there are no rows.
    """
    waiting: list[pa.Table] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += piece.num_rows
        if count >= size:
            whole = pa.concat_tables(waiting)
            full = count - count % size
            for start in range(0, full, size):
                yield whole.slice(start, size)
            waiting, count = [whole.slice(full)], count - full
    if count:
        yield pa.concat_tables(waiting)
