r"""
Objective of logistic and softmax regression, as the passes over its rows that a solver may ask for.

.. math:: F(W, b) = \sum_i a_i\,\ell(W x_i + b, y_i) + \tfrac{\lambda}{2} \lVert W \rVert^2,
          \qquad \sum_i a_i = 1

A solver reads no features: it holds coefficients and one number per row at most, so that features may lie in
memory, in a file or on other machines. Each method that takes a point is one pass; `block_sums` is the
arithmetic of a pass over one block of rows, and `penalised_sums` adds the penalty to the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.solvers.standardisation import Standardisation

__all__ = ["Evaluation", "Objective", "Passes", "RoughRows"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    Value and derivatives of an `Objective` at one point, in nats per unit of weight.

    Parameters
    ----------
    loss : float
        Weighted mean cross-entropy, without the penalty.
    objective : float
        `loss` plus the penalty.
    gradient : ndarray of shape (M, p + 1)
        Gradient of `objective`.
    covariance : ndarray of shape (M, M), optional
        `Objective.covariance` at the point, if the pass gave it for nothing.
    """

    loss: float
    objective: float
    gradient: Array
    covariance: Array | None = None


class RoughRows(Protocol):
    """
    Curvature of an `Objective` at one point after another, in standardised coordinates.

    Rounding in it costs steps, never accuracy: it chooses directions, and gradients say where they end.
    """

    def moments(self) -> Array:
        """Weighted second moments of the standardised features and the constant 1, (p + 1, p + 1)."""

    def settle(self, point: Array) -> Array:
        """Go to `point`, in weights and intercepts; returns the mean of ``diag p - p pᵀ`` there, (M, M)."""

    def product(self, direction: Array) -> Array:
        """Hessian of the loss at the point times `direction`, both in coordinates, (M, p + 1)."""

    def diagonal(self) -> Array:
        """Diagonal of the Hessian of the loss at the point, or nearly so, in coordinates, (M, p + 1)."""

    def blocks(self, rows: int) -> Array:
        """Diagonal block of the loss's Hessian for each logit, from about `rows` rows, (M, p + 1, p + 1)."""


class Passes(Protocol):
    """
    Passes that L-BFGS and the certified gap need, and no number for each row: rows may be too many for that.

    A point is as in `Objective`.
    """

    @property
    def n_classes(self) -> int:
        """Number of classes K, at least 2."""

    @property
    def class_mass(self) -> Array:
        """Sum of the weights of each class's rows, of shape (K,)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a point, (M, p + 1)."""

    @property
    def decay(self) -> float:
        """Factor λ of the squared weights; for 0 the only certified gap is the objective itself."""

    @property
    def fit_intercept(self) -> bool:
        """False if the last column of every point is kept at 0."""

    @property
    def standardisation(self) -> Standardisation:
        """About the means and standard deviations of the features; means of 0 without an intercept."""

    def evaluate(self, point: Array) -> Evaluation:
        """Loss, objective and gradient of the objective at `point`."""

    def covariance(self, point: Array) -> Array:
        """
        Weighted mean of ``diag p - p pᵀ`` over the rows, (M, M).

        It is the curvature of the objective along the intercepts.
        """

    def hessian_product(self, point: Array, direction: Array) -> Array:
        """`Objective.hessian` at `point` times `direction`, both (M, p + 1), without building the matrix."""

    def tilt(self, point: Array, shift: Array) -> tuple[float, Array]:
        """
        Mean divergence of the tilted probabilities ``p (1 + u)`` from p, and the gradient's change with them.

        ``u = shift - <p, shift>``, with `shift` of shape (K,) whose entries must differ by less than 1. The
        divergence is in nats. The change, that of the loss's gradient in the weights from p to the tilted
        probabilities, has shape (M, p); `optimality_gap` derives its bound from both.
        """


class Objective(Passes, Protocol):
    """
    Mean cross-entropy of a linear model plus ½ `decay` times its squared weights, in nats per unit of weight.

    A point is an array of shape (M, p + 1): a row of weights and, last, an intercept for each of
    the M logits. Two classes have M = 1 logit, that of the second class; K > 2 classes have M = K.
    """

    @property
    def codes(self) -> Codes:
        """True class of each row, 0 .. K-1, of shape (n,)."""

    @property
    def weights(self) -> Array:
        """Weight of each row, >= 0 and summing to 1, of shape (n,)."""

    def rough_rows(self) -> RoughRows:
        """Products with the Hessian in standardised coordinates, of any precision that serves directions."""

    def hessian(self, point: Array) -> Array:
        """
        Hessian at `point`, penalty included, of shape (M(p+1), M(p+1)).

        Without an intercept, its rows and columns are those of the identity. For K > 2, adding a constant to
        all intercepts does not change the objective; a curvature of 1 along that direction makes the matrix
        definite.
        """

    def moments(self, *, diagonal: bool = False) -> Array:
        """
        Weighted second moments of the features and the constant 1, of shape (p + 1, p + 1).

        If `diagonal` is True, only the diagonal, of shape (p + 1,).
        """

    def row_losses(self, point: Array) -> Array:
        """Cross-entropy of each row at `point` in nats, unweighted, of shape (n,)."""

    def penalised(self, C: float) -> Objective:
        """
        Objective of the same rows with the penalty of scikit-learn's `C`, its inverse strength.

        Its `decay` is 1 over `C` times the total weight, before weights were scaled to sum to 1.
        """

    def subset(self, rows: Codes, factors: Array | None = None, *, rough: bool = False) -> Objective:
        """
        Objective of some `rows`, in their order, with their weights multiplied by `factors` and scaled to 1.

        A `factors` of None means 1. The subset is small enough that its features are held in memory; those of
        a `rough` one may be rounded to single precision.
        """
