"""Student's statistic of a mean, corrected for the skewness of what is averaged."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["hall_statistic"]

Array = NDArray[np.float64]


def hall_statistic(t: float, residuals: Array) -> float:
    r"""
    Statistic that has Student's tails also if the units are skewed.

    Parameters
    ----------
    t : float
        Mean in units of its standard error.
    residuals : ndarray of shape (G,)
        Sums of the units less the mean times their weights, with a spread.

    Notes
    -----
    **Definition.** :math:`t + k/6 + k t^2/3 + k^2 t^3/27` with
    :math:`k = \sum_g r_g^3 / (\sum_g r_g^2)^{3/2}`, the skewness of the mean: a cube of a linear function of
    t, plus a constant, hence increasing in t. Losses are skewed, and t alone has too light an upper and too
    heavy a lower tail.

    References
    ----------
    .. [1] Hall, P. (1992). On the removal of skewness by transformation. J. R. Stat. Soc. B 54(1), 221-228.

    Examples
    --------
    >>> hall_statistic(2.0, np.asarray([-1.0, 1.0]))
    2.0
    >>> round(hall_statistic(-2.0, np.asarray([-1.0, -1.0, 2.0])), 3)
    -1.437
    """
    squares = residuals**2
    k = float(residuals @ squares) / math.pow(float(squares.sum()), 1.5)
    return t + k / 6 + k * t**2 / 3 + k**2 * t**3 / 27
