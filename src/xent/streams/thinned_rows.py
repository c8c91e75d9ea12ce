"""
Rows of a fragment that are kept for a sample, thinned as more rows come.

A systematic sample of n rows has one of every s, but neither n nor the rows before a fragment are known while
it is read. So a fragment keeps the rows whose numbers in it are multiples of s, for an s that only doubles:
of more rows fewer are kept, and those kept before serve the larger s too. The number of rows alone gives s,
so the rows kept depend neither on the pieces nor on the worker that reads them. Once all rows are counted,
`one_of_every` leaves one row of every s of all fragments together. The first rows of each class are kept
beside, for classes with few rows in the sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xent.solvers.feature_rows import is_sparse

__all__ = ["ROWS_OF_CLASS", "ThinnedRows", "joined_rows", "one_of_every", "sampling_stride"]

Array = NDArray[np.float64]

# Rows of each class that a sample has at least, if there are so many: as many as `stratified_sample` keeps.
ROWS_OF_CLASS = 50


def sampling_stride(rows: int, first: int, sample: int) -> int:
    """
    Least product of `first` and a power of two that leaves at most twice `sample` of `rows` rows, one of so
    many.

    Examples
    --------
    >>> [sampling_stride(rows, 1, 100) for rows in (200, 201, 401)]
    [1, 2, 4]
    """
    stride = first
    while rows > 2 * sample * stride:
        stride *= 2
    return stride


def one_of_every(stride: int, places: NDArray[np.intp], *, rows: int, before: int) -> NDArray[np.bool_]:
    """
    True for those of the `places`, (kept,), that a sample of one row of every `stride` of a source takes.

    They are the first multiples of `stride` among the numbers of the fragment's `rows`: as many as there are
    multiples among the same rows numbered from `before`, the number of rows of the fragments before. So the
    fragments together give exactly ``ceil(n / stride)`` of n rows.
    """
    # The first multiple from `before` on is so far behind the fragment's first row.
    behind = -before % stride
    return np.asarray((places % stride == 0) & (places + behind < rows))


@dataclass(slots=True)
class ThinnedRows:
    """
    Rows kept of a fragment, in order; lists have an array for each piece that was read, or one for all.

    Parameters
    ----------
    X, labels, weights, places : list of arrays
        Features (rows, p), dense or CSR, labels, weights and numbers within the fragment.
    groups : list of arrays
        Hashes of groups; empty without groups.
    early : list of arrays
        True for the first 50 rows of each class.
    """

    X: list[Any] = field(default_factory=list)
    labels: list[NDArray[Any]] = field(default_factory=list)
    weights: list[Array] = field(default_factory=list)
    groups: list[NDArray[np.uint64]] = field(default_factory=list)
    places: list[NDArray[np.intp]] = field(default_factory=list)
    early: list[NDArray[np.bool_]] = field(default_factory=list)

    def thin(self, stride: int) -> None:
        """
        Drop the rows whose number in the fragment is no multiple of `stride`, but for the early ones.

        All stay if fewer than an eighth would go.
        """
        if not self.places:
            return
        places, early = np.concatenate(self.places), np.concatenate(self.early)
        kept = (places % stride == 0) | early
        # A copy of all features costs more than a few rows too many.
        if 8 * np.count_nonzero(kept) > 7 * len(kept):
            return
        self.X = [joined_rows(self.X)[kept]]
        self.places, self.early = [places[kept]], [early[kept]]
        self.labels = [np.concatenate(self.labels)[kept]]
        self.weights = [np.concatenate(self.weights)[kept]]
        self.groups = [np.concatenate(self.groups)[kept]] if self.groups else []

    def count_from(self, before: Mapping[Any, int]) -> None:
        """
        Leave early the rows that are among the first 50 of their class in all fragments so far.

        `before` has the number of rows of each label in the fragments before this one; a label without any
        can be missing. No row is removed.
        """
        if not self.places:
            return
        early = np.concatenate(self.early)
        rows = np.flatnonzero(early)
        levels, order = np.unique(np.concatenate(self.labels)[rows], return_inverse=True)
        for k, label in enumerate(levels.tolist()):
            most = max(ROWS_OF_CLASS - before.get(label, 0), 0)
            early[rows[order == k][most:]] = False
        self.early = np.split(early, np.cumsum([len(each) for each in self.early])[:-1])


def joined_rows(parts: list[Any]) -> Any:
    """Rows of all `parts`, at least one, as one array, or as a CSR array if they are sparse."""
    return sparse.vstack(parts, format="csr") if is_sparse(parts[0]) else np.concatenate(parts)
