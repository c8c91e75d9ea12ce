"""
Inductive Venn-Abers prediction: isotonic regression with the test row added as either class.

References
----------
.. [1] Vovk, V., Petej, I. and Fedorova, V. (2015). Large-scale probabilistic predictors with and without
   guarantees of validity. NeurIPS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["VennAbersPairs", "venn_abers_pairs"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class VennAbersPairs:
    """
    Pairs of probabilities of the second class, as functions of the score.

    Parameters
    ----------
    points : ndarray of shape (m,)
        Distinct scores of the calibration rows, rising.
    lower, upper : ndarray of shape (2 m + 1,)
        Probabilities with the test row added as 0 and as 1: at the points (odd places) and between them.
    """

    points: Array
    lower: Array
    upper: Array

    def __call__(self, scores: Array) -> tuple[Array, Array]:
        """
        Lower and upper probability of each of the `scores`, (n,), log-odds of the second class; each is
        (n,).
        """
        left = np.searchsorted(self.points, scores, side="left")
        right = np.searchsorted(self.points, scores, side="right")
        return self.lower[left + right], self.upper[left + right]


def venn_abers_pairs(
    scores: Array, events: NDArray[np.bool_], weights: Array | None = None
) -> VennAbersPairs:
    """
    Pairs for every score, from calibration rows.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Scores in any increasing scale.
    events : ndarray of bool, of shape (n,)
        True for rows of the second class.
    weights : ndarray of shape (n,), optional
        Weight of each row; the added row has weight 1, and rows of weight 0 are ignored.

    Returns
    -------
    VennAbersPairs
        Both probabilities for each distinct score and between these.

    Notes
    -----
    The blocks that isotonic regression makes of the first i points are nested: the last one begins at a known
    point, and before it the blocks are those of fewer points. So the regressions on all prefixes and suffixes
    take two passes, and an added row is merged with blocks on either side until the levels rise.
    """
    w = np.ones(len(scores)) if weights is None else weights
    points, place = np.unique(scores[w > 0], return_inverse=True)
    mass = np.bincount(place, weights=w[w > 0], minlength=len(points))
    hits = np.bincount(place, weights=(w * events)[w > 0], minlength=len(points))
    masses, sums = (np.concatenate([[0.0], np.cumsum(each)]) for each in (mass, hits))
    first = _starts(masses, sums)
    # The regression on a suffix is that on a prefix of the reversed points with the labels swapped.
    behind = _starts(masses[-1] - masses[::-1], (masses - sums)[-1] - (masses - sums)[::-1])
    m = len(points)
    last = m - behind[::-1]
    found = np.empty((2, 2 * m + 1))
    for slot in range(2 * m + 1):
        # Odd slots are points, which the added row joins; even ones lie between.
        low, high = slot // 2, (slot + 1) // 2
        for label in (0, 1):
            found[label, slot] = _merged((low, high), label, (masses, sums), (first, last))
    return VennAbersPairs(points, found[0], found[1])


def _starts(masses: Array, sums: Array) -> NDArray[np.int64]:
    """
    For each number of points i, the start of the last block of the isotonic regression on the first i points.

    `masses` and `sums`, (m + 1,), are running totals from 0 of the weights and of the weighted labels of m
    points, each of positive weight; the result, (m + 1,), has 0 for no points. Blocks of equal level are
    joined.
    """
    starts = np.zeros(len(masses), dtype=np.int64)
    for i in range(1, len(masses)):
        start = i - 1
        while start > 0:
            before = starts[start]
            # Compare the levels of two neighbouring blocks without division.
            level = (sums[i] - sums[start]) * (masses[start] - masses[before])
            if level > (sums[start] - sums[before]) * (masses[i] - masses[start]):
                break
            start = before
        starts[i] = start
    return starts


def _merged(
    span: tuple[int, int],
    label: int,
    totals: tuple[Array, Array],
    blocks: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> float:
    """
    Level of the block to which isotonic regression assigns a row of weight 1 and `label`, 0 or 1, added
    within `span`.

    `span` holds two numbers of points, equal for a row between two points: the added row joins the points
    from the first number up to the second, and more on either side as long as their level violates the order.
    `totals` are running masses and sums of labels, (m + 1,), from 0. `blocks` holds, for each i from 0 to m,
    the start of the last block of the first i points and the end of the first block of the points from i on.
    """
    (low, high), (masses, sums), (first, last) = span, totals, blocks
    m = len(masses) - 1
    while True:
        weight = masses[high] - masses[low] + 1
        level = (sums[high] - sums[low] + label) / weight
        if low > 0:
            before = first[low]
            if (sums[low] - sums[before]) / (masses[low] - masses[before]) >= level:
                low = before
                continue
        if high < m:
            after = last[high]
            if (sums[after] - sums[high]) / (masses[after] - masses[high]) <= level:
                high = after
                continue
        return float(level)
