"""Tables of the training rows of a source, read anew by each scan; errors name rows as the source does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from xent.data.pieces.encoded_reader import RowChoice
from xent.streams.fragments import pieces_of
from xent.streams.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["TrainingTables", "source_pieces", "with_others"]


class TrainingTables:
    """
    Function that returns a new iterator of tables with the columns `names` of the training rows.

    There is one table for each piece of the source, in order, without rows if none of the piece is taken.

    Parameters
    ----------
    source : Source
        Rows.
    choice : RowChoice
        Training rows: those with a class that are not held out.
    names : tuple of str
        Columns.
    """

    def __init__(self, source: Source, choice: RowChoice, names: tuple[str, ...]) -> None:
        self._source, self._choice, self._names = source, choice, names
        # Of the last table alone: the places of all training rows would not fit into memory.
        self._name, self._places, self._before = "", np.zeros(0, np.intp), 0

    def __call__(self) -> Iterator[pa.Table]:
        """
        New iterator of the tables, from the first piece of the source on; `row_name` then knows the last one.

        Errors are those of `source_pieces`.
        """
        import pyarrow as pa

        before = 0
        for name, first, piece in source_pieces(
            self._source, with_others(self._names, self._choice), caller="fit"
        ):
            places = self._choice.chosen(piece, first, name)[0]
            self._name, self._places, self._before = name, first + places, before
            yield pa.Table.from_batches([piece]).select(list(self._names)).take(pa.array(places))
            before += len(places)

    def row_name(self, number: int) -> str:
        """
        Row in its fragment, and the fragment, of training row `number`, counted from 0 through all tables;
        the last one must hold it.
        """
        return f"{self._places[number - self._before]} of {self._name}"


def source_pieces(
    source: Source, columns: tuple[str, ...], *, caller: str
) -> Iterator[tuple[str, int, pa.RecordBatch]]:
    """
    All pieces of `source` in order: the fragment's name, the number of the piece's first row in it, the
    piece.

    Rows are numbered from 0 in each fragment, such as a file; a piece has `columns` alone. Raises `DataError`
    if one cannot be read; errors of a caller's own function pass.
    """
    for fragment in source.fragments:
        first = 0
        for piece in pieces_of(fragment, columns, caller=caller):
            yield fragment.name, first, piece
            first += piece.num_rows


def with_others(names: tuple[str, ...], choice: RowChoice, weight: str | None = None) -> tuple[str, ...]:
    """Columns `names`, then that of the groups of `choice` and `weight`, if there are any; each once."""
    others = (one for one in (choice.rule.group, weight) if one is not None)
    return tuple(dict.fromkeys((*names, *others)))
