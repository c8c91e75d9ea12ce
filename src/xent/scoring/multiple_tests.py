"""P-values of many tests: Holm's for comparisons, Benjamini and Hochberg's for slices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["false_discovery_rates", "holm"]

Array = NDArray[np.float64]


def holm(p_values: Array) -> Array:
    """
    Adjusted p-values, (m,), that bound the probability of any false rejection; nan stays and is not counted.

    References
    ----------
    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scand. J. Stat. 6, 65-70.

    Examples
    --------
    >>> holm(np.asarray([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    return _adjusted(p_values, holm_rule=True)


def false_discovery_rates(p_values: Array) -> Array:
    """
    Adjusted p-values, (m,), that bound the expected share of false ones among rejections.

    nan stays and is not counted.

    References
    ----------
    .. [1] Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Stat. Soc. B 57,
       289-300.

    Examples
    --------
    >>> false_discovery_rates(np.asarray([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.04, 0.04]
    """
    return _adjusted(p_values, holm_rule=False)


def _adjusted(p_values: Array, *, holm_rule: bool) -> Array:
    """
    P-values adjusted by Holm's rule, or with `holm_rule` False by Benjamini and Hochberg's, in their order,
    (m,).

    Adjusted ones are at most 1 and never below the given ones, and do not fall as those rise. A nan stays nan
    and does not count among the tests.
    """
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    m = len(order)
    rank = np.arange(1, m + 1)
    if holm_rule:
        running = np.maximum.accumulate(p_values[order] * (m - rank + 1))
    else:
        running = np.minimum.accumulate((p_values[order] * m / rank)[::-1])[::-1]
    adjusted[order] = np.minimum(running, 1.0)
    return adjusted
