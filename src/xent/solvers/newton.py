"""
Damped Newton's method with the full Hessian: few steps, each costly.

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

# A step that leaves more than this share of the gap is worth a new Hessian.
_KEEP = 0.02
_POLISH = 2


def newton(
    objective: Objective,
    start: Array,
    descent: Descent,
    *,
    tol: float,
    max_iter: int,
    solver: str = "newton",
) -> Solution:
    """
    Minimise `objective` from `start` until the certified gap is at most `tol`.

    A factor is kept for as long as the steps that it gives shrink the gap well, and for two steps
    more once the tolerance is met: these cost no Hessian, and leave an error far below `tol`.
    """
    descent.begin(objective, start, solver)
    factor = CholeskyFactor(objective.hessian(start))
    while descent.unfinished(tol, max_iter):
        before = descent.gap
        if not descent.step(-factor.solve(descent.evaluation.gradient)):
            break
        if tol < descent.gap and not descent.gap < _KEEP * before:
            factor = CholeskyFactor(objective.hessian(descent.point))
    if descent.gap <= tol:
        for _ in range(_POLISH):
            if not descent.step(-factor.solve(descent.evaluation.gradient)):
                break
    return descent.solution(tol, factor.solve)
