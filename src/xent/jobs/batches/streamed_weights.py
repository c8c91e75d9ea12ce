"""Weights of rows that are read in batches: those of the rows that are kept, and their sums by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data.pieces.encoded_reader import weight_cells
from xent.errors import DomainError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["KeptWeights", "StreamedWeights"]

Array = NDArray[np.float64]
Places = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class KeptWeights:
    """
    Weights of rows in memory.

    Parameters
    ----------
    name : str
        Column of the weights.
    train, held_out : ndarray
        Weights of a part of the training rows and of all held-out rows.
    masses : ndarray of shape (K,)
        Weight of all training rows of each class.
    """

    name: str
    train: Array
    held_out: Array
    masses: Array


class StreamedWeights:
    """Weights in the column `column`, collected piece by piece; 1 for every row without a column."""

    name = "\0weight"
    """Name of the weights in a sample of the training rows."""

    def __init__(self, column: str | None, classes: int) -> None:
        self._column = column
        self._masses = np.zeros(classes)
        self._held_out: list[Array] = []

    def trained(self, piece: pa.Table, places: Places, codes: Places, *, first: int, fragment: str) -> Array:
        """
        Weights of the training rows at `places` of a piece, whose classes are `codes`; they are added to the
        sums.

        `first` is the number of rows before the piece in the `fragment`. Raises `DataError` for a column
        without numbers, and `DomainError` for a weight that is missing, negative or not finite.
        """
        weights = self._of(piece, places, first, fragment)
        self._masses += np.bincount(codes, weights=weights, minlength=len(self._masses))
        return weights

    def judged(self, piece: pa.Table, places: Places, *, first: int, fragment: str) -> None:
        """Keep the weights of the held-out rows at `places` of a piece; errors are those of `trained`."""
        self._held_out.append(self._of(piece, places, first, fragment))

    def kept(self, sample: pa.Table) -> KeptWeights | None:
        """
        Weights of the rows of `sample`, of all held-out rows so far, and sums by class; None without a
        column.

        `sample` has the weights of its rows in a column called `StreamedWeights.name`. At least one piece
        must have been judged.
        """
        if self._column is None:
            return None
        train = sample.column(self.name).to_numpy()
        return KeptWeights(self._column, train, np.concatenate(self._held_out), self._masses)

    def _of(self, piece: pa.Table, places: Places, first: int, fragment: str) -> Array:
        if self._column is None:
            return np.ones(len(places))
        weights = weight_cells(piece, self._column, caller="fit")[places]
        bad = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
        if len(bad):
            got = f"{weights[bad[0]]} in row {first + int(places[bad[0]])} of {fragment}"
            raise DomainError("fit", "sample_weight", "be finite and >= 0", got=got)
        return weights
