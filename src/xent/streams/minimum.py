"""
Minimum of a `StreamedObjective`: Newton's method on the sample, whose Hessian then preconditions L-BFGS.

With r rows of the sample per coefficient its Hessian is off by about 1/sqrt(r), and each pass shrinks the gap
by about 1/r. A pass costs far more than a step on the sample, so the sample is as large as memory allows.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.descent import Descent
from xent.solvers.iteration import Iteration
from xent.solvers.lbfgs import lbfgs
from xent.solvers.newton import newton
from xent.solvers.newton_cg import inverse_hessian_at, newton_cg
from xent.solvers.objective import Objective
from xent.solvers.penalised_sums import null_point
from xent.solvers.solution import Solution
from xent.solvers.solver_report import SolverReport
from xent.solvers.threads import row_threads
from xent.streams.objective import StreamedObjective

__all__ = ["streamed_minimum"]

Array = NDArray[np.float64]

# Up to this many coefficients the sample's Hessian is built and factored; with more, conjugate gradients on
# the sample solve a system for each pass.
_MOST_COEFFICIENTS = 2000
# The optimum of the sample is off by about half a nat per coefficient and row, and solved to a tenth of that.
_SAMPLE_ACCURACY = 0.05


def streamed_minimum(
    objective: StreamedObjective,
    sample: Objective,
    *,
    tol: float,
    max_iter: int,
    start: Array | None = None,
    near: Array | None = None,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Solution:
    """
    Minimum of `objective`, certified to `tol` nats per unit of weight.

    Parameters
    ----------
    objective : StreamedObjective
        Problem.
    sample : Objective
        Sample of its rows, with the same penalty.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, those on the sample included.
    start : ndarray of shape (M, p + 1), optional
        First point of the sample's fit; by default that of the class frequencies.
    near : ndarray of shape (M, p + 1), optional
        Point near the minimum, at which the passes begin without a fit of the sample, which still
        preconditions them; `start` is ignored.
    on_iteration : callable, optional
        Called with each `Iteration`, first with those on the sample; an exception that it raises ends the
        fit and propagates.

    Returns
    -------
    Solution
        Last point; not converged if the steps ran out or rounding stopped the descent.
    """
    began = time.perf_counter()

    def told(iteration: Iteration) -> None:
        objective.last = iteration.loss, iteration.gap
        if on_iteration is not None:
            on_iteration(iteration)

    descent = Descent(told)
    with row_threads():
        if near is None:
            rough = _on_sample(objective, sample, start, descent, tol=tol, max_iter=max_iter)
            near, precondition = rough.point, rough.inverse_hessian_times
        elif near.size <= _MOST_COEFFICIENTS:
            precondition = CholeskyFactor(sample.hessian(near)).solve
        if near.size > _MOST_COEFFICIENTS:
            precondition = inverse_hessian_at(sample, near)
        found = lbfgs(objective, near, descent, precondition=precondition, tol=tol, max_iter=max_iter)
    seconds = dict(descent.seconds)
    seconds["directions"] = time.perf_counter() - began - sum(seconds.values())
    report = SolverReport(
        "newton on a sample, then lbfgs",
        "the rows are read in batches",
        descent.passes,
        descent.products,
        descent.certificates,
        seconds,
    )
    return dataclasses.replace(found, report=report)


def _on_sample(
    objective: StreamedObjective,
    sample: Objective,
    start: Array | None,
    descent: Descent,
    *,
    tol: float,
    max_iter: int,
) -> Solution:
    """
    Rough minimum of the sample, from `start`, (M, p + 1), or for None from the class frequencies.

    The sample's optimum is off by about 0.5 nats times coefficients over rows, and is found to a tenth of
    that. Up to 2,000 coefficients Newton's method does so, whose inverse Hessian the solution holds. Above,
    it is conjugate gradients, whose preconditioner it holds; a sample of all rows is then solved to `tol`.
    Whether the solution counts as converged tells nothing. `descent` records the steps, and earlier ones of
    it count among `max_iter`.
    """
    start = null_point(sample) if start is None else start
    accuracy = _SAMPLE_ACCURACY * start.size / len(sample.codes)
    if start.size <= _MOST_COEFFICIENTS:
        name = "newton on a sample"
        return newton(sample, start, descent, tol=tol, max_iter=max_iter, solver=name, rough=accuracy)
    # A sample of all rows has their optimum; passes towards it would cost more than steps on the sample.
    accuracy *= 1 - len(sample.codes) / objective.rows
    return newton_cg(sample, start, descent, tol=max(tol, accuracy), max_iter=max_iter)
