"""
Newton's method without a Hessian: directions by conjugate gradients, with products in any precision.

The preconditioner is the Kronecker product of the classes' mean covariance at the point and the features'
second moments, the exact Hessian if all rows had the same probabilities. Where classes are nearly separable,
the rows that still matter differ from class to class, and conjugate gradients take many products; then blocks
of the Hessian, one for each class, from a part of the rows, replace it. With thousands of features, too many
for either, the Hessian's diagonal does.

References
----------
.. [1] Lin, C.-J., Weng, R. C. and Keerthi, S. S. (2008). Trust region Newton method for logistic regression.
       JMLR 9, 627-650.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.conjugate_gradients import newton_direction
from xent.solvers.descent import Descent
from xent.solvers.kronecker import MOST_FEATURES as _MOST_FEATURES
from xent.solvers.kronecker import KroneckerInverseAt
from xent.solvers.objective import Objective, RoughRows
from xent.solvers.solution import Solution

__all__ = ["inverse_hessian_at", "newton_cg"]

Array = NDArray[np.float64]

# Accuracy of directions far from the minimum.
_FORCING = 0.1
# More products than this in one step are a sign of classes that are nearly separable; blocks of an earlier
# point serve as long as they take no more than so few.
_MANY_PRODUCTS, _FEW_PRODUCTS = 20, 3
# Rows times coefficients up to which one more step, for an error far below the tolerance, costs little; and
# the accuracy of its direction, whose square is that of the gap.
_SMALL, _POLISH = 2_000_000, 1e-4
# Rows of a class's block of the Hessian: at least so many, and so many per coefficient.
_BLOCK_ROWS, _BLOCK_ROWS_PER_COEFFICIENT = 2000, 20
# Entries of all blocks up to which they are inverted: solutions for many classes then take one call.
_MOST_INVERTED = 4_000_000
# Accuracy of a solution of the Newton system for a similar problem, in the norm of the preconditioner, and
# the most products that one takes.
_SOLVED, _MOST_PRODUCTS = 1e-3, 200
# Added to the curvature of a block, because single precision leaves no curvature at probabilities of 0 and 1.
_LEAST_CURVATURE = 1e-9


def newton_cg(objective: Objective, start: Array, descent: Descent, *, tol: float, max_iter: int) -> Solution:
    """
    Minimise `objective` from `start` until the certified gap is at most `tol`.

    One more step follows if rows times coefficients are at most 2 million.

    Parameters
    ----------
    objective : Objective
        Problem to minimise, with a penalty or without.
    start : ndarray of shape (M, p + 1)
        First point.
    descent : Descent
        State to continue; it records the steps.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, counting those that `descent` made before, but not the one after the tolerance is met.

    Returns
    -------
    Solution
        Last point, with the last preconditioner as inverse Hessian; not converged if the steps ran out or
        rounding stopped the descent.
    """
    descent.begin(objective, start, "newton-cg", tol=tol)
    directions = _Directions(objective)
    while descent.unfinished(tol, max_iter):
        # The gap falls as the square of the gradient. A tenth of the tolerance is enough for the last step.
        least = math.sqrt(min(tol / (10 * descent.likely_gap), _FORCING**2))
        has_moved = descent.step(directions.at(descent.point, descent.evaluation.gradient, least))
        descent.products += directions.products
        if not has_moved:
            break
    if descent.gap <= tol and len(objective.codes) * start.size <= _SMALL:
        descent.step(directions.at(descent.point, descent.evaluation.gradient, forcing=_POLISH))
    return descent.solution(tol, directions.inverse_hessian_times)


def inverse_hessian_at(objective: Objective, point: Array) -> Callable[[Array], Array]:
    """
    Function that multiplies a gradient by the inverse Hessian of `objective` at `point`.

    Gradient and product have shape (M, p + 1), in weights and intercepts. Conjugate gradients solve the
    system anew for each gradient, to a thousandth; for more than two classes `objective` must have a penalty.
    """
    directions = _Directions(objective)
    directions.settle(point)
    return directions.solution


class _Directions:
    """Newton directions of an objective at one point after another, with the preconditioner that suits it."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self._coordinates = objective.standardisation
        self._penalty = self._coordinates.penalty(objective.decay)
        self._rows: RoughRows = objective.rough_rows()
        few = objective.shape[1] <= _MOST_FEATURES
        self._kronecker = KroneckerInverseAt(self._rows.moments(), self._penalty) if few else None
        self._nearly_separable = self._has_blocks = False
        self._precondition: Callable[[Array], Array] = np.copy
        self.products = 0

    def at(self, point: Array, gradient: Array, least: float = 0.0, *, forcing: float = _FORCING) -> Array:
        """
        Newton direction at `point` for the `gradient` there, all of shape (M, p + 1) in weights and
        intercepts.

        For M > 1 it leads to weights that sum to 0 over the classes, and its intercepts sum to 0. The method
        settles at `point` and sets `products` to the number of products with the Hessian. `forcing` is the
        share of the gradient, in the preconditioner's norm, that may remain of it far from the minimum, and
        `least` one that need not be undercut anywhere.
        """
        self.settle(point)
        slopes = self._free(self._coordinates.slopes(gradient))
        direction, self.products = newton_direction(
            slopes, self._product, self._preconditioned, forcing=forcing, least=least
        )
        self._nearly_separable |= self.products > _MANY_PRODUCTS
        return self._balanced(self._coordinates.point(direction), point)

    def settle(self, point: Array) -> None:
        """
        Make `point`, (M, p + 1) in weights and intercepts, that of products, and choose the preconditioner
        for it.

        The preconditioner is diagonal for p + 1 above 2,048; else the Kronecker product at the rows' mean
        covariance, or, once a direction took more than 20 products, the diagonal blocks of the Hessian, which
        are computed anew unless the last direction took at most 3.
        """
        covariance = self._rows.settle(point)
        if self._kronecker is None:
            diagonal = self._rows.diagonal() + self._penalty + _LEAST_CURVATURE
            self._precondition = lambda residual: residual / diagonal
        elif self._nearly_separable:
            if not (self._has_blocks and self.products <= _FEW_PRODUCTS):
                self._precondition, self._has_blocks = self._blocks(), True
        else:
            self._precondition = self._kronecker.at(covariance)

    def solution(self, gradient: Array) -> Array:
        """
        Inverse Hessian at the settled point times `gradient`, both (M, p + 1) in weights and intercepts.

        Solved to a thousandth, or as far as 200 products lead; for more than two classes the objective must
        have a penalty. The common part of the intercepts of all classes is 0. After more than 20 products
        later calls are preconditioned by blocks of the Hessian, if p + 1 is at most 2,048.
        """
        slopes = self._free(self._coordinates.slopes(gradient))
        common = np.zeros(gradient.shape[1])
        if len(slopes) > 1:
            # The penalty alone has curvature if all classes move alike, too little for single precision.
            common[:-1] = gradient[:, :-1].mean(axis=0) / self._objective.decay
            slopes -= slopes.mean(axis=0)
        direction, products = newton_direction(
            slopes, self._product, self._apart, forcing=_SOLVED, most=_MOST_PRODUCTS
        )
        if products > _MANY_PRODUCTS and self._kronecker is not None and not self._has_blocks:
            self._precondition, self._has_blocks = self._blocks(), True
        return common - self._coordinates.point(direction)

    def inverse_hessian_times(self, gradient: Array) -> Array:
        """
        Preconditioner of the last direction times `gradient`, both (M, p + 1) in weights and
        intercepts.
        """
        return self._coordinates.point(self._preconditioned(self._free(self._coordinates.slopes(gradient))))

    def _product(self, direction: Array) -> Array:
        """Hessian, penalty included, at the settled point times `direction`, (M, p + 1) in coordinates."""
        product = self._rows.product(direction)
        product += self._penalty * direction
        return self._free(product)

    def _preconditioned(self, residual: Array) -> Array:
        """Preconditioner times `residual`, (M, p + 1) in coordinates, after which `_free` is applied."""
        return self._free(self._precondition(residual))

    def _apart(self, residual: Array) -> Array:
        """Preconditioner times `residual`, (M, p + 1); for M > 1 less the mean over the classes."""
        moved = self._preconditioned(residual)
        return moved - moved.mean(axis=0) if len(moved) > 1 else moved

    def _free(self, coordinates: Array) -> Array:
        """
        `coordinates`, (M, p + 1), changed in place: intercepts, in the last column, that sum to 0 for M > 1.

        If the objective fits no intercepts, they are 0; for M = 1 with an intercept nothing changes.
        """
        if len(coordinates) > 1 and self._objective.fit_intercept:
            # Moving them all alike changes nothing, so rounding would.
            coordinates[:, -1] -= np.add.reduce(coordinates[:, -1]) / len(coordinates)
        elif not self._objective.fit_intercept:
            coordinates[:, -1] = 0
        return coordinates

    def _balanced(self, direction: Array, point: Array) -> Array:
        """
        `direction` to a point whose weights, and for M > 1 intercepts' changes, sum to 0 over the classes.

        Both have shape (M, p + 1); for M > 1 `direction` is changed in place, for M = 1 it is returned as it
        is.
        """
        if len(direction) > 1:
            # The loss does not change if all classes move alike, so that this is its exact part there.
            direction -= direction.mean(axis=0)
            direction[:, :-1] -= point[:, :-1].mean(axis=0)
        return direction

    def _blocks(self) -> Callable[[Array], Array]:
        """
        Function that multiplies coordinates, (M, p + 1), by the inverse of the diagonal blocks of the
        Hessian.

        There is a block, (p + 1, p + 1), for each logit, penalty included, at the settled point and from
        about 20 (p + 1) rows, at least 2,000. Each entry of its diagonal is raised by 1e-9, whatever its
        size. A block that is singular all the same raises `numpy.linalg.LinAlgError`; if the blocks have more
        than 4,000,000 entries, its diagonal is raised further instead.
        """
        P = self._objective.shape[1]
        blocks = self._rows.blocks(max(_BLOCK_ROWS, _BLOCK_ROWS_PER_COEFFICIENT * P))
        blocks[:, np.arange(P), np.arange(P)] += self._penalty + _LEAST_CURVATURE
        if blocks.size <= _MOST_INVERTED:
            inverses = np.linalg.inv(blocks)
            return lambda g: np.matmul(inverses, g[:, :, None])[:, :, 0]
        factors = [CholeskyFactor(block) for block in blocks]
        return lambda g: np.stack([factor.solve(row) for factor, row in zip(factors, g, strict=True)])
