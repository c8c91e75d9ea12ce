"""
Choice of a solver by the size of the problem.

Newton's method takes a handful of steps, but each builds and factors the Hessian of all M(p+1)
coefficients; L-BFGS with the right preconditioner takes fewer steps than that Hessian is worth. So there are
three cases. Few coefficients and rows: Newton. Few coefficients and many rows: Newton on a sample of the
rows, whose last Hessian then preconditions L-BFGS on all rows. Many coefficients: L-BFGS preconditioned with
the Hessian of the null model. All solvers end at the same point, with the same certificate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.descent import Descent
from xent.solvers.iteration import Iteration
from xent.solvers.kronecker import KroneckerInverse
from xent.solvers.lbfgs import lbfgs
from xent.solvers.newton import newton
from xent.solvers.objective import Objective
from xent.solvers.penalised_sums import null_point
from xent.solvers.solution import Solution
from xent.solvers.threads import one_blas_thread

__all__ = ["minimise", "stratified_sample"]

Array = NDArray[np.float64]

# Up to this many coefficients the Hessian and its factor cost less than the steps they save.
_NEWTON_COEFFICIENTS = 1500
# Size of the sample whose Hessian replaces that of all rows: so many rows per coefficient, and at least so
# many rows. With r rows per coefficient the relative error of its curvature is about 1/sqrt(r).
_SAMPLE_PER_COEFFICIENT = 100
_SAMPLE_AT_LEAST = 20_000
# The optimum of a sample is off by about 1/(2 r) nats. It is solved more accurately than that, because the
# fewest steps on all rows follow from the sample's own optimum.
_SAMPLE_TOL = 1e-4


def minimise(
    objective: Objective,
    *,
    solver: str = "auto",
    tol: float = 1e-8,
    max_iter: int = 1000,
    start: Array | None = None,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Solution:
    """
    Minimum of `objective`, certified to `tol` nats per row.

    Parameters
    ----------
    objective : Objective
        Problem to minimise.
    solver : {"auto", "newton", "lbfgs"}
        ``"newton"`` uses all rows at every step; ``"lbfgs"`` never builds a Hessian; ``"auto"`` chooses by
        the number of coefficients and rows.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, of all solvers together.
    start : ndarray of shape (M, p + 1), optional
        First point; by default all weights are 0 and the intercepts fit the class frequencies.
    on_iteration : callable, optional
        Called with each `Iteration`; an exception that it raises ends the fit.

    Returns
    -------
    Solution
        Last point and all steps; `Solution.converged` is False if `tol` was not reached.
    """
    start = null_point(objective) if start is None else start
    descent = Descent(on_iteration)
    with one_blas_thread():
        return _minimise(objective, start, descent, solver=solver, tol=tol, max_iter=max_iter)


def _minimise(
    objective: Objective, start: Array, descent: Descent, *, solver: str, tol: float, max_iter: int
) -> Solution:
    """`minimise` after the defaults are filled in."""
    if solver == "lbfgs" or (solver == "auto" and start.size > _NEWTON_COEFFICIENTS):
        inverse = KroneckerInverse(objective).solve
        return lbfgs(objective, start, descent, precondition=inverse, tol=tol, max_iter=max_iter)
    size = max(_SAMPLE_PER_COEFFICIENT * start.size, _SAMPLE_AT_LEAST)
    if solver == "newton" or len(objective.codes) <= 2 * size:
        return newton(objective, start, descent, tol=tol, max_iter=max_iter)
    rough = newton(
        stratified_sample(objective, size),
        start,
        descent,
        tol=_SAMPLE_TOL,
        max_iter=max_iter,
        solver="newton on a sample",
    )
    return lbfgs(
        objective,
        rough.point,
        descent,
        precondition=rough.inverse_hessian_times,
        tol=tol,
        max_iter=max_iter,
    )


def stratified_sample(objective: Objective, size: int) -> Objective:
    """
    Problem on about `size` of the rows, drawn within each class, each class keeping its total weight.

    At least 50 rows of every class are kept, or all if it has fewer; the draw is always the same.
    """
    rng = np.random.default_rng(0)
    codes, n = objective.codes, len(objective.codes)
    chosen = []
    for k in range(objective.n_classes):
        rows = np.flatnonzero(codes == k)
        # A class without rows in the sample would have the optimal intercept minus infinity.
        take = min(len(rows), max(50, size * len(rows) // n))
        chosen.append(rng.choice(rows, take, replace=False))
    rows = np.sort(np.concatenate(chosen))
    mass = np.bincount(codes[rows], weights=objective.weights[rows], minlength=objective.n_classes)
    return objective.subset(rows, (objective.class_mass / np.where(mass > 0, mass, 1))[codes[rows]])
