r"""
Vector and matrix scaling with structured ridge: softmax of :math:`(I + V + M) z + b`.

V is diagonal, M has a zero diagonal, and the penalty of each part grows with its number of coefficients, so
that the map leaves the identity only as far as the rows prove it. The minimum is unique, and certified.

References
----------
.. [1] Berta, E., Holzmüller, D., Jordan, M. I. and Bach, F. (2025). Structured matrix scaling for multi-class
   calibration. Implemented in probmetrics 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.calibration.ridge_newton import ridge_newton

__all__ = ["Scaling", "scaled", "structured_scaling"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

_BLOCK = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """
    Affine map of logits.

    Parameters
    ----------
    matrix : ndarray of shape (K, K)
        :math:`I + V + M`.
    shift : ndarray of shape (K,)
        Intercepts b, which sum to 0.
    gap : float
        Certified distance of the penalised loss from its minimum, in nats per row.
    """

    matrix: Array
    shift: Array
    gap: float


def scaled(logits: Array, matrix: Array, shift: Array) -> Array:
    """Logits after the map, ``matrix @ logit + shift`` of each row, (n, K)."""
    return np.asarray(logits @ matrix.T + shift)


def structured_scaling(
    logits: Array,
    codes: Codes,
    weights: Array | None = None,
    *,
    full: bool,
    strength: float = 1.0,
    centred: bool = True,
) -> Scaling:
    r"""
    Map of least mean loss plus ridge, :math:`\frac{K}{n} (\sum b^2 + \sum V^2) + \frac{K(K-1)}{n} \sum M^2`.

    b is the shift, V the diagonal of the matrix less 1, and M the rest of it.

    Parameters
    ----------
    logits : ndarray of shape (n, K)
        Finite logits.
    codes : ndarray of shape (n,)
        True class of each row.
    weights : ndarray of shape (n,), optional
        Weight of each row, with a positive sum; n in the ridge is their sum divided by the largest.
    full : bool
        True for a matrix, False for V and b alone.
    strength : float
        Factor of the ridge, > 0.
    centred : bool
        True to subtract its mean from each row of logits first; False for the method of Berta et al. (2025),
        which scales logarithms of probabilities as they are.

    Returns
    -------
    Scaling
        Matrix, diagonal unless `full`; shift, of sum 0; and gap of the penalised mean loss in nats. If
        `centred`, they are for centred logits: the caller must centre new ones before `scaled`.

    Notes
    -----
    A constant added to a row of logits changes no probability, so the logits are centred first, and the map
    does not depend on it. Logarithms of probabilities as they are have one dimension more, the logarithm of
    their normaliser, a function of the other ones that is not linear: maps of these include Dirichlet
    calibration. Neither is better throughout: of the held-out losses that ``docs/scores.md`` lists, either is
    up to 0.013 nats below the other. The ridge makes the minimum unique in both.
    """
    n, K = logits.shape
    logits = logits - logits.mean(axis=1, keepdims=True) if centred else logits
    weights = np.ones(n) if weights is None else weights
    effective = float(weights.sum() / weights.max())
    share = weights / weights.sum()
    ridge = np.full((K, K + 1), 2 * strength * K * (K - 1) / effective)
    ridge[np.arange(K), np.arange(K)] = ridge[:, K] = 2 * strength * K / effective
    free = np.ones((K, K + 1), bool) if full else np.eye(K, K + 1, dtype=bool)
    free[:, K] = True
    places = np.flatnonzero(free)

    def convex(point: Array, curved: bool) -> tuple[float, Array, Array | None]:  # noqa: FBT001
        theta = np.zeros(K * (K + 1))
        theta[places] = point
        return _loss(logits, codes, share, theta.reshape(K, K + 1), places, curved=curved)

    found = ridge_newton(convex, ridge.ravel()[places])
    theta = np.zeros(K * (K + 1))
    theta[places] = found.point
    moved = theta.reshape(K, K + 1)
    return Scaling(np.eye(K) + moved[:, :K], moved[:, K] - moved[:, K].mean(), found.gap)


def _loss(
    logits: Array, codes: Codes, share: Array, theta: Array, places: Codes, *, curved: bool
) -> tuple[float, Array, Array | None]:
    """
    Mean loss in nats of the map at the identity plus `theta`, its gradient, (d,), and Hessian, (d, d), in
    this order.

    `logits`, (n, K), are finite, `codes` the classes. `theta`, (K, K + 1), has the changes of the matrix and,
    last, the shift; derivatives are in its d entries whose numbers in C order are `places`. `share`, (n,), is
    the weight of each row and sums to 1. There is no ridge in them. The Hessian is None unless `curved`.
    """
    K = logits.shape[1]
    value, gradient = 0.0, np.zeros((K, K + 1))
    hessian = np.zeros((len(places), len(places))) if curved else None
    for start in range(0, len(codes), _BLOCK):
        block = slice(start, start + _BLOCK)
        x = np.column_stack([logits[block], np.ones(len(codes[block]))])
        z = logits[block] + x @ theta.T
        z -= z.max(axis=1, keepdims=True)
        odds = np.exp(z)
        total = odds.sum(axis=1)
        own = z[np.arange(len(z)), codes[block]]
        value += float(share[block] @ (np.log(total) - own))
        probs = odds / total[:, None]
        residual = probs.copy()
        residual[np.arange(len(z)), codes[block]] -= 1
        gradient += (residual * share[block, None]).T @ x
        if hessian is not None:
            hessian += _curvature(probs, x, share[block], places, K)
    return value, gradient.ravel()[places], hessian


def _curvature(probs: Array, x: Array, share: Array, places: Codes, K: int) -> Array:
    """
    Hessian of the weighted mean loss in the entries `places` of the matrix and shift, (d, d).

    It is the weighted sum over rows of the Kronecker products of ``diag p - p pᵀ`` and ``x xᵀ``. `places` are
    numbers of its K (K + 1) rows and columns, in rising order. `probs`, (n, K), are those of the map, `x`,
    (n, K + 1), the logits and a last column of 1; `share`, (n,), weights the rows.
    """
    rows, columns = np.divmod(places, K + 1)
    # sqrt(w) p_k x_j for each coefficient: one product gives the part of p pᵀ.
    root = np.sqrt(share)[:, None]
    outer = (root * probs)[:, rows] * x[:, columns]
    hessian = -(outer.T @ outer)
    for k in range(K):
        of_class = np.flatnonzero(rows == k)
        part = x[:, columns[of_class]]
        hessian[np.ix_(of_class, of_class)] += part.T @ (part * (share * probs[:, k])[:, None])
    return np.asarray(hessian)
