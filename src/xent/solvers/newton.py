"""
Damped Newton's method with the full Hessian: few steps, each of which may cost a factorisation.

References
----------
.. [1] Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, Cambridge. Algorithm 9.5.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.descent import Descent
from xent.solvers.objective import Objective
from xent.solvers.solution import Solution

__all__ = ["newton"]

Array = NDArray[np.float64]

# The factor is renewed after a step that leaves more than this share of the decrement.
_KEEP = 0.001
_POLISH = 2


def newton(
    objective: Objective,
    start: Array,
    descent: Descent,
    *,
    tol: float,
    max_iter: int,
    solver: str = "newton",
    rough: float = 0.0,
) -> Solution:
    """
    Minimise `objective` from `start` until the certified gap is at most `tol`.

    The Hessian at `start` is always factored. A factor is kept while each step with it shrinks the Newton
    decrement, twice the distance of the objective from the minimum of its quadratic model, to less than a
    thousandth. Once the gap is at most `tol`, be it at `start`, two more steps follow with the last factor,
    or fewer if rounding stops them: they need no new Hessian, and leave an error far below `tol`.

    Parameters
    ----------
    objective : Objective
        Problem to minimise.
    start : ndarray of shape (M, p + 1)
        First point.
    descent : Descent
        State to continue; it records the steps.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, counting those that `descent` made before, but not the two after the tolerance is met.
    solver : str
        Name of the method in the recorded steps.
    rough : float
        Half the decrement, in nats per unit of weight, at which to stop although the gap may exceed `tol`.

    Returns
    -------
    Solution
        Last point, with the inverse of the last factored Hessian; not converged if steps ran out, rounding
        stopped the descent, or `rough` was reached before `tol`.
    """
    descent.begin(objective, start, solver, tol=0.0 if rough else tol)
    factor = CholeskyFactor(objective.hessian(start))
    direction = factor.solve(descent.evaluation.gradient)
    while descent.unfinished(tol, max_iter):
        before = float(np.vdot(direction, descent.evaluation.gradient))
        if before / 2 <= rough or not descent.step(-direction):
            break
        direction = factor.solve(descent.evaluation.gradient)
        if not float(np.vdot(direction, descent.evaluation.gradient)) < _KEEP * before:
            factor = CholeskyFactor(objective.hessian(descent.point))
            direction = factor.solve(descent.evaluation.gradient)
    if descent.gap <= tol:
        for _ in range(_POLISH):
            if not descent.step(-factor.solve(descent.evaluation.gradient)):
                break
    return descent.solution(tol, factor.solve)
