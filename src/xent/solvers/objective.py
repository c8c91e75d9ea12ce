r"""
The objective of logistic and softmax regression: value, gradient and Hessian.

.. math:: F(W, b) = \sum_i a_i\,\ell(W x_i + b, y_i) + \tfrac{\lambda}{2} \lVert W \rVert^2,
          \qquad \sum_i a_i = 1

Every method goes once over the rows in blocks, so nothing of the size of ``X`` is made.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.solvers.class_logits import class_logits
from xent.solvers.threads import map_groups

__all__ = ["Evaluation", "Objective"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
Term = Callable[[slice, Array, Array], tuple[Any, ...]]

# Numbers of X in a block. Smaller blocks would stay in nearer caches, but then threads wait for the
# interpreter's lock longer than the arithmetic takes; this many measured fastest on 2 cores.
_BLOCK = 524_288
# With this many coefficients a row's part of the Hessian costs as much as hundreds of gradients.
_HEAVY = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    `objective` = `loss` + penalty at one point, in nats per row, with the gradient of `objective`.

    `covariance` is the weighted mean of ``diag p - p pᵀ`` over the rows, of shape (M, M): the
    curvature of `objective` along the intercepts.
    """

    loss: float
    objective: float
    gradient: Array
    covariance: Array


class Objective:
    """
    Mean cross-entropy of a linear model plus ½ `decay` times its squared weights, in nats per row.

    A point is an array of shape (M, p + 1): a row of weights and, last, an intercept for each of
    the M logits. Two classes have M = 1 logit, that of the second class; K > 2 classes have M = K.

    Parameters
    ----------
    X : ndarray of shape (n, p), float64
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        K, at least 2.
    decay : float
        λ >= 0; see `penalised` for scikit-learn's C. Little can be certified where it is 0.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; scaled here to sum to 1.
    fit_intercept : bool, default True
        Without it the last column of a point stays 0.
    """

    def __init__(
        self,
        X: Array,
        codes: Codes,
        n_classes: int,
        *,
        decay: float = 0.0,
        weights: Array | None = None,
        fit_intercept: bool = True,
    ) -> None:
        self.X = X
        self.codes = codes
        self.n_classes = n_classes
        self.decay = decay
        self.fit_intercept = fit_intercept
        self.logits = class_logits(n_classes)
        n, p = X.shape
        self.total_weight = float(n if weights is None else weights.sum())
        self.weights = np.broadcast_to(1 / n, n) if weights is None else weights / self.total_weight
        self.shape = (1 if n_classes == 2 else n_classes, p + 1)
        self.class_mass = np.bincount(codes, weights=self.weights, minlength=n_classes)

    def evaluate(self, point: Array) -> Evaluation:
        """Value and gradient at `point`."""

        def term(rows: slice, X: Array, logits: Array) -> tuple[Any, ...]:
            weights, codes = self.weights[rows], self.codes[rows]
            values, slopes = self.logits.value_and_slopes(logits, codes)
            covariance = self.logits.covariance(slopes, codes, weights)
            slopes = slopes * weights
            return weights @ values, slopes @ X, slopes.sum(axis=1), covariance

        loss, of_weights, of_intercepts, covariance = self.sum_over_rows(point, term)
        weights = point[:, :-1]
        if not self.fit_intercept:
            of_intercepts = np.zeros_like(of_intercepts)
        gradient = np.column_stack([of_weights + self.decay * weights, of_intercepts])
        penalty = self.decay / 2 * float(np.vdot(weights, weights))
        return Evaluation(float(loss), float(loss) + penalty, gradient, covariance)

    def hessian(self, point: Array) -> Array:
        """Second derivatives at `point`, of shape (M(p+1), M(p+1)), penalty included."""
        M, P = self.shape

        def term(rows: slice, X: Array, logits: Array) -> tuple[Any, ...]:
            H = np.zeros((M, P, M, P))
            ones = _with_ones(X)
            curvature = self.logits.curvature(logits) * self.weights[rows]
            for k in range(M):
                for j in range(k + 1):
                    H[k, :, j] = ones.T @ (ones * curvature[k, j][:, None])
            return (H,)

        (H,) = self.sum_over_rows(point, term, heavy=M * P >= _HEAVY)
        for k in range(M):
            for j in range(k):
                H[j, :, k] = H[k, :, j].T
        H = H.reshape(M * P, M * P)
        self._add_penalty_and_gauge(H)
        return np.asarray(H)

    def moments(self, *, diagonal: bool = False) -> Array:
        """Second moments of the features and the constant 1, or only their diagonal."""

        def term(rows: slice, X: Array, logits: Array) -> tuple[Any, ...]:  # noqa: ARG001 # one signature for all
            scaled = _with_ones(X) * np.sqrt(self.weights[rows])[:, None]
            return (np.einsum("ij,ij->j", scaled, scaled) if diagonal else scaled.T @ scaled,)

        (total,) = self.sum_over_rows(np.zeros((1, self.shape[1])), term)
        return np.asarray(total)

    def penalised(self, C: float) -> Objective:
        """The same problem under scikit-learn's C, the inverse strength of the penalty."""
        other = copy.copy(self)
        other.decay = 1 / (C * self.total_weight)
        return other

    def subset(self, rows: Codes, factors: Array | None = None) -> Objective:
        """The same problem on some `rows`, their weights multiplied by `factors`."""
        weights = self.weights[rows] * self.total_weight
        return Objective(
            self.X[rows],
            self.codes[rows],
            self.n_classes,
            decay=self.decay,
            weights=weights if factors is None else weights * factors,
            fit_intercept=self.fit_intercept,
        )

    def null_point(self) -> Array:
        """No weights, and the intercepts that fit the classes' frequencies."""
        point = np.zeros(self.shape)
        if self.fit_intercept:
            logs = np.log(np.maximum(self.class_mass, np.finfo(float).tiny))
            point[:, -1] = logs[1:] - logs[:1] if self.n_classes == 2 else logs - logs.mean()
        return point

    def sum_over_rows(self, point: Array, term: Term, *, heavy: bool = False) -> tuple[Any, ...]:
        """
        Sum of what `term` gives for each block of rows, on all cores.

        Parameters
        ----------
        point : ndarray of shape (M, p + 1)
            Where logits are taken.
        term : callable
            From a block's place, features (rows, p) and logits (M, rows) to a tuple of arrays.
        heavy : bool
            Whether a row costs so much that few of them are worth a thread.
        """
        size = max(256, _BLOCK // sum(self.shape))
        weights, intercepts = point[:, :-1], point[:, -1:]

        def block(start: int, stop: int) -> tuple[Any, ...]:
            rows = slice(start, min(start + size, stop))
            X = self.X[rows]
            logits = weights @ X.T
            logits += intercepts
            return term(rows, X, logits)

        def group(rows: slice) -> tuple[Any, ...]:
            starts = range(rows.start, rows.stop, size)
            return functools.reduce(_sums, (block(start, rows.stop) for start in starts))

        return functools.reduce(_sums, map_groups(group, len(self.X), heavy=heavy))

    def _add_penalty_and_gauge(self, H: Array) -> None:
        M, P = self.shape
        diagonal = np.arange(M * P)
        last = diagonal[P - 1 :: P]
        H[diagonal, diagonal] += self.decay
        H[last, last] -= self.decay
        if not self.fit_intercept:
            H[last, :] = H[:, last] = 0
            H[last, last] = 1
        elif M > 1:
            # A shift of all intercepts changes nothing: curvature along it makes the matrix
            # definite, and since the gradient has no part along it, no step is altered.
            H[np.ix_(last, last)] += 1 / M


def _with_ones(X: Array) -> Array:
    ones = np.ones((len(X), X.shape[1] + 1))
    ones[:, :-1] = X
    return ones


def _sums(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(x + y for x, y in zip(a, b, strict=True))
