"""
Curvature of an objective of sparse features in memory, in single precision, in standardised coordinates.

Each product reads every stored number twice, so halving its size saves memory traffic, as in
`single_precision_rows`. Features are scaled in memory, but not centred, which would fill the zeros: their
means are taken out of the products.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax
from xent.solvers.feature_rows import column_squares, weighted_moments
from xent.solvers.standardisation import DISTANT, Standardisation

__all__ = ["SparseRows"]

Array = NDArray[np.float64]

# Numbers that are scaled at a time.
_PIECE = 65_536


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Any
    weights: Array
    n_classes: int

    @property
    def standardisation(self) -> Standardisation:
        """Means and scales of the features."""


class SparseRows:
    """
    `RoughRows` of an objective of sparse features, of any number of classes.

    Keeps the scaled features, with half the bytes of the given numbers and with the given indices.

    Parameters
    ----------
    objective : ObjectiveInMemory
        Objective with a CSR matrix as ``X``.
    """

    def __init__(self, objective: _Rows) -> None:
        self._objective = objective
        X, coordinates = objective.X, objective.standardisation
        self._centre = coordinates.mean / coordinates.scale
        # Products of features far from their means are rounded before they cancel.
        is_distant = np.abs(self._centre).max(initial=0.0) > DISTANT
        self._dtype = np.dtype(np.float64 if is_distant else np.float32)
        data = _scaled(X, coordinates.scale, self._dtype)
        self._features = sparse.csr_array((data, X.indices, X.indptr), shape=X.shape)
        # The product from the left with a matrix in CSC format is that of its transpose in CSR.
        self._transposed = self._features.T
        n = len(objective.weights)
        self._weights = np.asarray(objective.weights * n, self._dtype)[:, None]
        self._probs = np.empty((n, 1), self._dtype)

    def moments(self) -> Array:
        """Weighted second moments of the standardised features and the constant 1, (p + 1, p + 1)."""
        return self._moments(self._features, np.asarray(self._objective.weights))

    def settle(self, point: Array) -> Array:
        """
        Compute the probabilities at `point`, (M, p + 1), and keep them for `product`, `diagonal` and
        `blocks`.

        `point` is in weights and intercepts. Returns the weighted mean of ``diag p - p pᵀ`` over the rows,
        (M, M), for two classes that of p (1 - p), in float64.
        """
        coordinates = self._objective.standardisation.coordinates(point)
        logits = self._along(coordinates)
        if self._objective.n_classes == 2:
            self._probs = sigmoid(logits, xp=np)[0]
        else:
            self._probs = softmax(logits, xp=np).probs
        weighted = self._probs * self._weights
        if self._objective.n_classes == 2:
            return np.asarray(weighted.T @ (1 - self._probs), np.float64) / len(weighted)
        mean = weighted.mean(axis=0, dtype=np.float64)
        return np.asarray(np.diag(mean) - weighted.T @ self._probs / len(weighted))

    def product(self, direction: Array) -> Array:
        """
        Hessian of the weighted mean loss at the settled point times `direction`, both (M, p + 1), in float64.

        The penalty is left out. Direction and product are in standardised coordinates. Rows are multiplied in
        single precision, in double if a feature's mean is more than 100 standard deviations.
        """
        along = self._along(direction)
        if self._objective.n_classes == 2:
            along *= self._probs * (1 - self._probs)
        else:
            along *= self._probs
            along -= self._probs * along.sum(axis=1, keepdims=True)
        return self._back(along * self._weights)

    def diagonal(self) -> Array:
        """
        Diagonal of the loss's Hessian at the settled point, (M, p + 1), in standardised coordinates;
        >= 0.
        """
        spread = self._probs * (1 - self._probs) * self._weights
        squares = np.stack([column_squares(self._features, column) for column in spread.T])
        totals, centre = squares[:, -1:], self._centre
        squares[:, :-1] -= centre * (2 * np.asarray(self._transposed @ spread).T - centre * totals)
        return np.maximum(squares, 0) / len(spread)

    def blocks(self, rows: int) -> Array:
        """
        Diagonal block of the loss's Hessian for each logit, (M, p + 1, p + 1), in standardised coordinates.

        It is that at the settled point, a mean over every s-th row, s the quotient of all rows and `rows`
        rounded down, at least 1.
        """
        step = max(1, len(self._probs) // rows)
        features, probs = self._features[::step], self._probs[::step]
        spread = np.maximum(probs * (1 - probs), 0) * self._weights[::step] / np.float64(len(probs))
        return np.stack([self._moments(features, column) for column in spread.T])

    def _moments(self, features: Any, weights: Array) -> Array:
        """
        Weighted second moments of standardised features and, last, the constant 1, (p + 1, p + 1).

        `features` are scaled but not centred; `weights` has an entry for each of the rows.
        """
        shift = Standardisation(self._centre, np.ones(len(self._centre)))
        return shift.of_matrix(weighted_moments(features.astype(np.float64), weights))

    def _along(self, direction: Array) -> NDArray[np.floating[Any]]:
        """
        Change of the logits, (n, M), along `direction`, (M, p + 1) in standardised coordinates.

        For a point in place of the direction it is the logits. Its dtype is that of the scaled features.
        """
        weights = np.ascontiguousarray(direction[:, :-1].T, self._dtype)
        along = np.asarray(self._features @ weights)
        along += (direction[:, -1] - direction[:, :-1] @ self._centre).astype(self._dtype)
        return along

    def _back(self, along: NDArray[np.floating[Any]]) -> Array:
        """Mean over the rows of `along`, (n, M), times the standardised features and, last, 1: (M, p + 1)."""
        back = np.asarray(self._transposed @ along, np.float64).T
        total = along.sum(axis=0, dtype=np.float64)
        back -= total[:, None] * self._centre
        return np.column_stack([back, total]) / len(along)


def _scaled(X: Any, scale: Array, dtype: np.dtype[Any]) -> NDArray[np.floating[Any]]:
    """
    Numbers of the CSR matrix `X` divided by `scale`, (p,), of their columns, as a new array of `dtype`.

    It has the shape and order of ``X.data``.
    """
    data = np.empty(len(X.data), dtype)
    inverse = 1 / scale
    for start in range(0, len(data), _PIECE):
        piece = slice(start, start + _PIECE)
        np.multiply(X.data[piece], inverse[X.indices[piece]], out=data[piece], casting="same_kind")
    return data
