"""Wilson confidence interval of a proportion."""

from __future__ import annotations

import math
from statistics import NormalDist

from xent.scoring.estimate import Estimate

__all__ = ["wilson_interval"]


def wilson_interval(hits: float, count: float, *, level: float = 0.95) -> Estimate:
    """
    Proportion ``hits / count`` with Wilson's score interval, between 0 and 1.

    Unlike the normal interval ``p ± 1.96 s`` it stays within 0 and 1, and has a positive width at 0 and
    `count` hits.

    Parameters
    ----------
    hits, count : float
        ``0 <= hits <= count``. For a count of 0 the value is nan and the interval [0, 1].
    level : float
        Nominal coverage, between 0 and 1.

    References
    ----------
    .. [1] Wilson, E. B. (1927). J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> estimate = wilson_interval(0, 10)
    >>> estimate.low, round(estimate.high, 4)
    (0.0, 0.2775)
    """
    if count == 0:
        return Estimate(math.nan, 0.0, 1.0, level)
    share = float(hits / count)
    z = NormalDist().inv_cdf((1 + level) / 2)
    scale = 1 + z * z / count
    centre = (share + z * z / (2 * count)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    # At 0 and `count` hits the interval ends at 0 or 1 in exact arithmetic; rounding must not step past it.
    low = 0.0 if hits == 0 else centre - half
    high = 1.0 if hits == count else centre + half
    return Estimate(share, float(low), float(high), level)
