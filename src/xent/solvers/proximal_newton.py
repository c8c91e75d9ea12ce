"""
Proximal Newton's method for elastic nets: few quadratic models, each minimised on the features that matter.

A step builds the Hessian of the features that have a weight or whose gradient exceeds the penalty's slope. It
minimises the quadratic model with the penalty on them by a linear system on the present support, from which
coefficients that change their sign are dropped and to which those that break the condition of optimality are
added, until neither happens. Where that does not settle, sweeps over single coefficients better the support.

Source: Lee, J. D., Sun, Y. and Saunders, M. A. (2014). Proximal Newton-type methods for minimizing composite
functions. SIAM J. Optim. 24(3).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.elastic_net import ElasticNet, elastic_net_gap
from xent.solvers.iteration import Iteration
from xent.solvers.linear_rows import LinearRows, State
from xent.solvers.solution import Solution

__all__ = ["proximal_newton"]

Array = NDArray[np.float64]

# Coefficients of one quadratic model, whose Hessian is held: 32 MB.
_MOST_COEFFICIENTS = 2000
_SWEEPS = 8
_SUPPORTS = 20
_SIGN_STEPS = 300
_RIDGE = 1e-7
# Steps after the tolerance is met, which square the error: a gap of 1e-8 alone leaves 1e-4 in the weights.
_POLISH = 1
_HALVINGS = 40
_ROUNDING = 32 * np.finfo(float).eps


def proximal_newton(
    rows: LinearRows,
    penalty: ElasticNet,
    start: Array,
    *,
    tol: float,
    max_iter: int,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Solution:
    """
    Minimum of the elastic-net objective, certified to `tol` nats per unit of weight.

    Parameters
    ----------
    rows : LinearRows
        Rows of the loss.
    penalty : ElasticNet
        Penalty of the weights.
    start : ndarray of shape (M, p + 1)
        First point.
    tol : float
        Gap to reach.
    max_iter : int
        Most steps, not counting one after the tolerance is met.
    on_iteration : callable, optional
        Called with each `Iteration`; an exception that it raises ends the fit.

    Returns
    -------
    Solution
        Last point; not converged if the steps ran out or rounding stopped them.
    """
    point, state = start, rows.state(start)
    iterations: list[Iteration] = []
    polish = _POLISH
    while True:
        iterations.append(_iteration(rows, penalty, point, state, len(iterations)))
        if on_iteration is not None:
            on_iteration(iterations[-1])
        is_done = iterations[-1].gap <= tol
        polish -= is_done
        if polish < 0:
            reason = "the certified gap is within the tolerance"
            break
        if len(iterations) > max_iter and not is_done:
            reason = f"the limit of {max_iter} steps was reached"
            break
        moved = _step(rows, penalty, point, state)
        if moved is None:
            reason = "rounding hides any further decrease"
            break
        point, state = moved
    return Solution(point, tuple(iterations), np.copy, iterations[-1].gap <= tol, reason)


def _step(rows: LinearRows, penalty: ElasticNet, point: Array, state: State) -> tuple[Array, State] | None:
    """Point after the minimum of a quadratic model, or a part of the way to it; None if F does not fall."""
    features = _features(penalty, point, state, _MOST_COEFFICIENTS // len(point))
    columns = np.append(features, point.shape[1] - 1)
    model = _QuadraticModel(rows, penalty, state, features)
    target = point.copy()
    target[:, columns] = model.minimum(point[:, columns], state.gradient[:, columns])
    if not rows.fit_intercept:
        target[:, -1] = 0
    direction = target - point
    before = state.loss + penalty.value(point[:, :-1])
    fall = float(np.vdot(state.gradient, direction))
    fall += penalty.value(target[:, :-1]) - penalty.value(point[:, :-1])
    length = 1.0
    for _ in range(_HALVINGS):
        # At the full length the target itself: its zeros are exact.
        there = target if length == 1 else point + length * direction
        value = rows.loss(there) + penalty.value(there[:, :-1])
        if math.isfinite(value) and value <= before + 1e-4 * length * min(fall, 0) + _ROUNDING * before:
            return None if np.array_equal(there, point) else (there, rows.state(there))
        length /= 2
    return None


def _features(penalty: ElasticNet, point: Array, state: State, most: int) -> NDArray[np.intp]:
    """Features with a weight, and of those whose gradient exceeds the penalty the `most` largest."""
    excess = np.abs(state.gradient[:, :-1]).max(axis=0) - penalty.absolute
    has_weight = point[:, :-1].any(axis=0)
    excess[has_weight] = np.inf
    chosen = np.flatnonzero(excess > 0)
    if len(chosen) > max(most, int(has_weight.sum())):
        chosen = chosen[np.argsort(-excess[chosen], kind="stable")[: max(most, int(has_weight.sum()))]]
    return np.sort(chosen)


class _QuadraticModel:
    """Quadratic model of the loss in some features and the intercepts, with the penalty."""

    def __init__(
        self, rows: LinearRows, penalty: ElasticNet, state: State, features: NDArray[np.intp]
    ) -> None:
        M, q = rows.shape[0], len(features) + 1
        H = rows.curvature(state, features)
        last = np.arange(M)
        if not rows.fit_intercept:
            H[:, -1, :, :] = H[:, :, :, -1] = 0
            H[last, -1, last, -1] = 1
        elif M > 1:
            # A common shift of all intercepts changes nothing; curvature along it makes the matrix definite.
            H[:, -1, :, -1] += 1 / M
        self.H = H.reshape(M * q, M * q)
        self.shape = (M, q)
        self.is_weight = np.tile(np.arange(q) < q - 1, M)
        self.absolute = np.where(self.is_weight, penalty.absolute, 0.0)
        self.squared = np.where(self.is_weight, penalty.squared, 0.0)
        # Columns may depend on each other: a little more curvature gives the model one minimum, and bends
        # steps only along directions in which the loss is flat.
        places = np.arange(M * q)
        self.H[places, places] += _RIDGE * self.H.diagonal()

    def minimum(self, weights: Array, gradient: Array) -> Array:
        """Point of the least value of the model about `weights`, where the loss has `gradient`."""
        here, gradient = weights.ravel(), gradient.ravel()
        constant = gradient - self.H @ here
        solved = self._on_supports(here, constant)
        if solved is None:
            w, slope = here.copy(), gradient.copy()
            for _ in range(_SWEEPS):
                self._sweep(w, slope)
            solved = self._on_supports(w, constant)
            if solved is None:
                solved = self._by_signs(w, constant)
        return solved.reshape(self.shape)

    def _sweep(self, w: Array, slope: Array) -> None:
        """Minimise over each coefficient in turn, in place; `slope` is the gradient of the loss's model."""
        diagonal = self.H.diagonal() + self.squared
        diagonal = np.where(diagonal > 0, diagonal, 1.0)
        for i in range(len(w)):
            rise = w[i] * diagonal[i] - slope[i] - self.squared[i] * w[i]
            new = math.copysign(max(abs(rise) - self.absolute[i], 0.0), rise) / diagonal[i]
            if new != w[i]:
                slope += (new - w[i]) * self.H[:, i]
                w[i] = new

    def _on_supports(self, w: Array, constant: Array) -> Array | None:
        """Minimum by linear systems on supports, the first that of `w`; None if these do not settle."""
        sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        slack = 1e-12 * np.abs(constant).max(initial=0)
        for _ in range(_SUPPORTS):
            solved = self._solved(sign, constant)
            slope = self.H @ solved + constant + self.squared * solved
            flipped = sign * solved < 0
            beyond = (sign == 0) & (self.absolute > 0) & (np.abs(slope) > self.absolute + slack)
            if not (flipped.any() or beyond.any()):
                return solved
            sign[flipped] = 0
            sign[beyond] = -np.sign(slope[beyond])
        return None

    def _by_signs(self, w: Array, constant: Array) -> Array:
        """
        Point from `w` on whose model value falls at each step: the minimum unless the steps run out.

        Each step goes towards the minimum with the present signs, and stops at the best of the places where a
        coefficient becomes 0; if none does, the one joins that most breaks the condition of optimality.
        """
        sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        slack = 1e-12 * np.abs(constant).max(initial=0)
        for _ in range(_SIGN_STEPS):
            target = self._solved(sign, constant)
            if (sign * target >= 0).all():
                w = target
                excess = np.abs(self.H @ w + constant) - self.absolute - slack
                excess[(sign != 0) | (self.absolute == 0)] = -np.inf
                worst = int(np.argmax(excess))
                if excess[worst] <= 0:
                    return w
                sign[worst] = -np.sign(self.H[worst] @ w + constant[worst])
                continue
            moved = self._best_on_line(w, target, constant)
            if np.array_equal(moved, w):
                return w
            w = moved
            sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        return w

    def _best_on_line(self, w: Array, target: Array, constant: Array) -> Array:
        """Point of least value of the model among `target` and the places before it of a coefficient 0."""
        direction = target - w
        crossing = (self.absolute > 0) & (w * target < 0)
        lengths = np.append(np.unique(w[crossing] / (w[crossing] - target[crossing])), 1.0)
        points = w + lengths[:, None] * direction
        # Exactly 0 where it crosses.
        zero = np.isclose(w + lengths[:, None] * direction, 0, rtol=0, atol=1e-14 * (1 + np.abs(w)))
        points[zero & crossing] = 0
        smooth = ((points @ self.H) * points).sum(axis=1) / 2 + points @ constant
        values = smooth + (points**2) @ self.squared / 2 + np.abs(points) @ self.absolute
        best = int(np.argmin(values))
        here = w @ self.H @ w / 2 + w @ constant + w**2 @ self.squared / 2 + np.abs(w) @ self.absolute
        return points[best] if values[best] < here else w

    def _solved(self, sign: Array, constant: Array) -> Array:
        """Minimum of the model with the penalty linear in the signs, coefficients of sign 0 being 0."""
        support = np.flatnonzero((sign != 0) | (self.absolute == 0))
        matrix = self.H[np.ix_(support, support)].copy()
        places = np.arange(len(support))
        matrix[places, places] += self.squared[support]
        solved = np.zeros(len(sign))
        right = -constant[support] - self.absolute[support] * sign[support]
        solved[support] = CholeskyFactor(matrix).solve(right)
        return solved


def _iteration(rows: LinearRows, penalty: ElasticNet, point: Array, state: State, step: int) -> Iteration:
    """Record of a point; the gradient's norm is that of the least subgradient."""
    weights = point[:, :-1]
    gradient = state.gradient.copy()
    smooth = gradient[:, :-1] + penalty.squared * weights
    at_zero = np.sign(smooth) * np.maximum(np.abs(smooth) - penalty.absolute, 0)
    gradient[:, :-1] = np.where(weights != 0, smooth + penalty.absolute * np.sign(weights), at_zero)
    return Iteration(
        step=step,
        solver="proximal newton",
        loss=state.loss,
        objective=state.loss + penalty.value(weights),
        gap=elastic_net_gap(rows, penalty, point, state),
        gradient_norm=float(np.abs(gradient).max()),
    )
