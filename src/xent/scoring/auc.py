"""Area under the receiver operating characteristic, with Newcombe's interval."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from xent.scoring.estimate import Estimate

__all__ = ["auc"]

_HALVINGS = 60


def auc(scores: NDArray[np.float64], events: NDArray[np.bool_], *, level: float = 0.95) -> Estimate:
    r"""
    Probability that a random event has a higher score than a random non-event; 0.5 is chance, 1 perfect.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Score of each row, such as a log-probability of the event; ``-inf`` is allowed, nan is not.
    events : ndarray of bool of shape (n,)
        True where the event occurred.
    level : float
        Nominal coverage, between 0 and 1.

    Returns
    -------
    Estimate
        Area and interval; the value is nan and the interval [0, 1] if all rows are events or none is.

    Notes
    -----
    **Definition.** The Mann-Whitney statistic over the number of pairs; a tie counts one half.

    **Numerics.** The interval solves :math:`|\theta - A| = z \sqrt{V(\theta)}` by bisection (method 5 of
    [1]_), so that it stays within 0 and 1 and has a positive width at an area of 1. Ranks are exact up to
    2**52 rows.

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
    m, n = int(np.count_nonzero(events)), int(np.count_nonzero(~events))
    if m == 0 or n == 0:
        return Estimate(math.nan, 0.0, 1.0, level)
    ranks = rankdata(scores)
    area = (float(ranks[events].sum()) - m * (m + 1) / 2) / (m * n)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return Estimate(area, _end(area, 0.0, z, m, n), _end(area, 1.0, z, m, n), level)


def _end(area: float, far: float, z: float, m: int, n: int) -> float:
    """End of the interval between `area` and `far`, which is 0 or 1."""
    near = area
    for _ in range(_HALVINGS):
        middle = (near + far) / 2
        if abs(middle - area) > z * math.sqrt(_variance(middle, m, n)):
            far = middle
        else:
            near = middle
    return near


def _variance(theta: float, m: int, n: int) -> float:
    more = (m + n) / 2 - 1
    spread = 1 + more * (1 - theta) / (2 - theta) + more * theta / (1 + theta)
    return theta * (1 - theta) * spread / (m * n)
