"""
Curvature of an objective of sparse features and two classes in memory, in standardised coordinates.

Products read the given numbers, without a copy. Features are centred by the change of coordinates alone: it
takes the means, which are no sparse vector, out of the products after them.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.kernels.sparse_linear_sigmoid import CsrRows, curvature_product, curvatures
from xent.solvers.feature_rows import weighted_moments
from xent.solvers.standardisation import Standardisation

__all__ = ["SparseSigmoidRows"]

Array = NDArray[np.float64]


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Any
    weights: Array

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a point, (1, p + 1)."""

    @property
    def standardisation(self) -> Standardisation:
        """Means and scales of the features."""


class SparseSigmoidRows:
    """
    `RoughRows` of an objective of two classes, by kernels on sparse rows.

    Parameters
    ----------
    objective : ObjectiveInMemory
        Objective with a CSR matrix as ``X``.
    rows : CsrRows
        Its rows.
    """

    def __init__(self, objective: _Rows, rows: CsrRows) -> None:
        self._objective, self._rows = objective, rows
        self._coordinates = objective.standardisation
        self._of_rows = np.zeros(rows.n)
        self._diagonal = np.zeros(objective.shape)

    def moments(self) -> Array:
        """Weighted second moments of the standardised features and the constant 1, (p + 1, p + 1)."""
        return self._coordinates.of_matrix(
            weighted_moments(self._objective.X, np.asarray(self._objective.weights))
        )

    def settle(self, point: Array) -> Array:
        """
        Compute the curvatures at `point`, (1, p + 1) in weights and intercept, and keep them for products.

        The curvature of a row is its weight times p (1 - p). Returns their sum over the rows, (1, 1), which
        is the weighted mean, since weights sum to 1.
        """
        curvature = curvatures(self._rows, point[0])
        self._of_rows = curvature.of_rows
        mean, total = self._coordinates.mean, curvature.first[-1]
        # Squares of centred features, which rounding could make negative.
        squares = curvature.squares - mean * (2 * curvature.first[:-1] - mean * total)
        self._diagonal = np.append(np.maximum(squares, 0) / self._coordinates.scale**2, total)[None]
        return np.asarray([[total]])

    def product(self, direction: Array) -> Array:
        """
        Hessian of the loss at the settled point times `direction`, both (1, p + 1) in standardised
        coordinates.

        The loss is the weighted mean, without the penalty.
        """
        moved = self._coordinates.point(direction)
        return self._coordinates.slopes(curvature_product(self._rows, self._of_rows, moved[0])[None])

    def diagonal(self) -> Array:
        """
        Diagonal of the loss's Hessian at the settled point, (1, p + 1), in standardised coordinates; >= 0.

        It is the array that `settle` keeps, not a copy.
        """
        return self._diagonal

    def blocks(self, rows: int) -> Array:
        """
        Hessian of the loss at the settled point, (1, p + 1, p + 1), in standardised coordinates.

        It is estimated from every s-th row, s the quotient of all rows and `rows` rounded down, at least 1,
        and scaled to the curvature of all.
        """
        step = max(1, self._rows.n // rows)
        of_rows = self._of_rows[::step]
        share = self._of_rows.sum() / max(of_rows.sum(), np.finfo(float).tiny)
        return self._coordinates.of_matrix(weighted_moments(self._objective.X[::step], of_rows * share))[None]
