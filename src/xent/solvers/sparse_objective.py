"""Objective whose features lie in memory as a sparse array of compressed rows."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xent.solvers.block_sums import Block, curvature_product, losses, tilted, value_and_slopes
from xent.solvers.class_logits import class_logits
from xent.solvers.objective import Evaluation
from xent.solvers.penalised_sums import (
    free_part,
    penalised_evaluation,
    penalised_hessian,
    penalised_product,
)

__all__ = ["SparseObjective"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


class SparseObjective:
    """
    `Objective` of rows that are mostly zeros, in nats per row; a pass costs as much as the entries stored.

    All rows are one block, because slices of a sparse array are copies; a pass holds a few numbers per row
    and class besides.

    Parameters
    ----------
    X : scipy.sparse CSR array of shape (n, p), float64
        Features; not copied.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        K, at least 2.
    decay : float, default 0.0
        Factor of the squared weights; see `penalised` for scikit-learn's C.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; scaled here to sum to 1.
    fit_intercept : bool, default True
        False to keep the last column of every point at 0.
    """

    def __init__(
        self,
        X: Any,
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
        n, p = X.shape
        self.total_weight = float(n if weights is None else weights.sum())
        self.weights = np.broadcast_to(1 / n, n) if weights is None else weights / self.total_weight
        self.shape = (1 if n_classes == 2 else n_classes, p + 1)
        mass = np.bincount(codes, weights=self.weights, minlength=n_classes)
        self.class_mass = np.asarray(mass, dtype=np.float64)
        self._classes = class_logits(n_classes)

    @property
    def _rows(self) -> Block:
        return Block(self.X, self.codes, self.weights)

    def evaluate(self, point: Array) -> Evaluation:
        """Value and gradient at `point`, an array of shape (M, p + 1)."""
        return penalised_evaluation(self, point, value_and_slopes(self._rows, point, self._classes))

    def hessian(self, point: Array) -> Array:
        """Definite Hessian at `point`, of shape (M(p+1), M(p+1)); see `Objective.hessian`."""
        M, P = point.shape
        H = np.zeros((M, P, M, P))
        ones = self._with_ones()
        logits = point @ ones.T
        curvatures = self._classes.curvature(logits) * self.weights
        for k in range(M):
            for j in range(k + 1):
                H[k, :, j] = _product(ones, curvatures[k, j])
        return penalised_hessian(self, (H,))

    def hessian_product(self, point: Array, direction: Array) -> Array:
        """`hessian` at `point` times `direction`, both of shape (M, p + 1), without building the matrix."""
        free = free_part(self, direction)
        return penalised_product(self, direction, curvature_product(self._rows, point, self._classes, free))

    def tilt(self, point: Array, shift: Array) -> tuple[float, Array]:
        """Divergence of the tilted probabilities and change of the gradient; see `Objective.tilt`."""
        divergence, moved = tilted(self._rows, point, self._classes, shift)
        return float(divergence), moved

    def moments(self, *, diagonal: bool = False) -> Array:
        """Second moments of the features and the constant 1, or only their diagonal."""
        ones = self._with_ones()
        if diagonal:
            return np.asarray(ones.power(2).T @ self.weights)
        return _product(ones, self.weights)

    def row_losses(self, point: Array) -> Array:
        """Cross-entropy of each row at `point`, unweighted, of shape (n,)."""
        return losses(self._rows, point, self._classes)

    def penalised(self, C: float) -> SparseObjective:
        """Copy of the objective, of shared arrays, with the penalty of scikit-learn's `C`."""
        other = copy.copy(self)
        other.decay = 1 / (C * self.total_weight)
        return other

    def subset(self, rows: Codes, factors: Array | None = None) -> SparseObjective:
        """Objective of some `rows`, with their weights multiplied by `factors` and scaled to sum to 1."""
        weights = self.weights[rows] * self.total_weight
        return SparseObjective(
            self.X[rows],
            self.codes[rows],
            self.n_classes,
            decay=self.decay,
            weights=weights if factors is None else weights * factors,
            fit_intercept=self.fit_intercept,
        )

    def _with_ones(self) -> Any:
        """Features with a last column of ones."""
        ones = sparse.csr_array(np.ones((self.X.shape[0], 1)))
        return sparse.hstack([self.X, ones], format="csr")


def _product(rows: Any, weights: Array) -> Array:
    """Transposed `rows` times `rows`, each row weighted, as a dense array."""
    weighted = sparse.csr_array(rows.multiply(weights[:, None]))
    return np.asarray((rows.T @ weighted).toarray())
