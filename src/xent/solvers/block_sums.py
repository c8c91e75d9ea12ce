"""
Arithmetic of one pass over one block of rows: the part of a sum over all rows that the block contributes.

Functions of a block and a point, without penalty and without state, so that they can run in any thread,
process or machine that holds the block. Results of blocks are added entry by entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.solvers.class_logits import ClassLogits
from xent.solvers.feature_rows import column_squares, weighted_moments

__all__ = [
    "Block",
    "covariance",
    "curvature",
    "curvature_product",
    "losses",
    "second_moments",
    "sums",
    "tilted",
    "value_and_slopes",
]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Block:
    """
    Rows of an objective.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (rows, p)
        Features.
    codes : ndarray of shape (rows,)
        True class of each row, 0 .. K-1.
    weights : ndarray of shape (rows,)
        Weight of each row, its share of the weight of all blocks.
    """

    X: Any
    codes: Codes
    weights: Array


def value_and_slopes(block: Block, point: Array, classes: ClassLogits) -> tuple[Array, Array, Array]:
    """
    Weighted loss, (), and its gradient in the weights, (M, p), and in the intercepts, (M,), at `point`.

    They are sums over the rows of the block, in nats, without a penalty; `point` has shape (M, p + 1), the
    intercepts last, for the M logits of `classes`.
    """
    values, slopes = classes.value_and_slopes(_logits(block, point), block.codes)
    slopes *= block.weights
    return np.asarray(block.weights @ values), slopes @ block.X, slopes.sum(axis=1)


def covariance(block: Block, point: Array, classes: ClassLogits) -> tuple[Array]:
    """
    Weighted sum of the curvature of each row's loss in its logits, (M, M), as a tuple of this one array.

    The logits are those at `point`, (M, p + 1); the sum is over the rows of the block.
    """
    _, slopes = classes.value_and_slopes(_logits(block, point), block.codes)
    return (classes.covariance(slopes, block.codes, block.weights),)


def curvature(block: Block, point: Array, classes: ClassLogits) -> tuple[Array]:
    """
    Hessian of the weighted loss at `point`, (M, p + 1), as a tuple of one array, (M, p + 1, M, p + 1).

    It is a sum over the rows of the block, without a penalty. Only its entries [k, :, j] for j <= k are set;
    the others are 0. In each axis of p + 1 the intercept is last.
    """
    M, P = point.shape
    weighted = classes.curvature(_logits(block, point)) * block.weights
    if M == 1:
        return (weighted_moments(block.X, weighted[0, 0]).reshape(1, P, 1, P),)
    H = np.zeros((M, P, M, P))
    for k in range(M):
        H[k, :, k] = weighted_moments(block.X, weighted[k, k])
        for j in range(k):
            # Covariances of two classes are negative, unlike variances.
            H[k, :, j] = -weighted_moments(block.X, -weighted[k, j])
    return (H,)


def curvature_product(
    block: Block, point: Array, classes: ClassLogits, direction: Array
) -> tuple[Array, Array]:
    """
    Hessian of the weighted loss at `point` times `direction`, both (M, p + 1), intercepts last, without
    penalty.

    The result is the part of the weights, (M, p), and that of the intercepts, (M,), sums over the rows of the
    block.
    """
    ways = direction[:, -1:] if not direction[:, :-1].any() else _logits(block, direction)
    along = np.broadcast_to(ways, (len(point), len(block.codes)))
    product = classes.curvature_product(_logits(block, point), along) * block.weights
    return product @ block.X, product.sum(axis=1)


def tilted(block: Block, point: Array, classes: ClassLogits, shift: Array) -> tuple[Array, Array]:
    """
    Weighted divergence in nats, (), of tilted probabilities from those of the model, and a change, (M, p).

    The probabilities p at `point`, (M, p + 1), of all K classes are tilted to ``p (1 + u)``, ``u = shift -
    <p, shift>``, with `shift` of shape (K,) and every |u| < 1, which is not checked. The change is that of
    the loss's gradient in the weights if the tilted ones replace p. Both are sums over the rows of the block.
    """
    _, slopes = classes.value_and_slopes(_logits(block, point), block.codes)
    probs = classes.probs(slopes, block.codes)
    weighted = probs * block.weights
    u = shift[:, None] - shift @ probs
    moved = classes.of_logits(weighted * u)
    return np.asarray(np.vdot(weighted, _divergence_of_tilt(u))), moved @ block.X


def second_moments(block: Block, *, diagonal: bool) -> tuple[Array]:
    """
    Weighted second moments of the features and, last, the constant 1, (p + 1, p + 1), as a tuple of one
    array.

    If `diagonal` is True, only their diagonal, (p + 1,).
    """
    moments = column_squares if diagonal else weighted_moments
    return (moments(block.X, np.asarray(block.weights)),)


def losses(block: Block, point: Array, classes: ClassLogits) -> Array:
    """Cross-entropy of each row at `point`, (M, p + 1), unweighted, in nats, of shape (rows,)."""
    values, _ = classes.value_and_slopes(_logits(block, point), block.codes)
    return values


def sums(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sums of the results of two blocks, tuples of equal length, entry by entry."""
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _logits(block: Block, point: Array) -> Array:
    """
    Logits of the rows at `point`, (M, p + 1), of shape (M, rows), a view of an array with the rows
    first.
    """
    logits = block.X @ point[:, :-1].T
    logits += point[:, -1]
    return np.asarray(logits.T)


def _divergence_of_tilt(u: Array) -> Array:
    """``(1 + u) log(1 + u) - u`` for abs(u) < 1; by its series for abs(u) < 1e-3, where the terms cancel."""
    series = u * u * (1 / 2 - u * (1 / 6 - u * (1 / 12 - u / 20)))
    return np.where(np.abs(u) < 1e-3, series, (1 + u) * np.log1p(u) - u)
