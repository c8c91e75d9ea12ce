"""
Rows drawn in proportion to their size, evenly along their order, for a sum that they stand for.

Drawing needs no random number: along the running total of the sizes, a row is drawn each time that another
share is full. Rows of a share or more are drawn surely, and stand for themselves alone.

Source: Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling, Springer. Section
3.6.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["stand_ins"]

Array = NDArray[np.float64]


def stand_ins(sizes: NDArray[np.floating[Any]], share: Array, before: Array) -> tuple[Array, Array]:
    """
    Sizes for which each row stands, 0 for one that is not drawn, and the running total after the rows.

    Parameters
    ----------
    sizes : ndarray of shape (rows, K)
        Sizes >= 0 of consecutive rows, for K sums.
    share : ndarray of shape (K,)
        Size for which a drawn row stands, > 0.
    before : ndarray of shape (K,)
        Running total before the rows, in shares.

    Returns
    -------
    tuple of ndarray of shape (rows, K) and (K,)
        Sizes, the row's own if it is at least `share`; and the total in shares.
    """
    totals = before + np.cumsum(sizes / share, axis=0)
    full = np.floor(np.vstack([before, totals]) + 0.5)
    counts = np.diff(full, axis=0)
    return np.where(sizes >= share, sizes, counts * share), totals[-1]
