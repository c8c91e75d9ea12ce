"""
Objective whose features lie in memory as one array, with passes in threads over groups of its rows.

A pass goes block by block, so no temporary has the size of ``X``; `ObjectiveInMemory.subset` alone copies
rows of it.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from xent.kernels.linear_softmax import LinearRows as SoftmaxRows
from xent.kernels.sparse_linear_sigmoid import CsrRows, curvatures
from xent.solvers.block_sums import (
    Block,
    covariance,
    curvature,
    curvature_product,
    losses,
    second_moments,
    sums,
    tilted,
    value_and_slopes,
)
from xent.solvers.class_logits import class_logits
from xent.solvers.exact_rows import ExactRows
from xent.solvers.feature_rows import is_sparse, rounded_rows, rows_of
from xent.solvers.kernel_rows import (
    KernelRows,
    covariance_sum,
    kernel_rows,
    product_sums,
    value_and_gradient_sums,
)  # fmt: skip
from xent.solvers.objective import Evaluation, RoughRows
from xent.solvers.penalised_sums import (
    free_part,
    penalised_evaluation,
    penalised_hessian,
    penalised_product,
)
from xent.solvers.single_precision_rows import SinglePrecisionRows
from xent.solvers.sparse_rows import SparseRows
from xent.solvers.sparse_sigmoid_rows import SparseSigmoidRows
from xent.solvers.standardisation import (
    Standardisation,
    standardisation_of,
    standardisation_of_moments,
    standardisation_of_sparse,
)  # fmt: skip
from xent.solvers.threads import each_group

__all__ = ["ObjectiveInMemory"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
T = TypeVar("T")

# Entries of X and logits, and of logits alone, in a block: with smaller ones, calls of Python take as long as
# the arithmetic; larger ones are hardly faster, and take several times the logits' memory.
_BLOCK, _LOGITS = 65_536, 20_000
# From this many coefficients on, a row's part of the Hessian costs as much as hundreds of gradients.
_HEAVY = 100
# Rows from which the means and scales of the features are taken.
_ROWS_OF_SCALES = 1000


class ObjectiveInMemory:
    """
    `Objective` of rows in memory, in nats per unit of weight.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n, p)
        Features, float64 or, if dense, float32; not copied.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        K, at least 2.
    decay : float, default 0.0
        Factor of the squared weights; see `penalised` for scikit-learn's C. For 0 the only certified gap is
        the objective itself.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; scaled here to sum to 1.
    fit_intercept : bool, default True
        False to keep the last column of every point at 0.
    centre : ndarray of shape (p,), optional
        Vector that each pass subtracts from the rows of `X`: the features are the differences.
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
        centre: Array | None = None,
    ) -> None:
        self.X = X
        self.centre = centre
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
        # Made when first needed, and shared by the copies that differ in their penalty alone.
        self._made: dict[str, Any] = {}

    @property
    def standardisation(self) -> Standardisation:
        """
        Means and standard deviations of the features, computed once.

        Of dense features they are those of about 1,000 rows. Without an intercept means are 0, and scales
        root mean squares.
        """
        return self._once("standardisation", self._standardisation)

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """
        Result of `make`, which is called only the first time for this `name`.

        It is kept in `_made`, which copies by `penalised` share.
        """
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    def _standardisation(self) -> Standardisation:
        """
        Means and standard deviations of the features less their centre, computed anew.

        Of dense features they are those of about 1,000 rows, evenly spaced and without weights; of sparse
        ones those of all rows, weighted if a kernel reads them. Without an intercept all means are 0, and
        scales root mean squares.
        """
        rows = self._kernel_rows()
        if isinstance(rows, CsrRows):
            # The curvature at 0 is the same for all rows: its sums are moments.
            at_zero = curvatures(rows, np.zeros(self.shape[1]))
            mean, squares = (sums / at_zero.first[-1] for sums in (at_zero.first[:-1], at_zero.squares))
            return standardisation_of_moments(mean, squares, fit_intercept=self.fit_intercept)
        if is_sparse(self.X):
            return standardisation_of_sparse(self.X, fit_intercept=self.fit_intercept)
        probe = np.asarray(self.X[:: max(1, len(self.X) // _ROWS_OF_SCALES)], np.float64)
        if self.centre is not None:
            probe = probe - self.centre
        return standardisation_of(probe, fit_intercept=self.fit_intercept)

    def evaluate(self, point: Array) -> Evaluation:
        """
        `Evaluation` at `point`, (M, p + 1): loss without and objective with the penalty, and its gradient.

        The covariance, the weighted mean of p (1 - p), (1, 1), is set for two classes if a kernel reads the
        features, else None.
        """
        rows = self._kernel_rows()
        if rows is not None:
            total, covariance = value_and_gradient_sums(rows, point)
            return penalised_evaluation(self, point, total, covariance)
        return penalised_evaluation(
            self, point, self._sum(lambda block: value_and_slopes(block, point, self._classes))
        )

    def covariance(self, point: Array) -> Array:
        """
        Weighted mean of ``diag p - p pᵀ`` over the rows at `point`, (M, M); for two classes that of p (1 -
        p).
        """
        rows = self._kernel_rows()
        if rows is not None:
            return covariance_sum(rows, point)
        (total,) = self._sum(lambda block: covariance(block, point, self._classes))
        return np.asarray(total)

    def rough_rows(self) -> RoughRows:
        """
        Products with the Hessian in standardised coordinates, the same object each time.

        They are in single precision for sparse features that no kernel reads, as of more than two classes,
        unless a mean exceeds 100 standard deviations, and for dense ones of more than two classes that a
        kernel reads; else in double.
        """
        return self._once("rough rows", self._rough_rows)

    def _rough_rows(self) -> RoughRows:
        """
        New `RoughRows`, products with the Hessian in standardised coordinates, that suit features and
        classes.

        Sparse features that no kernel reads, as of more than two classes, are multiplied in single precision,
        or in double if a mean exceeds 100 standard deviations; dense ones of more than two classes that a
        kernel reads in single. All others are multiplied in double, those of sparse features by kernels.
        """
        rows = self._kernel_rows()
        if isinstance(rows, CsrRows):
            return SparseSigmoidRows(self, rows)
        if is_sparse(self.X):
            return SparseRows(self)
        return SinglePrecisionRows(self, rows) if isinstance(rows, SoftmaxRows) else ExactRows(self)

    def hessian(self, point: Array) -> Array:
        """Definite Hessian at `point`, of shape (M(p+1), M(p+1)); see `Objective.hessian`."""
        heavy = point.size >= _HEAVY
        total = self._sum(lambda block: curvature(block, point, self._classes), heavy=heavy)
        return penalised_hessian(self, total)

    def hessian_product(self, point: Array, direction: Array) -> Array:
        """
        Definite Hessian of the objective at `point` times `direction`, both (M, p + 1), without building the
        matrix.

        The penalty is included. For more than two classes the mean of the intercepts of `direction` is added
        to each intercept of the product; without intercepts the last column is that of `direction`.
        """
        free = free_part(self, direction)
        rows = self._kernel_rows()
        if rows is not None:
            return penalised_product(self, direction, product_sums(rows, point, free))
        total = self._sum(lambda block: curvature_product(block, point, self._classes, free))
        return penalised_product(self, direction, total)

    def tilt(self, point: Array, shift: Array) -> tuple[float, Array]:
        """
        Divergence of the tilted probabilities and change of the gradient, (M, p), at `point`; see
        `Passes.tilt`.
        """
        divergence, moved = self._sum(lambda block: tilted(block, point, self._classes, shift))
        return float(divergence), moved

    def moments(self, *, diagonal: bool = False) -> Array:
        """
        Weighted second moments of the features and, last, the constant 1, (p + 1, p + 1).

        If `diagonal` is True, only their diagonal, (p + 1,).
        """
        (total,) = self._sum(lambda block: second_moments(block, diagonal=diagonal))
        return np.asarray(total)

    def row_losses(self, point: Array) -> Array:
        """Cross-entropy of each row at `point` in nats, unweighted, of shape (n,)."""
        everything = slice(0, len(self.codes))
        return np.concatenate([losses(block, point, self._classes) for block in self._blocks(everything)])

    def penalised(self, C: float) -> ObjectiveInMemory:
        """
        Copy of the objective with the penalty of scikit-learn's `C`, its inverse strength.

        Its `decay` is 1 over `C` times the total of the given weights. All else is shared with the original.
        """
        other = copy.copy(self)
        other.decay = 1 / (C * self.total_weight)
        return other

    def subset(self, rows: Codes, factors: Array | None = None, *, rough: bool = False) -> ObjectiveInMemory:
        """
        Objective of some `rows`, by number, with their weights multiplied by `factors` and scaled to sum to
        1.

        `factors`, (len(rows),), of None means 1; `decay` stays. The features of the rows are copied. Those of
        a `rough` subset are rounded to single precision, less the centre, if they are dense, in float64 and
        of usual size: in these rows the largest absolute value of each is 0 or between 1e-15 and 1e15.
        """
        weights = self.weights[rows] * self.total_weight
        single = rounded_rows(self.X, rows, self.centre) if rough else None
        return ObjectiveInMemory(
            self.X[rows] if single is None else single,
            self.codes[rows],
            self.n_classes,
            decay=self.decay,
            weights=weights if factors is None else weights * factors,
            fit_intercept=self.fit_intercept,
            centre=self.centre if single is None else None,
        )

    def part(self, rows: Codes) -> ObjectiveInMemory:
        """
        Objective of most of the rows, by their numbers, with their weights scaled to sum to 1.

        Dense features that a kernel reads are not copied: the result then keeps all n rows, the others with
        weight 0. Otherwise, and for less than half of the rows, it is `subset`.
        """
        n = len(self.codes)
        if is_sparse(self.X) or self._kernel_rows() is None or 2 * len(rows) < n:
            return self.subset(rows)
        return ObjectiveInMemory(
            self.X,
            self.codes,
            self.n_classes,
            decay=self.decay,
            weights=self.weights * self.total_weight * np.bincount(rows, minlength=n),
            fit_intercept=self.fit_intercept,
            centre=self.centre,
        )

    def _kernel_rows(self) -> KernelRows | None:
        """Rows for a kernel, made once; None if there is none that can read them."""
        return self._once("kernel rows", lambda: kernel_rows(self))

    def _sum(self, part: Callable[[Block], tuple[Any, ...]], *, heavy: bool = False) -> tuple[Any, ...]:
        """
        Sum over all rows of the tuples of arrays that `part` returns for a block of rows, entry by entry.

        Blocks are computed in threads, unless features are sparse. `heavy` says that a row is so costly that
        few rows are worth a thread.
        """

        def group(rows: slice) -> tuple[Any, ...]:
            return functools.reduce(sums, map(part, self._blocks(rows)))

        if is_sparse(self.X):
            # Parts of a sparse matrix would be copied, and its products are not computed in threads.
            return group(slice(0, len(self.codes)))
        return functools.reduce(sums, each_group(group, len(self.codes), heavy=heavy))

    def _blocks(self, rows: slice) -> Iterator[Block]:
        """
        Blocks that partition `rows`, a slice with start and stop, in their order; features less the centre,
        if any.

        Without a centre all arrays are views. Sparse rows are one block.
        """
        # Blocks of a sparse matrix have so few numbers that only their sums, as wide as a point, take time.
        size = len(self.codes) if is_sparse(self.X) else _rows_of_block(*self.shape)
        for start in range(rows.start, rows.stop, size):
            block = slice(start, min(start + size, rows.stop))
            features = rows_of(self.X, block)
            if self.centre is not None:
                features = features - self.centre
            yield Block(features, self.codes[block], self.weights[block])


def _rows_of_block(M: int, P: int) -> int:
    """
    Number of rows of a block for points of shape (M, P).

    It is the largest for which features and logits together have at most 65,536 entries and logits alone at
    most 20,000, or 128 if that is more.
    """
    return max(128, min(_BLOCK // (M + P), _LOGITS // M))
