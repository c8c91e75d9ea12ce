"""Inverse and determinant of a positive definite matrix, scaled to a unit diagonal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

__all__ = ["inverse_of", "log_determinant"]

Array = NDArray[np.float64]


def inverse_of(matrix: Array) -> Array:
    """
    Inverse of a symmetric positive definite matrix, symmetric to the last bit.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite in double precision. No ridge is added, unlike in
        `CholeskyFactor`: a covariance from a changed matrix would be wrong.
    ValueError
        If an entry is nan or infinite.
    """
    scale = _scale(matrix)
    inverse = cho_solve(_factor(matrix, scale), np.eye(len(matrix)))
    inverse *= scale * scale[:, None]
    return np.asarray((inverse + inverse.T) / 2)


def log_determinant(matrix: Array) -> float:
    """
    Logarithm of the determinant of a symmetric positive definite matrix, in nats.

    Raises `numpy.linalg.LinAlgError` for any other, and `ValueError` for a nan or infinite entry.
    """
    scale = _scale(matrix)
    triangle, _ = _factor(matrix, scale)
    return 2 * float(np.log(triangle.diagonal()).sum() - np.log(scale).sum())


def _scale(matrix: Array) -> Array:
    """
    Numbers, (n,), that scale rows and columns of `matrix` to a unit diagonal: the inverse roots of its
    diagonal.

    Entries of the diagonal below the least normal number, negative ones too, count as that number.
    """
    return np.asarray(1 / np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny)))


def _factor(matrix: Array, scale: Array) -> tuple[Array, bool]:
    """
    Cholesky factor of `matrix` times `scale`, (n,), along rows and columns: a pair, as `cho_solve` takes it.

    Raises `numpy.linalg.LinAlgError` if that is not positive definite, `ValueError` for a nan or infinite
    entry.
    """
    factor: tuple[Array, bool] = cho_factor(matrix * scale * scale[:, None], lower=True)
    return factor
