r"""
Covariance matrices of estimated coefficients: of the model, robust, and clustered.

With the information matrix I and the score :math:`g_i` of row i, the robust matrix is
:math:`I^{-1} \bigl(\sum_i w_i^2 g_i g_i^\top\bigr) I^{-1}` for weights that are inverse probabilities of
sampling; a weight that is a frequency stands for w rows, so its term is :math:`w_i g_i g_i^\top`. Clustered,
the sum is over the clusters' total scores.

Source: White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50(1);
Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models.
Biometrika 73(1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError
from xent.solvers.baseline_likelihood import BaselineLikelihood

__all__ = ["sandwich"]

Array = NDArray[np.float64]


def sandwich(
    likelihood: BaselineLikelihood,
    theta: Array,
    bread: Array,
    *,
    groups: NDArray[np.intp] | None,
    frequencies: bool,
    correction: bool,
    caller: str,
) -> Array:
    """
    Robust covariance matrix of the estimate, clustered if there are `groups`, in the units of the columns.

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood of the n rows, all of positive weight, with P columns, the constant last if there is one.
    theta : ndarray of shape (K - 1, P)
        Estimate: contrasts with the first class.
    bread : ndarray of shape (M, M)
        Inverse information matrix, in C order of `theta`; M = (K - 1) P.
    groups : ndarray of shape (n,), optional
        Number of the cluster of each row, 0 .. G-1; None for rows that are independent.
    frequencies : bool
        True if a weight counts equal rows, False if it is an inverse probability of sampling; for clusters
        it decides on n alone.
    correction : bool
        True for the factor n / (n - M), or G / (G - 1) times (n - 1) / (n - M) for clusters, n being the
        number of rows, counted by their frequencies.
    caller : str
        Name of the calling function, for errors.

    Returns
    -------
    ndarray of shape (M, M)
        Covariance of the coefficients in C order of `theta`.

    Raises
    ------
    DomainError
        If `correction` is True for no more rows than coefficients.
    """
    size = len(bread)
    n = float(likelihood.weights.sum()) if frequencies else float(len(likelihood.X))
    if correction and n <= size:
        got = f"True for {n:g} rows and {size} coefficients"
        raise DomainError(caller, "correction", "be False unless rows are more than coefficients", got=got)
    if groups is None:
        meat = np.zeros((size, size))
        for rows in likelihood.blocks():
            scores = _scores(likelihood, theta, rows)
            factors = likelihood.weights[rows] if frequencies else likelihood.weights[rows] ** 2
            scores *= np.sqrt(factors)[:, None]
            meat += scores.T @ scores
        factor = n / (n - size) if correction else 1.0
    else:
        totals = np.zeros((int(groups.max()) + 1, size))
        for rows in likelihood.blocks():
            np.add.at(totals, groups[rows], _scores(likelihood, theta, rows) * likelihood.weights[rows, None])
        meat = totals.T @ totals
        factor = len(totals) / (len(totals) - 1) * (n - 1) / (n - size) if correction else 1.0
    return np.asarray(bread @ meat @ bread * factor)


def _scores(likelihood: BaselineLikelihood, theta: Array, rows: slice) -> Array:
    """
    Unweighted score of each row of the slice `rows`: shape (rows, M), in C order of `theta`.

    A score is the gradient, by `theta`, of the log-likelihood of the row.
    """
    residuals = likelihood.row_scores(theta, rows)
    return np.asarray((residuals[:, :, None] * likelihood.X[rows][:, None, :]).reshape(len(residuals), -1))
