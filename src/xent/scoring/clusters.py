"""Independent units of a sample (rows, or whole groups of rows), and their bootstrap."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEW_CLUSTERS", "Clusters", "clusters_of", "resampled_sums"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

FEW_CLUSTERS = 50
"""Least number of clusters for which the coverage of intervals has been tested."""

# More units than this are dealt at random into so many piles, and piles are drawn in place of units: sums of
# piles are independent and have the units' first three moments, at a fixed cost.
_MOST_PILES = 2_000
_CHUNK = 1 << 19
_KEPT = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """
    Independent units of n rows.

    Parameters
    ----------
    pile : ndarray of shape (n,)
        Number of the pile of each row, 0 .. size-1; rows of one unit are in one pile.
    size : int
        Number of piles that a bootstrap draws.
    count : int
        Number of independent units: groups, or rows without groups.
    weights : ndarray of shape (n,), optional
        Weight of each row; None for equal weights.
    mass : ndarray of shape (size,)
        Sum of the weights of each pile.
    grouped : bool
        True if units are groups of rows.
    unit : ndarray of shape (n,), optional
        Number of the unit of each row, 0 .. count-1; None if each row is one.
    """

    pile: Codes
    size: int
    count: int
    weights: Array | None
    mass: Array
    grouped: bool
    unit: Codes | None = None

    @property
    def effective(self) -> float:
        """Number of units of equal weight whose mean varies as much: `count` if weights and sizes are equal.

        It is that of units, not of piles, which differ less.

        References
        ----------
        .. [1] Kish, L. (1965). Survey Sampling, Wiley. Section 8.2.
        """
        if self.unit is not None:
            masses = np.bincount(self.unit, weights=self.weights).astype(np.float64, copy=False)
        elif self.weights is not None:
            masses = self.weights
        else:
            return float(self.count)
        return float(masses.sum()) ** 2 / float(masses @ masses)

    @property
    def freedom(self) -> float:
        """
        Degrees of freedom of `variance`: one less than the number of piles if their masses are equal.

        References
        ----------
        .. [1] Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components.
               Biometrics 2(6), 110-114.
        """
        squares = self.mass**2
        return float(squares.sum()) ** 2 / float(squares @ squares) - 1

    def variance(self, residuals: Array) -> float:
        """
        Variance of the sum of the piles, from `residuals`, (size,), their sums less the mean times their
        mass.

        The squares of such residuals are too small, most those of the heaviest piles; the factor that undoes
        this if a pile's spread is proportional to its mass is size / (size - 1) for equal ones. nan if a
        single pile has all mass.
        """
        shares, squares = self.mass / self.mass.sum(), self.mass**2
        left = float(squares @ (1 - 2 * shares + shares @ shares))
        return float(residuals @ residuals) * float(squares.sum()) / left if left > 0 else math.nan

    def sums(self, values: Array) -> Array:
        """
        Weighted sum of `values`, (n,), in each pile: shape (size,); a row of weight 0 adds 0 also if
        infinite.
        """
        weighted = values if self.weights is None else _weighted(values, self.weights)
        return np.bincount(self.pile, weights=weighted, minlength=self.size).astype(np.float64, copy=False)

    def mean(self, values: Array) -> float:
        """
        Weighted mean of `values`, (n,), over all rows; a row of weight 0 does not count, also if
        infinite.
        """
        if self.weights is None:
            return float(values.mean())
        return float(_weighted(values, self.weights).sum() / self.weights.sum())


def clusters_of(
    n: int, *, groups: NDArray[np.integer] | None = None, weights: Array | None = None, seed: int = 0
) -> Clusters:
    """
    Units of `n` rows, which a bootstrap draws: `groups`, (n,), integers equal in the rows of one group, or
    the rows.

    More than 2,000 units are dealt at random into 2,000 piles, each drawn as one; `seed` is the seed of that
    draw. `weights`, (n,), are those of the rows, None for 1; a unit without weight counts among the units.

    Examples
    --------
    >>> clusters_of(4, groups=np.asarray([7, 7, 9, 9])).sums(np.ones(4)).tolist()
    [2.0, 2.0]
    """
    if groups is None:
        unit, count = None, n
    else:
        present, unit = np.unique(groups, return_inverse=True)
        count = len(present)
    pile = np.arange(n) if unit is None else unit.astype(np.int64)
    if count > _MOST_PILES:
        dealt = np.random.default_rng(seed).permutation(count) % _MOST_PILES
        pile = dealt[pile]
    size = min(count, _MOST_PILES)
    mass = np.bincount(pile, weights=weights, minlength=size).astype(np.float64)
    return Clusters(pile, size, count, weights, mass, groups is not None, unit)


def resampled_sums(columns: Array, *, seed: int, resamples: int = 2000) -> Array:
    """
    Sums of `columns`, of shape (size, m), over samples of piles drawn with replacement: (resamples, m).

    Equal seeds draw equal samples, so quantities of one sample may be combined.
    """
    if resamples * len(columns) <= _KEPT:
        return _all_draws(len(columns), seed, resamples) @ columns
    return np.concatenate([counts @ columns for counts in _draws(len(columns), seed, resamples)])


@lru_cache(maxsize=2)
def _all_draws(size: int, seed: int, resamples: int) -> Array:
    """
    Number of times that each of `size` piles is drawn, (resamples, size), as float64; callers must not change
    it.

    Each row sums to `size`. The result is cached, because the terms of a report share one bootstrap; it is
    the same as that of all blocks of `_draws`.
    """
    kept = np.empty((resamples, size))
    done = 0
    for counts in _draws(size, seed, resamples):
        kept[done : done + len(counts)] = counts
        done += len(counts)
    return kept


def _draws(size: int, seed: int, resamples: int) -> Iterator[Array]:
    """
    Number of times that each of `size` piles is drawn, in blocks of resamples, each float64, (block, size).

    All blocks together have `resamples` rows; each row sums to `size`. Equal arguments give equal draws.
    """
    rng = np.random.default_rng(seed)
    chunk = max(1, _CHUNK // size)
    for done in range(0, resamples, chunk):
        rows = min(chunk, resamples - done)
        cells = rng.integers(size, size=(rows, size), dtype=np.int32)
        cells += size * np.arange(rows, dtype=np.int32)[:, None]
        yield np.bincount(cells.ravel(), minlength=rows * size).reshape(rows, size).astype(np.float64)


def _weighted(values: Array, weights: Array) -> Array:
    """Values times weights, both (n,), with 0 for a row of weight 0."""
    # A row of weight 0 counts nothing, whatever its loss: 0 times infinity would be nan.
    return np.where(weights > 0, values, 0.0) * weights
