"""
Preconditioned L-BFGS: many cheap steps, few of them where the preconditioner is good.

References
----------
.. [1] Nocedal, J. and Wright, S. (2006). Numerical Optimization, Springer. Algorithm 7.4, with the
       preconditioner in place of the initial matrix.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.descent import Descent
from xent.solvers.objective import Objective
from xent.solvers.solution import Solution

__all__ = ["lbfgs"]

Array = NDArray[np.float64]

_MEMORY = 20


def lbfgs(
    objective: Objective,
    start: Array,
    descent: Descent,
    *,
    precondition: Callable[[Array], Array],
    tol: float,
    max_iter: int,
) -> Solution:
    """Minimise `objective` from `start` until the certified gap is at most `tol`."""
    descent.begin(objective, start, "lbfgs")
    pairs: deque[tuple[Array, Array, float]] = deque(maxlen=_MEMORY)
    while descent.unfinished(tol, max_iter):
        point, gradient = descent.point, descent.evaluation.gradient
        if not descent.step(-_inverse_hessian_times(gradient, pairs, precondition)):
            break
        s, y = descent.point - point, descent.evaluation.gradient - gradient
        curvature = float(np.vdot(s, y))
        # The objective is strongly convex; only rounding can make this fail.
        if curvature > np.finfo(float).eps * np.linalg.norm(s) * np.linalg.norm(y):
            pairs.append((s, y, curvature))
    return descent.solution(tol, precondition)


def _inverse_hessian_times(
    gradient: Array,
    pairs: deque[tuple[Array, Array, float]],
    precondition: Callable[[Array], Array],
) -> Array:
    direction = gradient.copy()
    alphas = []
    for s, y, curvature in reversed(pairs):
        alpha = float(np.vdot(s, direction)) / curvature
        alphas.append(alpha)
        direction -= alpha * y
    direction = precondition(direction)
    for (s, y, curvature), alpha in zip(pairs, reversed(alphas), strict=True):
        direction += s * (alpha - float(np.vdot(y, direction)) / curvature)
    return direction
