"""
Choice of a solver by the size of the problem and the correlations of its features.

A factored Hessian needs a handful of steps, but each builds and factors a matrix of all M(p+1) coefficients;
other solvers take fewer steps than that matrix is worth. So:

- few coefficients and rows: Newton;
- two classes, few coefficients, features that are hardly correlated, and a Hessian that takes long: L-BFGS;
- few coefficients and many rows else: Newton on a sample of the rows, whose last Hessian then preconditions
  L-BFGS on all rows;
- many coefficients of more than two classes: Newton by conjugate gradients;
- many coefficients of two classes: L-BFGS preconditioned with the Hessian of the null model.

All solvers end at the same point, with the same certificate.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.solvers.descent import Descent
from xent.solvers.feature_rows import is_sparse
from xent.solvers.iteration import Iteration
from xent.solvers.kronecker import KroneckerInverse
from xent.solvers.lbfgs import lbfgs
from xent.solvers.newton import newton
from xent.solvers.newton_cg import newton_cg
from xent.solvers.objective import Objective
from xent.solvers.penalised_sums import null_point
from xent.solvers.solution import Solution
from xent.solvers.solver_report import SolverReport
from xent.solvers.standardisation import DISTANT
from xent.solvers.threads import row_threads

__all__ = ["minimise", "stratified_sample"]

Array = NDArray[np.float64]

# Up to this many coefficients a factored Hessian costs less than the passes it saves: of a single logit,
# whose Hessian is one product of a matrix with itself; and of several, which have one for each pair of them.
_NEWTON_COEFFICIENTS = 1500
_NEWTON_COEFFICIENTS_OF_MANY = 150
# Operations of a Hessian of few rows up to which Newton's steps are the fastest, whatever the correlations.
_SMALL_HESSIAN = 20_000_000
# Size of the sample whose Hessian replaces that of all rows: so many rows per coefficient, and at least so
# many rows. With r rows per coefficient the relative error of its curvature is about 1/sqrt(r).
_SAMPLE_PER_COEFFICIENT = 50
_SAMPLE_AT_LEAST = 5000
# The sample's own optimum is off by about half a nat per coefficient and row, and is solved to that.
_SAMPLE_ACCURACY = 0.5
# Hessians of a sample, and the passes that conjugate gradients take on all rows beyond those of L-BFGS.
_HESSIANS, _PASSES_SAVED = 5, 14
# Rows of the probe: at least so many, and so many per feature.
_PROBE_AT_LEAST, _PROBE_PER_FEATURE = 1000, 10
# Ratio of the largest curvature to the 5 % quantile up to which scaling the features is enough.
_WELL_CONDITIONED = 10.0


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
    Minimum of `objective`, certified to `tol` nats per unit of weight.

    Parameters
    ----------
    objective : Objective
        Problem to minimise.
    solver : {"auto", "newton", "newton-cg", "lbfgs"}
        ``"newton"`` uses a Hessian of all rows; ``"newton-cg"`` products with it; ``"lbfgs"`` neither;
        ``"auto"`` chooses by the number of coefficients and rows, and by the features' correlations. Any
        other name is a `KeyError`.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, of all solvers together, but for two of Newton's method after `tol` is reached.
    start : ndarray of shape (M, p + 1), optional
        First point; by default all weights are 0 and the intercepts fit the class frequencies.
    on_iteration : callable, optional
        Called with each `Iteration`; an exception that it raises ends the fit and propagates.

    Returns
    -------
    Solution
        Last point, all steps and a report; `Solution.converged` is False if `tol` was not reached, because
        the steps ran out or rounding stopped the descent.
    """
    start = null_point(objective) if start is None else start
    descent = Descent(on_iteration)
    with row_threads():
        return _minimise(objective, start, descent, solver=solver, tol=tol, max_iter=max_iter)


def _choice(objective: Objective, size: int) -> tuple[str, str]:
    """
    Name of the solver for `objective`, of `size` coefficients, and the reason for it, a clause.

    The name is "newton", "newton-cg", "lbfgs", "scaled lbfgs" or "newton on a sample, then lbfgs". It is
    "newton-cg" for sparse features of which one has a mean of more than 100 standard deviations; else numbers
    of rows, logits and coefficients decide, and the correlations of the features.
    """
    if is_sparse(getattr(objective, "X", None)) and _has_distant_features(objective):
        return "newton-cg", "sparse features are far from the origin, and its coordinates alone centre them"
    return _choice_by_size(objective, size)


