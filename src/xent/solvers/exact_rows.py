"""Curvature of any objective in standardised coordinates, by its own passes, wherever its rows lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.solvers.objective import Objective

__all__ = ["ExactRows"]

Array = NDArray[np.float64]


class ExactRows:
    """
    `RoughRows` of an objective by its products with the Hessian, in double precision.

    Parameters
    ----------
    objective : Objective
        Objective of any number of classes.
    """

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._coordinates = objective.standardisation
        self._point = np.zeros(objective.shape)

    def moments(self) -> Array:
        """Weighted second moments of the standardised features and the constant 1, (p + 1, p + 1)."""
        return self._in_coordinates(self._in_coordinates(self._objective.moments()).T)

    def settle(self, point: Array) -> Array:
        """
        Make `point`, (M, p + 1) in weights and intercepts, that of later products, diagonals and blocks.

        Returns the weighted mean of ``diag p - p pᵀ`` over the rows there, (M, M); for two classes that of p
        (1 - p).
        """
        self._point = point
        return self._objective.covariance(point)

    def product(self, direction: Array) -> Array:
        """
        Hessian of the loss, without the penalty, at the settled point times `direction`, (M, p + 1).

        Direction and product are in standardised coordinates.
        """
        moved = self._coordinates.point(direction)
        product = self._objective.hessian_product(self._point, moved)
        product[:, :-1] -= self._objective.decay * moved[:, :-1]
        if len(moved) > 1 and self._objective.fit_intercept:
            # The curvature that makes the Hessian definite is no part of the loss.
            product[:, -1] -= moved[:, -1].mean()
        return self._coordinates.slopes(product)

    def diagonal(self) -> Array:
        """
        Approximate diagonal of the loss's Hessian at the settled point, (M, p + 1), in standardised
        coordinates.

        It is the diagonal of the mean covariance, as `settle` returns it, times that of `moments`: exact if
        all rows had the same probabilities.
        """
        return np.outer(self._objective.covariance(self._point).diagonal(), self.moments().diagonal())

    def blocks(self, rows: int) -> Array:
        """
        Diagonal block of the loss's Hessian for each logit, (M, p + 1, p + 1), in standardised coordinates.

        It is that at the settled point, without the penalty, a weighted mean like the loss, of every s-th
        row, s the quotient of all rows and `rows` rounded down, at least 1: so of `rows` rows to twice as
        many, or of all if there are fewer.
        """
        n, (M, P) = len(self._objective.codes), self._objective.shape
        sample = self._objective.subset(np.arange(0, n, max(1, n // rows)))
        H = sample.hessian(self._point).reshape(M, P, M, P)
        blocks = H[np.arange(M), :, np.arange(M)]
        # The gauge and the penalty, which are no part of the loss.
        if M > 1 and self._objective.fit_intercept:
            blocks[:, -1, -1] -= 1 / M
        blocks[:, np.arange(P - 1), np.arange(P - 1)] -= self._objective.decay
        return np.stack([self._in_coordinates(self._in_coordinates(block).T) for block in blocks])

    def _in_coordinates(self, gradients: Array) -> Array:
        """`gradients` in weights and intercept, (rows, p + 1), turned into standardised coordinates."""
        return self._coordinates.slopes(gradients)
