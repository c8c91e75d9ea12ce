"""Decisions between two classes by a threshold of the probability, and their costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MISS_COSTS", "Threshold", "cheapest", "threshold_table"]

MISS_COSTS = (0.2, 1.0, 5.0)
"""Costs of a miss, in units of the cost of a false alarm, that tables compare."""

_THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Threshold:
    """
    Decision for the second class where its probability is above a threshold.

    Parameters
    ----------
    probability : float
        The threshold.
    hits, false_alarms, misses, correct_rejections : int
        Rows of the second class above and rows of the first class above; rows of the second class not above
        and rows of the first class not above.
    masses : tuple of four float, optional
        Weights of these rows, in the same order, by which shares and costs are computed; None where rows
        count equally.
    """

    probability: float
    hits: int
    false_alarms: int
    misses: int
    correct_rejections: int
    masses: tuple[float, float, float, float] | None = None

    @property
    def precision(self) -> float:
        """Share of hits among the rows above the threshold; nan if there are none."""
        hits, alarms, _, _ = self._amounts
        return hits / (hits + alarms) if hits + alarms else math.nan

    @property
    def recall(self) -> float:
        """Share of hits among the rows of the second class; nan if there are none."""
        hits, _, misses, _ = self._amounts
        return hits / (hits + misses) if hits + misses else math.nan

    def cost(self, miss: float) -> float:
        """
        Mean cost of a row, in units of the cost of a false alarm, if a miss costs `miss` such units.

        Hits and correct rejections cost 0.
        """
        _, alarms, misses, _ = self._amounts
        return (alarms + miss * misses) / sum(self._amounts)

    @property
    def _amounts(self) -> tuple[float, float, float, float]:
        """Hits, false alarms, misses and correct rejections by weight; counts without weights."""
        if self.masses is not None:
            return self.masses
        return self.hits, self.false_alarms, self.misses, self.correct_rejections


def threshold_table(
    log_probs: NDArray[np.float64],
    codes: NDArray[np.integer[Any]],
    *,
    weights: NDArray[np.float64] | None = None,
) -> tuple[Threshold, ...]:
    """
    Outcomes of thresholds from 0.05 to 0.95, by rising threshold.

    A row is predicted to be of the second class if its probability is above the threshold, not equal to it.

    Parameters
    ----------
    log_probs : ndarray of shape (n, 2)
        Logarithms of the probabilities of both classes.
    codes : ndarray of shape (n,)
        True class of each row, 0 or 1.
    weights : ndarray of shape (n,), optional
        Weight of each row in shares and costs.

    Returns
    -------
    tuple of Threshold
        Eleven, at 0.05, at 0.1 to 0.9 in steps of 0.1, and at 0.95.

    Examples
    --------
    >>> import numpy as np
    >>> table = threshold_table(np.log([[0.9, 0.1], [0.7, 0.3], [0.4, 0.6]]), np.asarray([0, 1, 1]))
    >>> half = table[5]
    >>> half.probability, half.hits, half.misses, round(half.cost(5.0), 3)
    (0.5, 1, 1, 1.667)
    """
    # Compared as log-odds: at 0.5 the decision is that of the most probable class, also in a tie.
    log_odds = log_probs[:, 1] - log_probs[:, 0]
    events = codes == 1
    kind = np.where(events, 2, 3)
    table = []
    for probability in _THRESHOLDS:
        above = log_odds > math.log(probability) - math.log1p(-probability)
        outcome = np.where(above, kind - 2, kind)
        hits, alarms, misses, rejections = np.bincount(outcome, minlength=4).tolist()
        masses = None if weights is None else _masses(outcome, weights)
        table.append(Threshold(probability, hits, alarms, misses, rejections, masses))
    return tuple(table)


def _masses(
    outcome: NDArray[np.integer[Any]], weights: NDArray[np.float64]
) -> tuple[float, float, float, float]:
    """
    Weights of hits, false alarms, misses and correct rejections, by the rows' `outcome`, 0 .. 3 in this
    order.
    """
    hits, alarms, misses, rejections = np.bincount(outcome, weights=weights, minlength=4).tolist()
    return hits, alarms, misses, rejections


def cheapest(table: tuple[Threshold, ...], miss: float) -> Threshold:
    """
    Threshold of `table` of least cost, if a miss costs `miss` false alarms.

    Of equal costs it is the one nearest to 1 / (1 + miss), the best if probabilities are calibrated.
    """
    best = 1 / (1 + miss)
    return min(table, key=lambda one: (one.cost(miss), abs(one.probability - best)))
