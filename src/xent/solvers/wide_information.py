"""Variances of many penalised coefficients from few rows, without a matrix of all coefficients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

__all__ = ["penalised_variances"]

Array = NDArray[np.float64]


def penalised_variances(features: Array, curvature: Array, prior: Array, *, has_intercept: bool) -> Array:
    r"""
    Diagonal of the inverse information matrix of one logit's weights, (p,).

    Parameters
    ----------
    features : ndarray of shape (n, p)
        Features.
    curvature : ndarray of shape (n,)
        Second derivative of each row's loss in its logit, times the row's weight, >= 0; if all are 0, the
        variances are `prior`.
    prior : ndarray of shape (p,)
        Variance of each weight under the penalty.
    has_intercept : bool
        True if there is an intercept, which is not penalised.

    Notes
    -----
    Let the rows of A be the features times the roots of the curvatures, less their projection on these roots
    if there is an intercept, and D the variances under the penalty. The inverse is
    :math:`(A^T A + D^{-1})^{-1} = D - D A^T (I + A D A^T)^{-1} A D` [1]_, where the inner matrix has as many
    rows as the data.

    References
    ----------
    .. [1] Rasmussen, C. E. and Williams, C. (2006). Gaussian Processes for Machine Learning, MIT Press.
       Equation A.9.
    """
    roots = np.sqrt(curvature)
    rows = features * roots[:, None]
    # Curvatures that underflow leave the variances of the penalty, and no direction to project on.
    if has_intercept and curvature.any():
        total = float(curvature.sum())
        rows -= np.outer(roots / total, roots @ rows)
    inner = (rows * prior) @ rows.T
    inner[np.diag_indices_from(inner)] += 1
    half = solve_triangular(np.linalg.cholesky(inner), rows, lower=True)
    return np.asarray(prior * (1 - prior * np.einsum("ij,ij->j", half, half)))
