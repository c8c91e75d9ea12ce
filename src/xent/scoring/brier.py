"""Brier score: squared error of predicted probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["brier_scores"]

_BLOCK = 65_536


def brier_scores(log_probs: NDArray[np.float64], codes: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    r"""
    Brier score of each row, of shape (n,): 0 is perfect.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Logarithm of every class's predicted probability.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.

    Returns
    -------
    ndarray of shape (n,)
        Scores, at most 1 for two classes and 2 for more.

    Notes
    -----
    **Definition.** :math:`\sum_k (p_k - [k = y])^2`, at most 2; for two classes half of it, at most 1, which
    is the squared error of the probability of either class. Scikit-learn's `brier_score_loss` is its mean.

    **Numerics.** :math:`1 - p_y` is computed as ``-expm1``, so a score near 0 keeps its digits.

    References
    ----------
    .. [1] Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
       Review 78, 1-3. Equation 2.

    Examples
    --------
    >>> import numpy as np
    >>> brier_scores(np.log([[0.8, 0.2], [0.6, 0.4]]), np.asarray([0, 1])).round(4).tolist()
    [0.04, 0.36]
    """
    n, K = log_probs.shape
    scores = np.empty(n)
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        errors = np.exp(log_probs[rows])
        at = np.arange(len(errors)), codes[rows]
        errors[at] = -np.expm1(log_probs[rows][at])
        scores[rows] = np.square(errors).sum(axis=1)
    return scores / 2 if K == 2 else scores
