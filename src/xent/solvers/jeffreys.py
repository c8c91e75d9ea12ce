r"""
Likelihood penalised by Jeffreys' prior: Firth's reduction of the bias, for two classes and more.

.. math:: \ell^*(\theta) = \ell(\theta) + \tfrac12 \log \det I(\theta)

With :math:`Q_i`, the covariance :math:`x_i^\top (I^{-1})_{kl}\, x_i` of row i's logits (zero for the first
class), and :math:`a_m = (e_m - p)^\top Q (e_m - p)`, the derivative of the second term in logit s is

.. math:: \tfrac12 p_s \Bigl(a_s - \sum_m p_m a_m\Bigr),

times the weight of the row. For two classes it is :math:`h (\tfrac12 - p)`, h being the leverage.

Source: Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80(1); for more classes:
Kosmidis, I. and Firth, D. (2009). Bias reduction in exponential family nonlinear models. Biometrika 96(4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.formulas.softmax import softmax
from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.definite_inverse import log_determinant

__all__ = ["adjusted_score", "log_prior"]

Array = NDArray[np.float64]


def log_prior(information: Array) -> float:
    """
    Half the logarithm of the determinant of the information matrix; ``-inf`` if it is not positive definite.

    Raises `ValueError` for a nan or infinite entry.
    """
    try:
        return log_determinant(information) / 2
    except np.linalg.LinAlgError:
        return -np.inf


def adjusted_score(likelihood: BaselineLikelihood, theta: Array, inverse: Array) -> Array:
    """
    Gradient of the likelihood penalised by Jeffreys' prior, of shape (K - 1, P).

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood without the prior.
    theta : ndarray of shape (K - 1, P)
        Point of the gradient.
    inverse : ndarray of shape ((K - 1) P, (K - 1) P)
        Inverse of the information matrix at `theta`.
    """
    total = np.zeros(likelihood.shape)
    for rows in likelihood.blocks():
        scores = likelihood.row_scores(theta, rows) + _adjustment(likelihood, theta, inverse, rows)
        total += (scores * likelihood.weights[rows, None]).T @ likelihood.X[rows]
    return total


def _adjustment(likelihood: BaselineLikelihood, theta: Array, inverse: Array, rows: slice) -> Array:
    """
    Derivative of the log-prior in the logits of all classes but the first, (rows, K - 1), without row
    weights.

    Rows are those of a slice of `likelihood`, `theta`, (K - 1, P), is the point, and `inverse`, ((K - 1) P,
    (K - 1) P), the inverse of the information matrix of all rows there.
    """
    X = likelihood.X[rows]
    K = likelihood.n_classes
    probs = softmax(likelihood.logits(theta, rows), xp=np).probs
    Q = np.zeros((len(X), K, K))
    M, P = likelihood.shape
    blocks = inverse.reshape(M, P, M, P)
    for k in range(M):
        for j in range(k + 1):
            Q[:, k + 1, j + 1] = Q[:, j + 1, k + 1] = np.einsum("ia,ia->i", X @ blocks[k, :, j], X)
    Qp = np.einsum("ikl,il->ik", Q, probs)
    a = np.einsum("ikk->ik", Q) - 2 * Qp + np.einsum("ik,ik->i", probs, Qp)[:, None]
    adjustment = 0.5 * probs * (a - np.einsum("ik,ik->i", probs, a)[:, None])
    return np.asarray(adjustment[:, 1:])