def _choice_by_size(objective: Objective, size: int) -> tuple[str, str]:
    """
    Name of the solver and the reason for it, a clause, by the numbers n of rows, M of logits and of
    coefficients.

    `size` is the last, M (p + 1); rows are many if n > max(100 size, 10,000). M = 1 and size > 1,500:
    "lbfgs", or "newton-cg" if features are sparse. M > 1 and size > 150: "newton-cg", unless rows are many
    and a sample's Hessians cost less than they save. Else for M = 1, hardly correlated features, and either
    many rows or n size² > 2e7: "scaled lbfgs". Else "newton" for few rows, "newton on a sample, then lbfgs"
    for many. Sparse features far from the origin must be excluded before.
    """
    n, M = len(objective.codes), objective.shape[0]
    few_rows = n <= 2 * _sample_size(size)
    by_products = "newton-cg", f"a Hessian of {size:,} coefficients takes longer than products with it"
    if M == 1 and size > _NEWTON_COEFFICIENTS:
        if is_sparse(getattr(objective, "X", None)):
            return by_products
        return "lbfgs", f"a Hessian of {size:,} coefficients takes longer than the steps that it saves"
    if M > 1 and size > _NEWTON_COEFFICIENTS_OF_MANY and (few_rows or not _sample_pays(objective)):
        return by_products
    is_slow = not few_rows or n * size**2 > _SMALL_HESSIAN
    if M == 1 and is_slow and _is_well_conditioned(objective):
        return "scaled lbfgs", "the features are hardly correlated, so that scaling them is enough"
    if few_rows:
        return (
            "newton",
            f"a Hessian of {size:,} coefficients and {n:,} rows takes no longer than a few passes",
        )
    return _SAMPLED, f"{n:,} rows are so many that a sample of them has about the same Hessian"


def _minimise(
    objective: Objective, start: Array, descent: Descent, *, solver: str, tol: float, max_iter: int
) -> Solution:
    """
    Minimum of `objective` from `start`, certified to `tol`: a solution with a `SolverReport` of the work.

    `solver` is "auto" or a name of `_choice`, any other a `KeyError`; the report has it without "scaled", the
    reason for the choice, the counts of `descent` and the seconds of passes, certificates and directions.
    `descent` records the steps and is changed; the counts include what it did before.
    """
    began = time.perf_counter()
    name, reason = _choice(objective, start.size) if solver == "auto" else (solver, "it was asked for")
    solution = _SOLVERS[name](objective, start, descent, tol=tol, max_iter=max_iter)
    seconds = dict(descent.seconds)
    seconds["directions"] = time.perf_counter() - began - sum(seconds.values())
    report = SolverReport(
        name.removeprefix("scaled "), reason, descent.passes, descent.products, descent.certificates, seconds
    )
    return dataclasses.replace(solution, report=report)


def _preconditioned(objective: Objective, start: Array, descent: Descent, **limits: Any) -> Solution:
    """
    Minimum by L-BFGS with the inverse Hessian of the null model as preconditioner.

    `limits` are the `tol` and `max_iter` of `minimise`.
    """
    inverse = KroneckerInverse(objective).solve
    return lbfgs(objective, start, descent, precondition=inverse, **limits)


def _scaled(objective: Objective, start: Array, descent: Descent, **limits: Any) -> Solution:
    """
    Minimum by L-BFGS in standardised coordinates, for two classes.

    `limits` are the `tol` and `max_iter` of `minimise`.
    """
    return lbfgs(objective, start, descent, precondition=_scaling(objective), rescaled=True, **limits)


def _sampled(objective: Objective, start: Array, descent: Descent, **limits: Any) -> Solution:
    """
    Minimum by L-BFGS, started at and preconditioned by the optimum of a sample of the rows.

    The sample has 50 rows for each coefficient, at least 5,000. Newton's method solves it to half a nat per
    coefficient, divided by its number of rows, and records its steps under another name. `limits` are `tol`
    and `max_iter`; the steps of both count.
    """
    size = _sample_size(start.size)
    sample = stratified_sample(objective, size)
    accuracy = _SAMPLE_ACCURACY * start.size / size
    rough = newton(sample, start, descent, solver="newton on a sample", rough=accuracy, **limits)
    return lbfgs(objective, rough.point, descent, precondition=rough.inverse_hessian_times, **limits)


