"""
Curvature of a softmax objective in memory, in single precision, in standardised coordinates.

Products with the Hessian are most of the work of Newton's method without a matrix. They choose directions
alone, so the precision of gradients, and of the result, is not theirs: single precision halves their memory
and doubles the speed of their matrix products.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.formulas.softmax import softmax
from xent.kernels import runs_here
from xent.kernels import softmax_cross_entropy as softmax_kernel
from xent.kernels.softmax_curvature import curvature_product, pack, unpacked
from xent.solvers.standardisation import Standardisation
from xent.solvers.systematic_sample import stand_ins
from xent.solvers.threads import map_groups

__all__ = ["SinglePrecisionRows"]

Array = NDArray[np.float64]
Single = NDArray[np.float32]

# Entries of the features and probabilities in a block, which stay in a core's second cache.
_BLOCK = 65_536
# From so many logits on, products take so long that features are converted anew in each, not kept, and
# probabilities are packed.
_MANY_LOGITS = 20
# Bytes of probabilities and features that are kept, in those of the features, less some arrays of the size of
# a point, which conjugate gradients have: for as many rows as they suffice. The probabilities of the other
# rows are computed in each product.
_KEPT, _POINTS = 0.48, 10
# Scales up to which products of features and weights stay within the range of single precision.
_EXTREME = 1e15


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Array
    codes: NDArray[np.integer[Any]]
    weights: Array
    centre: Array | None
    n_classes: int

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a point."""

    @property
    def standardisation(self) -> Standardisation:
        """Means and scales of the features."""


