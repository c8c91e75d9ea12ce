"""
Curvature of a softmax objective in memory, in single precision, in standardised coordinates.

Products with the Hessian are most of the work of Newton's method without a matrix. They choose directions
alone, so the precision of gradients, and of the result, is not theirs: single precision halves the time of
its kernel, which reads the features once and probabilities that it has kept.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xent.formulas.softmax import softmax
from xent.kernels.linear_softmax import LinearRows, covariance, curvature_product, unpacked
from xent.solvers.standardisation import Standardisation
from xent.solvers.systematic_sample import stand_ins
from xent.solvers.threads import map_groups

__all__ = ["SinglePrecisionRows"]

Array = NDArray[np.float64]
Single = NDArray[np.float32]

# Entries of the features and probabilities in a block, which stay in a core's second cache.
_BLOCK = 65_536
# Bytes of the probabilities that are kept, in those of the features, less some arrays of the size of a point,
# which conjugate gradients have: for as many rows as they suffice. Those of the other rows are computed in
# each product.
_KEPT, _POINTS = 0.48, 10
# Scales up to which products of features and weights stay within the range of single precision.
_EXTREME = 1e15


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Array
    weights: Array
    centre: Array | None

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a point, (M, p + 1)."""

    @property
    def standardisation(self) -> Standardisation:
        """Means and scales of the features."""


