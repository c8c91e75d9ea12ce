"""Rows of a streamed fit that stay in memory, collected piece by piece."""

from __future__ import annotations

import dataclasses

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.pieces.encoded_reader import RowChoice
from xent.data.pieces.group_counts import GroupCounts
from xent.data.pieces.tables import StridedSample
from xent.jobs.batches.streamed_findings import KeptRows
from xent.jobs.batches.streamed_weights import StreamedWeights

__all__ = ["RowCollector"]

Codes = NDArray[np.int64]

# Half of the most training rows that are kept for the parts of the report that look at rows.
_KEPT = 20_000
_CODE = "\0code"


class RowCollector:
    """
    Collector of a strided sample of the training rows, and of all held-out rows with their numbers.

    Parameters
    ----------
    choice : RowChoice
        Rule that tells training rows from held-out ones.
    names : tuple of str
        Columns to keep.
    weight : str or None
        Column of the weights; None where rows count equally.
    """

    def __init__(self, choice: RowChoice, names: tuple[str, ...], weight: str | None) -> None:
        self._trained, self._judged = choice, dataclasses.replace(choice, wants_held_out=True)
        self._names = list(names)
        self._weights = StreamedWeights(weight, len(choice.target.classes))
        self._groups = GroupCounts(choice.rule)
        self._sample = StridedSample(_KEPT)
        self._held_out: list[pa.Table] = []
        self._codes: list[Codes] = []
        self._rows: list[Codes] = []
        self._read = 0

    def add(self, piece: pa.RecordBatch, first: int, fragment: str) -> None:
        """
        Keep the chosen rows of `piece`, whose first row has the number `first` in the fragment named
        `fragment`.

        Training rows enter a sample of at most 40,000: every s-th of them, with an s that doubles as rows
        come; the weights of all of them are summed by class. Held-out rows are all kept, numbered from 0
        through all rows of all calls, so pieces come in the order of the data. Rows without a class are in
        neither, but are numbered. Raises `DataError` if weights are not numbers, and `DomainError` for one
        that is missing, negative or not finite.
        """
        whole = pa.Table.from_batches([piece])
        table = whole.select(self._names)
        places, codes, of_trained = self._trained.chosen(piece, first, fragment)
        weights = self._weights.trained(whole, places, codes, first=first, fragment=fragment)
        columns = table.take(pa.array(places)).append_column(_CODE, pa.array(codes))
        self._sample.add(columns.append_column(self._weights.name, pa.array(weights)))
        judged, of_judged, hashes = self._judged.chosen(piece, first, fragment)
        self._held_out.append(table.take(pa.array(judged)))
        self._weights.judged(whole, judged, first=first, fragment=fragment)
        # Held-out rows are numbered through all fragments, as predictions name them.
        self._rows.append(judged + self._read)
        self._codes.append(of_judged)
        self._groups.add(of_trained, hashes)
        self._read += piece.num_rows

    def kept(self) -> KeptRows:
        """
        Rows that `add` has kept: a sample of the training rows, and all held-out rows in the order of the
        calls.

        At least one piece must have been added.
        """
        train = self._sample.table()
        return KeptRows(
            train.drop_columns([_CODE, self._weights.name]),
            train.column(_CODE).to_numpy(),
            pa.concat_tables(self._held_out),
            np.concatenate(self._codes),
            np.concatenate(self._rows),
            self._trained.rule.group,
            self._groups.held_out_groups(),
            self._groups.in_training(),
            self._weights.kept(train),
        )
