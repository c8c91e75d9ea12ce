"""
Which solver for which problem.

Newton's method takes a handful of steps, but each builds and factors the Hessian of all M(p+1)
coefficients; L-BFGS with the right preconditioner needs no more steps than that Hessian costs.
So: few coefficients and rows, Newton; few coefficients and many rows, Newton on a sample of the
rows, whose last Hessian then preconditions L-BFGS on all of them; many coefficients, L-BFGS with
the Hessian of the null model. All end at the same point, under the same certificate.
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
from xent.solvers.solution import Solution
from xent.solvers.threads import one_blas_thread

__all__ = ["minimise", "stratified_sample"]

Array = NDArray[np.float64]

# Up to this many coefficients the Hessian and its factor cost less than the steps they save.
_NEWTON_COEFFICIENTS = 1500
# Rows per coefficient, and at least, of the sample whose Hessian stands in for that of all rows:
# with r rows per coefficient its curvature is right to about 1/sqrt(r).
_SAMPLE_PER_COEFFICIENT = 100
_SAMPLE_AT_LEAST = 20_000
# A sample's optimum is off by about 1/(2 r) nats; it is solved closer than that, for from the sample's own
# optimum the steps on all rows are fewest.
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
    The minimum of `objective`, certified to `tol` nats per row.

    Parameters
    ----------
    solver : {"auto", "newton", "lbfgs"}
        ``"newton"`` uses all rows at every step; ``"lbfgs"`` never builds a Hessian.
    start : ndarray of shape (M, p + 1), optional
        Where to begin; by default all weights 0 and the intercepts that fit the classes' frequencies.
    """
    start = objective.null_point() if start is None else start
    descent = Descent(on_iteration)
    with one_blas_thread():
        return _minimise(objective, start, descent, solver=solver, tol=tol, max_iter=max_iter)


def _minimise(
    objective: Objective, start: Array, descent: Descent, *, solver: str, tol: float, max_iter: int
) -> Solution:
    if solver == "lbfgs" or (solver == "auto" and start.size > _NEWTON_COEFFICIENTS):
        inverse = KroneckerInverse(objective).solve
        return lbfgs(objective, start, descent, precondition=inverse, tol=tol, max_iter=max_iter)
    size = max(_SAMPLE_PER_COEFFICIENT * start.size, _SAMPLE_AT_LEAST)
    if solver == "newton" or len(objective.X) <= 2 * size:
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
    """About `size` of the rows, drawn within each class, weighted so that each class keeps its mass."""
    rng = np.random.default_rng(0)
    codes, n = objective.codes, len(objective.codes)
    chosen = []
    for k in range(objective.n_classes):
        rows = np.flatnonzero(codes == k)
        # A class that the sample missed would send its intercept to minus infinity.
        take = min(len(rows), max(50, size * len(rows) // n))
        chosen.append(rng.choice(rows, take, replace=False))
    rows = np.sort(np.concatenate(chosen))
    mass = np.bincount(codes[rows], weights=objective.weights[rows], minlength=objective.n_classes)
    return objective.subset(rows, (objective.class_mass / np.where(mass > 0, mass, 1))[codes[rows]])
