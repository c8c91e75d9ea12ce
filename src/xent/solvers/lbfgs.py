"""
Preconditioned L-BFGS: cheap steps, and few of them if the preconditioner is good.

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
from xent.solvers.objective import Passes
from xent.solvers.solution import Solution

__all__ = ["lbfgs"]

Array = NDArray[np.float64]

_MEMORY = 20


def lbfgs(
    objective: Passes,
    start: Array,
    descent: Descent,
    *,
    precondition: Callable[[Array], Array],
    tol: float,
    max_iter: int,
    rescaled: bool = False,
) -> Solution:
    """
    Minimise `objective` from `start` until the certified gap is at most `tol`.

    Parameters
    ----------
    objective : Passes
        Problem to minimise.
    start : ndarray of shape (M, p + 1)
        First point.
    descent : Descent
        State to continue; it records the steps.
    precondition : callable
        Approximate inverse Hessian times a gradient; positive definite.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, counting those that `descent` made before.
    rescaled : bool
        True to multiply the preconditioner, which then need not know the size of the Hessian, by the ratio
        that fits the last step.

    Returns
    -------
    Solution
        Last point, with `precondition` as inverse Hessian; not converged if the steps ran out or rounding
        stopped the descent.
    """
    descent.begin(objective, start, "lbfgs", tol=tol)
    pairs: deque[tuple[Array, Array, float]] = deque(maxlen=_MEMORY)
    while descent.unfinished(tol, max_iter):
        point, gradient = descent.point, descent.evaluation.gradient
        factor = _ratio(pairs, precondition) if rescaled else 1.0
        if not descent.step(-_inverse_hessian_times(gradient, pairs, precondition, factor)):
            break
        s, y = descent.point - point, descent.evaluation.gradient - gradient
        curvature = float(np.vdot(s, y))
        # Curvature is positive because the objective is strongly convex; a pair that rounding made worthless
        # is skipped, since it would make the next direction one of ascent.
        if curvature > np.finfo(float).eps * np.linalg.norm(s) * np.linalg.norm(y):
            pairs.append((s, y, curvature))
    return descent.solution(tol, precondition)


def _inverse_hessian_times(
    gradient: Array,
    pairs: deque[tuple[Array, Array, float]],
    precondition: Callable[[Array], Array],
    factor: float,
) -> Array:
    """
    L-BFGS approximation of the inverse Hessian times `gradient`, (M, p + 1), by the two-loop recursion.

    `pairs` are steps s, differences y of the gradients and their products <s, y> > 0, the oldest first. For
    no pair the result is ``factor * precondition(gradient)``.
    """
    direction = gradient.copy()
    alphas = []
    for s, y, curvature in reversed(pairs):
        alpha = float(np.vdot(s, direction)) / curvature
        alphas.append(alpha)
        direction -= alpha * y
    direction = factor * precondition(direction)
    for (s, y, curvature), alpha in zip(pairs, reversed(alphas), strict=True):
        direction += s * (alpha - float(np.vdot(y, direction)) / curvature)
    return direction


def _ratio(pairs: deque[tuple[Array, Array, float]], precondition: Callable[[Array], Array]) -> float:
    """
    Factor ``<s, y> / <y, P y>`` with which the preconditioner P has the curvature of the newest pair.

    That is equation 7.20; `pairs` are as in `_inverse_hessian_times`. The factor is 1 without a pair.
    """
    if not pairs:
        return 1.0
    _, y, curvature = pairs[-1]
    return curvature / float(np.vdot(y, precondition(y)))
