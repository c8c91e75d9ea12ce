"""Minimum of a problem near one that is solved: other rows or another penalty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.solvers.descent import Descent
from xent.solvers.lbfgs import lbfgs
from xent.solvers.newton_cg import newton_cg
from xent.solvers.objective import Objective
from xent.solvers.solution import Solution
from xent.solvers.threads import row_threads

__all__ = ["minimise_near"]


def minimise_near(
    objective: Objective, start: NDArray[np.float64], solved: Solution, *, tol: float, max_iter: int
) -> Solution:
    """
    Minimum of `objective` to about `tol` nats per unit of weight, with the help of its neighbour's solution.

    The gap is that which a certificate would about give; none is made. The minimum is found by
    ``"newton-cg"`` if that solved the neighbour, else by L-BFGS with the neighbour's inverse Hessian as
    preconditioner, so that nothing is factored anew.

    Parameters
    ----------
    objective : Objective
        Problem to minimise.
    start : ndarray of shape (M, p + 1)
        First point.
    solved : Solution
        Solution of a similar problem, by `minimise`.
    tol : float
        Likely gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps.

    Returns
    -------
    Solution
        Last point, without a report; not converged if the steps ran out or rounding stopped the descent.
    """
    descent = Descent(certifies=False)
    with row_threads():
        if solved.report is not None and solved.report.solver == "newton-cg":
            return newton_cg(objective, start, descent, tol=tol, max_iter=max_iter)
        precondition = solved.inverse_hessian_times
        return lbfgs(objective, start, descent, precondition=precondition, tol=tol, max_iter=max_iter)
