"""Area under the receiver operating characteristic, with Newcombe's interval."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from xent.scoring.estimate import Estimate

__all__ = ["area_and_influence", "auc"]

Array = NDArray[np.float64]

_HALVINGS = 60


def auc(
    scores: Array, events: NDArray[np.bool_], *, weights: Array | None = None, level: float = 0.95
) -> Estimate:
    r"""
    Probability that a random event has a higher score than a random non-event; 0.5 is chance, 1 perfect.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Score of each row, such as a log-probability of the event; ``-inf`` is allowed, nan is not.
    events : ndarray of bool of shape (n,)
        True where the event occurred.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; a pair counts the product of its weights, and the interval takes Kish's
        effective numbers of events and of other rows.
    level : float
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Estimate
        Area and interval; the value is nan and the interval [0, 1] if all rows with weight are events or none
        is.

    Notes
    -----
    **Definition.** The Mann-Whitney statistic over the number of pairs; a tie counts one half.

    **Numerics.** The interval solves :math:`|\theta - A| = z \sqrt{V(\theta)}` by bisection (method 5 of
    [1]_), so that it stays within 0 and 1 and has a positive width at an area of 1. Counts of pairs
    are exact up to 2**52.

    References
    ----------
    .. [1] Newcombe, R. G. (2006). Confidence intervals for an effect size measure based on the Mann-Whitney
       statistic. Part 2. Statistics in Medicine 25, 559-573.

    Examples
    --------
    >>> import numpy as np
    >>> found = auc(np.asarray([0.1, 0.4, 0.35, 0.8]), np.asarray([False, False, True, True]))
    >>> found.value
    0.75
    """
    rows = np.ones(len(scores)) if weights is None else weights
    m, n = _effective(rows[events]), _effective(rows[~events])
    if m == 0 or n == 0:
        return Estimate(math.nan, 0.0, 1.0, level)
    area, _ = area_and_influence(scores, events, rows)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return Estimate(area, _end(area, 0.0, z, m, n), _end(area, 1.0, z, m, n), level)


def area_and_influence(scores: Array, events: NDArray[np.bool_], weights: Array) -> tuple[float, Array]:
    """
    Area under the curve of weighted rows, and each row's influence on it, (n,), whose weighted sum is 0.

    `events`, (n,), is True for rows of the class that high `scores`, (n,), without nan, are to find. A tie of
    an event and another row counts half. The influence of a row is the derivative of the area by its weight;
    `weights`, (n,), are not scaled. Both sides must have weight, which is not checked.
    """
    order = np.argsort(scores)
    ordered, heavy = scores[order], np.where(events, weights, 0.0)[order]
    # Number of the distinct value of each ordered row: ties share one.
    place = np.cumsum(np.append(False, ordered[1:] != ordered[:-1]))
    heavy = np.bincount(place, weights=heavy)
    light = np.bincount(place, weights=np.where(events, 0.0, weights)[order])
    events_mass, others_mass = heavy.sum(), light.sum()
    # Mass of the other side on the right side of each value, ties counted half; whole for weights of 1.
    below = np.cumsum(light) - light / 2
    above = events_mass - (np.cumsum(heavy) - heavy / 2)
    # Rounded sums of weights may exceed the product of their totals by some units in the last place.
    area = min(float(heavy @ below / (events_mass * others_mass)), 1.0)
    sides = np.where(
        events[order],
        (below[place] / others_mass - area) / events_mass,
        (above[place] / events_mass - area) / others_mass,
    )
    influence = np.empty_like(sides)
    influence[order] = sides
    return area, influence


def _effective(weights: Array) -> float:
    """Kish's effective number of rows with these `weights`, (n,); 0 if all are 0 or there is no row."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _end(area: float, far: float, z: float, m: float, n: float) -> float:
    """
    End of the interval between `area` and `far`, which is 0 or 1: the farthest area that is not rejected.

    An area is rejected if `area` is more than `z` of its standard errors, of `m` events and `n` other rows,
    away; both numbers may be fractional. The end is found by bisection, up to rounding.
    """
    near = area
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        if abs(middle - area) > z * math.sqrt(_variance(middle, m, n)):
            far = middle
        else:
            near = middle
    return near


def _variance(theta: float, m: float, n: float) -> float:
    """Newcombe's variance of an area `theta` for `m` events and `n` other rows."""
    more = (m + n) / 2 - 1
    spread = 1 + more * (1 - theta) / (2 - theta) + more * theta / (1 + theta)
    return theta * (1 - theta) * spread / (m * n)
