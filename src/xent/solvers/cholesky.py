"""Positive definite systems, solved by a Cholesky factor that bad scaling does not hurt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

__all__ = ["CholeskyFactor"]

Array = NDArray[np.float64]


class CholeskyFactor:
    """
    Inverse of a positive definite matrix, ready to be applied.

    The matrix is scaled to a unit diagonal first, so features of very different scale cost no
    accuracy. If rounding still leaves it indefinite, the least power of ten times machine epsilon
    that mends it is added to the unit diagonal; the direction stays one of descent.
    """

    def __init__(self, matrix: Array) -> None:
        diagonal = np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny))
        self._scale = 1 / diagonal
        scaled = matrix * self._scale * self._scale[:, None]
        unit = np.arange(len(scaled))
        ridge = 0.0
        while True:
            try:
                self._factor = cho_factor(scaled, lower=True, check_finite=False)
            except np.linalg.LinAlgError:
                larger = max(10 * ridge, np.finfo(float).eps)
                scaled[unit, unit] += larger - ridge
                ridge = larger
            else:
                return

    def solve(self, vector: Array) -> Array:
        """The inverse times `vector`, of any shape with as many numbers as the matrix has rows."""
        flat = cho_solve(self._factor, vector.ravel() * self._scale, check_finite=False)
        return (flat * self._scale).reshape(vector.shape)
