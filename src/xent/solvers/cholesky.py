"""Cholesky factor of a positive definite matrix, scaled to a unit diagonal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

__all__ = ["CholeskyFactor"]

Array = NDArray[np.float64]


class CholeskyFactor:
    """
    Factor of a positive definite matrix, to solve linear systems with it.

    The matrix is scaled to a unit diagonal first, so features of very different scale cost no
    accuracy. If rounding leaves it indefinite, machine epsilon times a power of ten is added to the unit
    diagonal, the least such power for which the factorisation succeeds; a Newton direction stays a descent
    direction.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric matrix, positive definite up to rounding; it is not changed. If an entry is nan or infinite,
        all solutions are nan.
    """

    def __init__(self, matrix: Array) -> None:
        diagonal = np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny))
        self._scale = 1 / diagonal
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = matrix * self._scale * self._scale[:, None]
        unit = np.arange(len(scaled))
        if not np.isfinite(scaled).all():
            # LAPACK may report a failure, and no ridge mends it.
            self._factor = np.full_like(scaled, np.nan), True
            return
        # Ends, because any finite symmetric matrix becomes definite once the ridge is large enough.
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
        """Inverse of the matrix times `vector`, an array of any shape with n entries; of the same shape."""
        flat = cho_solve(self._factor, vector.ravel() * self._scale, check_finite=False)
        return (flat * self._scale).reshape(vector.shape)
