"""Groups of rows that come in pieces: those of the held-out rows, and the number of those in training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.data.pieces.held_out_rule import HeldOutRule

__all__ = ["GroupCounts"]

Hashes = NDArray[np.uint64]
Codes = NDArray[np.int64]

_LEAST = 1 << 16


class GroupCounts:
    """
    Groups by their hashes, 8 bytes for each group in training and for each held-out row.

    Parameters
    ----------
    rule : HeldOutRule
        Choice by which the rows are split; without groups nothing is kept.
    """

    def __init__(self, rule: HeldOutRule) -> None:
        self._is_used = rule.group is not None
        self._trained: list[Hashes] = []
        self._distinct = 0
        self._held_out: list[Hashes] = []

    def add(self, training: Hashes, held_out: Hashes) -> None:
        """
        Add the hashes of the groups of `training` rows, (n,), and of `held_out` rows, (m,), of a piece.

        The distinct hashes of training rows are kept, and of held-out rows one for each row, in the order of
        rows and calls; the array `held_out` is not copied. Nothing is kept if the rule has no groups.
        """
        if not self._is_used:
            return
        self._trained.append(np.unique(training))
        self._held_out.append(held_out)
        # Merging at each doubling costs no more in all than sorting once.
        if sum(map(len, self._trained)) > 2 * max(self._distinct, _LEAST):
            self._merge()

    def in_training(self) -> int:
        """Number of groups of training rows so far; 0 if the rule has no groups."""
        self._merge()
        return self._distinct

    def held_out_groups(self) -> Codes | None:
        """
        Group of each held-out row, 0 .. G-1, in the order in which rows were added; None without groups.

        Groups are numbered by the rank of their hashes; `add` must have been called before.
        """
        if not self._is_used:
            return None
        codes: Codes = np.unique(np.concatenate(self._held_out), return_inverse=True)[1].astype(np.int64)
        return codes

    def _merge(self) -> None:
        if self._trained:
            self._trained = [np.unique(np.concatenate(self._trained))]
            self._distinct = len(self._trained[0])
