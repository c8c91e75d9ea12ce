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
    """

    probability: float
    hits: int
    false_alarms: int
    misses: int
    correct_rejections: int

    @property
    def precision(self) -> float:
        """Share of hits among the rows above the threshold; nan if there are none."""
        above = self.hits + self.false_alarms
        return self.hits / above if above else math.nan

    @property
    def recall(self) -> float:
        """Share of hits among the rows of the second class; nan if there are none."""
        rows = self.hits + self.misses
        return self.hits / rows if rows else math.nan

    def cost(self, miss: float) -> float:
        """Mean cost of a row, in units of the cost of a false alarm, if a miss costs `miss` such units."""
        rows = self.hits + self.false_alarms + self.misses + self.correct_rejections
        return (self.false_alarms + miss * self.misses) / rows


def threshold_table(log_probs: NDArray[np.float64], codes: NDArray[np.integer[Any]]) -> tuple[Threshold, ...]:
    """
    Outcomes of thresholds from 0.05 to 0.95, by rising threshold.

    Parameters
    ----------
    log_probs : ndarray of shape (n, 2)
        Logarithms of the probabilities of both classes.
    codes : ndarray of shape (n,)
        True class of each row, 0 or 1.

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
    rows, count = len(codes), int(events.sum())
    table = []
    for probability in _THRESHOLDS:
        above = log_odds > math.log(probability) - math.log1p(-probability)
        hits = int(np.count_nonzero(above & events))
        alarms = int(np.count_nonzero(above)) - hits
        table.append(Threshold(probability, hits, alarms, count - hits, rows - count - alarms))
    return tuple(table)


def cheapest(table: tuple[Threshold, ...], miss: float) -> Threshold:
    """Threshold of least cost; of equals the one nearest to 1/(1 + miss), the best if calibrated."""
    best = 1 / (1 + miss)
    return min(table, key=lambda one: (one.cost(miss), abs(one.probability - best)))
