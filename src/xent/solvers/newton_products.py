"""
Newton's method by products with the Hessian, for squared penalties and too many coefficients for a matrix.

Conjugate gradients with the Hessian's diagonal as preconditioner solve each step, as accurately as the size
of the gradient deserves, so that the last steps converge superlinearly.

Source: Nocedal, J. and Wright, S. (2006). Numerical Optimization, Springer. Algorithm 7.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.elastic_net import ElasticNet, elastic_net_gap
from xent.solvers.iteration import Iteration
from xent.solvers.linear_rows import LinearRows, State
from xent.solvers.solution import Solution

__all__ = ["newton_products"]

Array = NDArray[np.float64]

_PRODUCTS = 250
# Steps after the tolerance is met, which square the error.
_POLISH = 1
_HALVINGS = 40
_ROUNDING = 32 * np.finfo(float).eps


def newton_products(
    rows: LinearRows,
    penalty: ElasticNet,
    start: Array,
    *,
    tol: float,
    max_iter: int,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Solution:
    """
    Minimum of the objective with squared weights, certified to `tol` nats per unit of weight.

    Parameters
    ----------
    rows : LinearRows
        Rows of the loss.
    penalty : ElasticNet
        Penalty of the weights; its `absolute` must be 0, which is not checked.
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
        gradient = state.gradient.copy()
        gradient[:, :-1] += penalty.squared * point[:, :-1]
        objective = state.loss + penalty.value(point[:, :-1])
        iterations.append(
            Iteration(
                step=len(iterations),
                solver="newton by products",
                loss=state.loss,
                objective=objective,
                gap=elastic_net_gap(rows, penalty, point, state),
                gradient_norm=float(np.abs(gradient).max()),
            )
        )
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
        moved = _moved(rows, penalty, point, gradient, _direction(rows, penalty, state, gradient))
        if moved is None:
            reason = "rounding hides any further decrease"
            break
        point, state = moved
    return Solution(point, tuple(iterations), np.copy, iterations[-1].gap <= tol, reason)


def _direction(rows: LinearRows, penalty: ElasticNet, state: State, gradient: Array) -> Array:
    """
    Approximate solution d of ``Hessian d = -gradient``, (M, p + 1), by preconditioned conjugate gradients.

    The Hessian is that at `state`, penalty included; the preconditioner is its diagonal. A tenth of the
    gradient may remain in its norm, less near the minimum, or more after 250 products. If the curvature along
    the first direction is not positive, d is the preconditioned steepest descent.
    """
    diagonal = rows.curvature_diagonal(state)
    diagonal[:, :-1] += penalty.squared
    diagonal = np.where(diagonal > 0, diagonal, 1.0)
    d, residual = np.zeros_like(gradient), -gradient
    z = residual / diagonal
    p, rz = z, float(np.vdot(residual, z))
    goal = rz * min(0.1, rz**0.25) ** 2
    for _ in range(_PRODUCTS):
        product = rows.curvature_product(state, p)
        product[:, :-1] += penalty.squared * p[:, :-1]
        curvature = float(np.vdot(p, product))
        if not curvature > 0:
            break
        length = rz / curvature
        d = d + length * p
        residual = residual - length * product
        z = residual / diagonal
        before, rz = rz, float(np.vdot(residual, z))
        if rz <= goal:
            break
        p = z + rz / before * p
    return d if d.any() else z


def _moved(
    rows: LinearRows, penalty: ElasticNet, point: Array, gradient: Array, direction: Array
) -> tuple[Array, State] | None:
    """
    First point ``point + direction / 2**i``, i from 0 to 39, where the objective has fallen, with its state.

    The objective must fall by 1e-4 of what the slope promises, up to rounding, by which it may rise. All
    arrays have shape (M, p + 1); `gradient` is that of the penalised objective at `point`. None if no length
    passes, or `direction` is none of descent.
    """
    objective = rows.loss(point) + penalty.value(point[:, :-1])
    slope = float(np.vdot(gradient, direction))
    length = 1.0
    for _ in range(_HALVINGS):
        there = point + length * direction
        value = rows.loss(there) + penalty.value(there[:, :-1])
        if math.isfinite(value) and value <= objective + 1e-4 * length * slope + _ROUNDING * objective:
            return (there, rows.state(there)) if slope < 0 else None
        length /= 2
    return None
