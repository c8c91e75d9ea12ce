"""
Proximal Newton's method for elastic nets: few quadratic models, each minimised on the features that matter.

A step builds the Hessian of the features that have a weight or whose gradient exceeds the penalty's slope,
and minimises the quadratic model with the penalty on them (`quadratic_model.py`).

Source: Lee, J. D., Sun, Y. and Saunders, M. A. (2014). Proximal Newton-type methods for minimizing composite
functions. SIAM J. Optim. 24(3).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.elastic_net import ElasticNet, elastic_net_gap
from xent.solvers.iteration import Iteration
from xent.solvers.linear_rows import LinearRows, State
from xent.solvers.quadratic_model import QuadraticModel
from xent.solvers.solution import Solution

__all__ = ["proximal_newton"]

Array = NDArray[np.float64]

# Coefficients of one quadratic model, whose Hessian is held: 32 MB.
_MOST_COEFFICIENTS = 2000
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
        Called with each `Iteration`; an exception that it raises ends the fit and propagates.

    Returns
    -------
    Solution
        Last point, with the identity as inverse Hessian; not converged if the steps ran out or rounding
        stopped them at a gap above `tol`.
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
    """
    Point after a step, (M, p + 1), and its state; None if the objective falls at no length of the step.

    The step goes to the minimum of a quadratic model in some features, or 1/2, 1/4, ..., 2**-39 of the way;
    up to rounding the objective may rise. None also if the minimum is `point` itself.
    """
    features = _features(penalty, point, state, _MOST_COEFFICIENTS // len(point))
    columns = np.append(features, point.shape[1] - 1)
    model = QuadraticModel(rows, penalty, state, features)
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
    """
    Ascending column numbers of the features with a weight, and of those whose gradient exceeds the penalty's
    slope.

    The gradient is that of the loss, largest in size over the logits; the slope is that of the absolute
    values. If they are more than `most`, the `most` of largest excess are kept, but always all with a weight
    other than 0.
    """
    excess = np.abs(state.gradient[:, :-1]).max(axis=0) - penalty.absolute
    has_weight = point[:, :-1].any(axis=0)
    excess[has_weight] = np.inf
    chosen = np.flatnonzero(excess > 0)
    if len(chosen) > max(most, int(has_weight.sum())):
        chosen = chosen[np.argsort(-excess[chosen], kind="stable")[: max(most, int(has_weight.sum()))]]
    return np.sort(chosen)


def _iteration(rows: LinearRows, penalty: ElasticNet, point: Array, state: State, step: int) -> Iteration:
    """
    Record of `point`, (M, p + 1), with number `step`, certified; its gradient's norm is that of the least
    subgradient.

    The norm is the largest absolute value. `state` is that of the rows at `point`.
    """
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