_SAMPLED = "newton on a sample, then lbfgs"
_SOLVERS: dict[str, Callable[..., Solution]] = {
    "newton": newton,
    "newton-cg": newton_cg,
    "lbfgs": _preconditioned,
    "scaled lbfgs": _scaled,
    _SAMPLED: _sampled,
}


def _has_distant_features(objective: Objective) -> bool:
    """
    True if the mean of a feature is more than 100 standard deviations, so that a Hessian has few digits of
    it.
    """
    coordinates = objective.standardisation
    return bool((np.abs(coordinates.mean) > DISTANT * coordinates.scale).any())


def _sample_pays(objective: Objective) -> bool:
    """
    True if Hessians of a sample take fewer operations than the products that they save on all rows.

    These are five Hessians with their factors, against the 14 products that conjugate gradients take beyond
    the passes of L-BFGS.
    """
    n, (M, P) = len(objective.codes), objective.shape
    hessian = _sample_size(M * P) * P**2 * M * (M + 1) / 2 + (M * P) ** 3 / 3
    return _HESSIANS * hessian < _PASSES_SAVED * 4 * n * M * P


def _sample_size(coefficients: int) -> int:
    """Number of rows of the sample for so many `coefficients`: 50 for each, at least 5,000."""
    return max(_SAMPLE_PER_COEFFICIENT * coefficients, _SAMPLE_AT_LEAST)


def _is_well_conditioned(objective: Objective) -> bool:
    """
    True if the features' correlations have eigenvalues of similar size, in about ten rows per feature.

    That is if the largest is below 10 times their 5 % quantile. At least 1,000 rows are read, or all if there
    are fewer.
    """
    n, p = len(objective.codes), objective.shape[1] - 1
    step = max(1, n // max(_PROBE_AT_LEAST, _PROBE_PER_FEATURE * p))
    probe = objective.subset(np.arange(0, n, step), rough=True)
    eigenvalues = np.linalg.eigvalsh(_correlations(probe.moments(), centred=objective.fit_intercept))
    return bool(eigenvalues[-1] < _WELL_CONDITIONED * np.quantile(eigenvalues, 0.05))


def _correlations(moments: Array, *, centred: bool) -> Array:
    """
    Correlations of the features, (p, p), from their weighted mean products, (p + 1, p + 1), the constant 1
    last.

    If not `centred`, means are taken as 0. A feature of variance 0 has the correlation 0, also with itself.
    """
    covariance = moments[:-1, :-1]
    if centred:
        covariance = covariance - np.outer(moments[-1, :-1], moments[-1, :-1])
    scale = np.sqrt(np.maximum(covariance.diagonal(), np.finfo(float).tiny))
    return np.asarray(covariance / scale / scale[:, None])


def _scaling(objective: Objective) -> Callable[[Array], Array]:
    """
    Function that multiplies a gradient, (1, p + 1), by the inverse Hessian of the null model of two classes.

    The Hessian includes the penalty. Features are taken as uncorrelated, so that it is diagonal in
    standardised coordinates; gradient and product are in weights and intercept, which is 0 if none is fitted.
    """
    coordinates = objective.standardisation
    mass = objective.class_mass
    curvature = mass[0] * mass[1] + coordinates.penalty(objective.decay)

    def precondition(gradient: Array) -> Array:
        slopes = coordinates.slopes(gradient) / curvature
        if not objective.fit_intercept:
            slopes[:, -1] = 0
        return coordinates.point(slopes)

    return precondition


def stratified_sample(objective: Objective, size: int) -> Objective:
    """
    Objective on about `size` of the rows, evenly spaced within each class, each class keeping its total
    weight.

    Rows of weight 0 are ignored, and other weights do not enter the choice. At least 50 rows of every class
    are kept, or all if it has fewer. Features may be rounded to single precision.
    """
    codes, has_weight = objective.codes, objective.weights > 0
    n = int(np.count_nonzero(has_weight))
    chosen = []
    for k in range(objective.n_classes):
        rows = np.flatnonzero((codes == k) & has_weight)
        # A class without rows in the sample would have the optimal intercept minus infinity.
        take = min(len(rows), max(50, size * len(rows) // n))
        chosen.append(rows[np.arange(take) * len(rows) // max(take, 1)])
    rows = np.sort(np.concatenate(chosen))
    mass = np.bincount(codes[rows], weights=objective.weights[rows], minlength=objective.n_classes)
    factors = (objective.class_mass / np.where(mass > 0, mass, 1))[codes[rows]]
    return objective.subset(rows, factors, rough=True)