class SinglePrecisionRows:
    """
    `RoughRows` of an objective with a logit per class, in memory.

    Keeps the probabilities at the point it has settled at, and up to 19 classes a copy of the features, of
    the first rows only: as many as take less than half the memory of ``X`` together.

    Parameters
    ----------
    objective : ObjectiveInMemory
        Objective of more than two classes.
    """

    def __init__(self, objective: _Rows) -> None:
        self._objective = objective
        n, (M, P) = len(objective.codes), objective.shape
        self._coordinates = objective.standardisation
        scale = self._coordinates.scale
        # Features of ordinary size are read as they are, and coordinates change outside the products.
        self._as_given = bool(scale.min() > 1 / _EXTREME and scale.max() < _EXTREME)
        self._size = max(128, _BLOCK // (M + P))
        uniform = not objective.weights.strides[0]
        # Relative to their mean, for weights of 1/n would approach the least single numbers.
        self._weights = None if uniform else np.asarray(objective.weights * n, np.float32)[:, None]
        self._n, self._point = n, np.zeros((P, M), np.float32)
        self._curvature = np.zeros(M)
        budget = max(0, int(_KEPT * objective.X.nbytes) - _POINTS * 8 * M * P)
        self._is_packed = M >= _MANY_LOGITS
        stored: Any = np.uint16 if self._is_packed else np.float32
        self._probs = np.empty((min(n, budget // (np.dtype(stored).itemsize * M)), M), stored)
        rest = 0 if self._is_packed else (budget - self._probs.nbytes) // (4 * P)
        self._kept = np.empty((min(n, rest), P), np.float32)
        self._each(lambda rows: self._convert(rows, self._kept[rows]), len(self._kept))

    @property
    def bytes_kept(self) -> int:
        """Bytes of the probabilities and features that are kept."""
        return self._probs.nbytes + self._kept.nbytes

    def moments(self) -> Array:
        """
        Weighted means of products of two standardised features, or of one and 1, (p + 1, p + 1), in float64.

        The constant 1 is last. Rows are multiplied in single precision.
        """

        def part(rows: slice) -> Array:
            features = self._standardised(rows)
            if self._weights is not None:
                features *= np.sqrt(self._weights[rows])
            return (features.T @ features).astype(np.float64)

        return self._sum(part)

    def settle(self, point: Array) -> Array:
        """
        Compute the probabilities at `point`, (M, p + 1), and keep them for `product`, `diagonal` and
        `blocks`.

        `point` is in weights and intercepts. Returns the weighted mean of ``diag p - p pᵀ`` over the rows,
        (M, M), in float64.
        """
        seen = point if self._as_given else self._coordinates.coordinates(point)
        self._point = np.ascontiguousarray(seen.T, np.float32)

        def part(rows: slice) -> Array:
            """Weighted sum over `rows`, whose probabilities are kept if there is room for them."""
            probs = self._compute_probs(self._features(rows), self._objective.codes[rows])
            if rows.stop <= len(self._probs):
                self._keep(rows, probs)
            weighted = probs if self._weights is None else probs * self._weights[rows]
            total = weighted.sum(axis=0, dtype=np.float64)
            return np.asarray(np.diag(total) - weighted.T @ probs)

        covariance = self._sum(part)
        self._curvature = covariance.diagonal()
        return covariance

    def product(self, direction: Array) -> Array:
        """
        Hessian of the loss, without the penalty, at the settled point times `direction`, (M, p + 1), in
        float64.

        Direction and product are in standardised coordinates; rows are multiplied in single precision.
        """
        seen = self._coordinates.point(direction) if self._as_given else direction
        transposed = np.ascontiguousarray(seen.T, np.float32)

        def part(rows: slice) -> Array:
            features = self._features(rows)
            along = self._curved(rows, features, features @ transposed)
            return (along.T @ features).astype(np.float64)

        total = self._sum(part)
        return self._coordinates.slopes(total) if self._as_given else total

    def diagonal(self) -> Array:
        """
        Diagonal of the loss's Hessian at the settled point, (M, p + 1), in standardised coordinates, in
        float64.
        """

        def part(rows: slice) -> Array:
            probs = self._probs_of(rows, self._features(rows))
            spread = probs * (1 - probs)
            if self._weights is not None:
                spread *= self._weights[rows]
            return (spread.T @ self._standardised(rows) ** 2).astype(np.float64)

        return self._sum(part)

    def blocks(self, rows: int) -> Array:
        """
        Diagonal block of the loss's Hessian for each class, (M, p + 1, p + 1), from about `rows` rows each.

        They are those at the settled point, in standardised coordinates. Rows are drawn for each class in
        proportion to its curvature: that of a rare class lies in few rows.
        """
        M, P = self._objective.shape
        total, before = np.zeros((M, P, P)), np.zeros(M)
        share = np.maximum(self._curvature * self._n / rows, np.finfo(float).tiny)
        # In the blocks of `settle`, whose probabilities are kept block by block.
        groups = map_groups(self._blocks_of, self._n)
        for block in itertools.chain.from_iterable(groups):
            features, probs = self._standardised(block), self._probs_of(block, self._features(block))
            spread = np.maximum(probs * (1 - probs), 0)
            if self._weights is not None:
                spread = spread * self._weights[block]
            stands_for, before = stand_ins(spread, share, before)
            for k in range(M):
                drawn = np.flatnonzero(stands_for[:, k])
                roots = np.sqrt(stands_for[drawn, k]).astype(np.float32)
                total[k] += _own_product(features[drawn] * roots[:, None])
        return total / self._n

    def _features(self, rows: slice) -> Single:
        """
        Features of `rows`, (rows, p + 1), as given if their size is ordinary, else standardised; last a 1.

        They may be a view of the kept ones.
        """
        if rows.stop <= len(self._kept):
            return self._kept[rows]
        count = len(range(*rows.indices(self._n)))
        return self._convert(rows, np.empty((count, self._objective.shape[1]), np.float32))

    def _curved(self, rows: slice, features: Single, along: Single) -> Single:
        """
        Curvature in the logits of each of `rows`, times its weight, times `along`, (rows, M), which is
        overwritten.

        `features` are those of `_features` for the rows; the probabilities are those at the settled point.
        """
        weights = None if self._weights is None else self._weights[rows, 0]
        if self._is_packed and rows.stop <= len(self._probs) and runs_here():
            return curvature_product(along, self._probs[rows], weights)
        probs = self._probs_of(rows, features)
        along *= probs
        # Row sums by `sum` take four times as long, for rows are short.
        along -= probs * np.einsum("ij->i", along)[:, None]
        return along if weights is None else along * weights[:, None]

    def _keep(self, rows: slice, probs: Single) -> None:
        """Keep `probs` as those of `rows`."""
        if self._is_packed:
            pack(probs, self._probs[rows])
        else:
            self._probs[rows] = probs

    def _probs_of(self, rows: slice, features: Single) -> Single:
        """
        Probabilities, (rows, M), of `rows` with these `features`, kept or computed anew; not to be
        changed.
        """
        if rows.stop <= len(self._probs):
            return unpacked(self._probs[rows]) if self._is_packed else self._probs[rows]
        return self._compute_probs(features, self._objective.codes[rows])

    def _compute_probs(self, features: Single, codes: NDArray[np.integer[Any]]) -> Single:
        """
        Probabilities, (rows, M), at the settled point of rows with these `features`, (rows, p + 1).

        `codes` are the rows' classes, 0 .. M-1; they affect the rounding alone.
        """
        out = features @ self._point
        if not runs_here():
            return np.asarray(softmax(out, xp=np).probs)
        truth = softmax_kernel.Labels(np.ascontiguousarray(codes))
        softmax_kernel.gradient(out, truth, out, most_threads=1)
        out[np.arange(len(out)), codes] += 1
        return out

    def _convert(self, rows: slice, out: Single) -> Single:
        """
        Write features of `rows` and a last column of ones to `out`, (rows, p + 1), and return it.

        Features are as given if their size is ordinary, else standardised.
        """
        if not self._as_given:
            out[:] = self._standardised(rows)
            return out
        out[:, :-1] = self._given(rows)
        out[:, -1] = 1
        return out

    def _given(self, rows: slice) -> Array:
        """Features of some rows less the centre, if there is one."""
        centre = self._objective.centre
        return self._objective.X[rows] if centre is None else self._objective.X[rows] - centre

    def _standardised(self, rows: slice) -> Single:
        """Standardised features of `rows`, and a last column of ones, (rows, p + 1), as a new array."""
        scaled = self._given(rows) - self._coordinates.mean
        scaled /= self._coordinates.scale
        return np.column_stack([scaled, np.ones(len(scaled))]).astype(np.float32)

    def _sum(self, part: Callable[[slice], Array]) -> Array:
        """Mean over the rows of a quantity whose sum over a block of rows `part` returns; in threads."""

        def group(rows: slice) -> Array:
            return functools.reduce(np.add, map(part, self._blocks_of(rows)))

        return np.asarray(functools.reduce(np.add, map_groups(group, self._n))) / self._n

    def _each(self, act: Callable[[slice], Any], n: int) -> None:
        """Call `act` with slices of the first `n` rows, block by block, in threads."""
        map_groups(lambda rows: [act(block) for block in self._blocks_of(rows)], n)

    def _blocks_of(self, rows: slice) -> Iterator[slice]:
        """Consecutive blocks of `rows` that fit the cache."""
        for start in range(rows.start, rows.stop, self._size):
            yield slice(start, min(start + self._size, rows.stop))


def _own_product(rows: Single) -> Array:
    """Transpose of a matrix times the matrix, multiplied in single precision and returned in float64."""
    return (rows.T @ rows).astype(np.float64)