class SinglePrecisionRows:
    """
    `RoughRows` of an objective with a logit per class, in memory.

    Keeps probabilities at the point it has settled at, in 16 bits, of the first rows: as many as take less
    than half the memory of ``X``.

    Parameters
    ----------
    objective : ObjectiveInMemory
        Objective of more than two classes.
    rows : LinearRows
        Its rows.
    """

    def __init__(self, objective: _Rows, rows: LinearRows) -> None:
        self._objective, self._rows = objective, rows
        n, (M, P) = len(rows.codes), objective.shape
        self._coordinates = objective.standardisation
        scale = self._coordinates.scale
        # Features of ordinary size are read as they are, and coordinates change outside the products.
        self._as_given = bool(scale.min() > 1 / _EXTREME and scale.max() < _EXTREME)
        if not self._as_given:
            centre = self._coordinates.mean + (0 if rows.centre is None else rows.centre)
            self._rows = dataclasses.replace(rows, centre=centre, factors=1 / scale)
        self._n, self._point = n, np.zeros((M, P))
        self._curvature = np.zeros(M)
        budget = max(0, int(_KEPT * objective.X.nbytes) - _POINTS * 8 * M * P)
        kept = budget // (2 * M)
        # A multiple of the rows that a kernel reads at once.
        # Zeros, for tiles of rows without weight are not packed.
        self._packed = np.zeros((n if kept >= n else kept & -8, M), np.uint16)

    @property
    def bytes_kept(self) -> int:
        """Bytes of the probabilities that are kept."""
        return self._packed.nbytes

    def moments(self) -> Array:
        """
        Weighted means of products of two standardised features, or of one and 1, (p + 1, p + 1), in float64.

        The constant 1 is last. Rows are multiplied in single precision.
        """

        def part(rows: slice) -> Array:
            features = self._standardised(rows)
            if self._objective.weights.strides[0]:
                features *= np.sqrt(self._weights(rows))[:, None]
            return _own_product(features)

        return self._mean(part)

    def settle(self, point: Array) -> Array:
        """
        Compute the probabilities at `point`, (M, p + 1), and keep those of the first rows for `product`.

        `point` is in weights and intercepts. Returns the weighted mean of ``diag p - p pᵀ`` over the rows,
        (M, M), in float64.
        """
        self._point = point if self._as_given else self._coordinates.coordinates(point)
        mean = covariance(self._rows, self._point, dtype=np.float32, packed=self._packed)
        self._curvature = mean.diagonal()
        return mean

    def product(self, direction: Array) -> Array:
        """
        Hessian of the loss, without the penalty, at the settled point times `direction`, (M, p + 1), in
        float64.

        Direction and product are in standardised coordinates; rows are multiplied in single precision.
        """
        seen = self._coordinates.point(direction) if self._as_given else direction
        total = curvature_product(self._rows, self._point, seen, dtype=np.float32, packed=self._packed)
        return self._coordinates.slopes(total) if self._as_given else total

    def diagonal(self) -> Array:
        """
        Diagonal of the Hessian of the weighted mean loss at the settled point, (M, p + 1), without the
        penalty.

        It is in standardised coordinates and in float64, for the logits of M > 2 classes.
        """

        def part(rows: slice) -> Array:
            probs = self._probs_of(rows)
            spread = probs * (1 - probs) * self._weights(rows)[:, None]
            return (spread.T @ self._standardised(rows) ** 2).astype(np.float64)

        return self._mean(part)

    def blocks(self, rows: int) -> Array:
        """
        Diagonal block of the loss's Hessian for each class, (M, p + 1, p + 1), from about `rows` rows each.

        They are those of the weighted mean at the settled point, without the penalty, in standardised
        coordinates, in float64. The curvature of a row for a class is its weight times ``p - p²``. A row with
        at least 1 / `rows` of the sum for the class is taken as it is; others are drawn in proportion to it,
        one for each such share of the running sum, so always the same ones.
        """
        M, P = self._objective.shape
        total, before = np.zeros((M, P, P)), np.zeros(M)
        share = np.maximum(self._curvature * self._n / rows, np.finfo(float).tiny)
        for block in self._blocks_of(slice(0, self._n)):
            features, probs = self._standardised(block), self._probs_of(block)
            spread = np.maximum(probs * (1 - probs), 0) * self._weights(block)[:, None]
            stands_for, before = stand_ins(spread, share, before)
            for k in range(M):
                drawn = np.flatnonzero(stands_for[:, k])
                roots = np.sqrt(stands_for[drawn, k]).astype(np.float32)
                total[k] += _own_product(features[drawn] * roots[:, None])
        return total / self._n

    def _probs_of(self, rows: slice) -> Single:
        """
        Probabilities of `rows` at the settled point, (rows, M) for M > 2: a new array, unpacked or
        computed.
        """
        if rows.stop <= len(self._packed):
            return unpacked(self._packed[rows])
        features = self._standardised(rows)
        seen = self._coordinates.coordinates(self._point) if self._as_given else self._point
        return np.asarray(softmax(features @ seen.T.astype(np.float32), xp=np).probs)

    def _weights(self, rows: slice) -> Single:
        """
        Weights of `rows` times the number of all rows, so that they are 1 on average, (rows,), in float32.

        Weights of about 1/n would approach the least numbers.
        """
        return np.asarray(self._objective.weights[rows] * self._n, np.float32)

    def _standardised(self, rows: slice) -> Single:
        """Standardised features of `rows` and, last, ones, (rows, p + 1), as a new array of float32."""
        centre = self._objective.centre
        given = self._objective.X[rows] if centre is None else self._objective.X[rows] - centre
        scaled = given - self._coordinates.mean
        scaled /= self._coordinates.scale
        standardised = np.empty((len(scaled), self._objective.shape[1]), np.float32)
        standardised[:, :-1] = scaled
        standardised[:, -1] = 1
        return standardised

    def _mean(self, part: Callable[[slice], Array]) -> Array:
        """Mean over the rows of a quantity whose sum over a block of rows `part` returns; in threads."""

        def group(rows: slice) -> Array:
            return functools.reduce(np.add, map(part, self._blocks_of(rows)))

        return np.asarray(functools.reduce(np.add, map_groups(group, self._n))) / self._n

    def _blocks_of(self, rows: slice) -> Iterator[slice]:
        """
        Slices that partition `rows`, in order, so small that a block fits the cache.

        Each has 65,536 over M + p + 1 rows, at least 128, but for the last.
        """
        size = max(128, _BLOCK // sum(self._objective.shape))
        for start in range(rows.start, rows.stop, size):
            yield slice(start, min(start + size, rows.stop))


def _own_product(rows: Single) -> Array:
    """Transpose of a matrix times the matrix, multiplied in single precision and returned in float64."""
    return (rows.T @ rows).astype(np.float64)
