"""
Exact medians of features whose rows come in pieces, in two scans.

A sample of the rows brackets each median. The second scan counts the values below the bracket and at its
ends, and keeps those inside, a few in a hundred of all; the median is then the value of its rank.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["MedianBracket"]

Array = NDArray[np.float64]

# Half width of a bracket in standard deviations of the sample's rank; a bracket that misses costs a scan.
_DEVIATIONS = 5.0


@dataclass(slots=True)
class MedianBracket:
    """
    Bracket of the median of one feature, and what a scan finds in it.

    Parameters
    ----------
    low, high : float
        Ends, which may be infinite.
    known, below, at_low, at_high : int
        Numbers added so far: all but NaN; those below `low`; those equal to `low`; and those equal to `high`,
        0 if both ends are equal.
    inside : list of arrays
        Numbers added so far that lie between the ends, an array for each piece.
    """

    low: float
    high: float
    known: int = 0
    below: int = 0
    at_low: int = 0
    at_high: int = 0
    inside: list[Array] = field(default_factory=list)

    @classmethod
    def of_sample(cls, values: Array, wider: float = 1.0) -> MedianBracket:
        """
        Bracket around the median of `values`, a sample of the feature; NaN is ignored.

        It reaches `wider` times 5 standard deviations of the median's rank to either side, and to -inf or inf
        if the sample is too small for that, or has no number.
        """
        known = np.sort(values[~np.isnan(values)])
        m = len(known)
        half = min(wider * _DEVIATIONS * np.sqrt(m) / 2, m) if m else 0
        first, last = int(m / 2 - half), int(m / 2 + half) + 1
        return cls(float(known[first]) if first > 0 else -np.inf, float(known[last]) if last < m else np.inf)

    def add(self, values: Array) -> None:
        """
        Count the values of a piece, (rows,), below, at the ends of and in the bracket; keep those inside.

        NaN is neither counted nor kept.
        """
        self.known += int(np.count_nonzero(~np.isnan(values)))
        self.below += int(np.count_nonzero(values < self.low))
        self.at_low += int(np.count_nonzero(values == self.low))
        if self.high > self.low:
            # Values at the ends are counted: half of a column may be one number.
            self.at_high += int(np.count_nonzero(values == self.high))
            self.inside.append(values[(values > self.low) & (values < self.high)])

    def median(self) -> float | None:
        """
        The median of the values that were added, as `numpy.median` rounds it.

        None if the bracket missed it, or no number was added.
        """
        kept = np.sort(np.concatenate([np.empty(0), *self.inside]))
        pair = [self._of_rank(rank, kept) for rank in ((self.known - 1) // 2, self.known // 2)]
        if None in pair:
            return None
        return float(np.mean(np.asarray(pair if self.known % 2 == 0 else pair[:1], np.float64)))

    def _of_rank(self, rank: int, kept: Array) -> float | None:
        """
        Number of the given rank, from 0, among all that were added; None if it lies outside the bracket.

        `kept` are the numbers inside the bracket, sorted.
        """
        rank -= self.below
        if rank < 0:
            return None
        if rank < self.at_low:
            return self.low
        rank -= self.at_low
        if rank < len(kept):
            return float(kept[rank])
        return self.high if rank - len(kept) < self.at_high else None
