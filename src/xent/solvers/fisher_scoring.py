"""
Fisher scoring: maximum of the likelihood with or without Jeffreys' prior, some coefficients held fixed.

The step is the inverse information times the score, halved until the value rises. Under the prior the
information is not quite minus the Hessian, so the steps shrink by a constant factor, about 5 to 15 in all.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.definite_inverse import inverse_of
from xent.solvers.iteration import Iteration
from xent.solvers.jeffreys import adjusted_score, log_prior

__all__ = ["ScoringResult", "fisher_scoring"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_HALVINGS = 30
_ROUNDING = 32 * np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """
    Last point of Fisher scoring.

    Parameters
    ----------
    theta : ndarray of shape (K - 1, P)
        Coefficients.
    value : float
        Log-likelihood in nats, with the logarithm of the prior if there is one.
    iterations : tuple of Iteration
        Every point; the objective is minus `value` per unit of weight, the gap nan for lack of a certificate.
    converged : bool
        True if the next step would be within the tolerance.
    reason : str
        Reason for which the scoring stopped, in words.
    """

    theta: Array
    value: float
    iterations: tuple[Iteration, ...]
    converged: bool
    reason: str


class _Point:
    """One point with its value; the next step is computed on first use, since a point may be rejected."""

    def __init__(self, likelihood: BaselineLikelihood, theta: Array, free: Flags, *, jeffreys: bool) -> None:
        self._of, self._free, self._jeffreys = likelihood, free, jeffreys
        self.theta = theta
        self._information = likelihood.information(theta)
        self.likelihood = likelihood.value(theta)
        self.value = self.likelihood + (log_prior(self._information) if jeffreys else 0.0)

    @functools.cached_property
    def score(self) -> Array:
        """
        Gradient of `value`, (K - 1, P), with 0 for the coefficients that are not free.

        Under Jeffreys' prior it raises `numpy.linalg.LinAlgError` if the information is not positive
        definite.
        """
        if self._jeffreys:
            score = adjusted_score(self._of, self.theta, inverse_of(self._information))
        else:
            score = self._of.score(self.theta)
        return np.where(self._free, score, 0)

    @functools.cached_property
    def step(self) -> Array:
        """
        Scoring step, (K - 1, P): inverse information of the free coefficients times the score, 0 for the
        others.

        An information that is singular, or indefinite by rounding, is no error: its diagonal is raised until
        it is definite. Errors of `score` pass.
        """
        chosen = np.flatnonzero(self._free)
        step = np.zeros(self._of.shape)
        if len(chosen):
            factor = CholeskyFactor(self._information[np.ix_(chosen, chosen)])
            step.flat[chosen] = factor.solve(self.score.flat[chosen])
        return step

    @property
    def standard_errors(self) -> float:
        """Length of the next step in standard errors, by which the scoring ends; at least 0."""
        return math.sqrt(max(float(np.vdot(self.score, self.step)), 0.0))


def fisher_scoring(
    likelihood: BaselineLikelihood,
    start: Array,
    *,
    jeffreys: bool,
    free: Flags | None = None,
    tol: float = 1e-8,
    max_iter: int = 1000,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> ScoringResult:
    """
    Maximum over the free coefficients, from `start`.

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood whose columns are linearly independent.
    start : ndarray of shape (K - 1, P)
        First point; coefficients that are not free keep its values.
    jeffreys : bool
        True to add the logarithm of Jeffreys' prior, that of all coefficients, fixed ones included.
    free : ndarray of bool of shape (K - 1, P), optional
        Coefficients to move; None means all.
    tol : float
        Length of a step, in standard errors, up to which it is not made any more.
    max_iter : int
        Most steps.
    on_iteration : callable, optional
        Called with each `Iteration`; an exception that it raises ends the search and propagates.

    Returns
    -------
    ScoringResult
        Last point; not converged if the steps ran out or rounding stopped them.

    Raises
    ------
    numpy.linalg.LinAlgError
        If under Jeffreys' prior the information at `start` is not positive definite. Without the prior a
        singular information is no error: its diagonal is raised until it is definite.
    """
    free = np.ones(likelihood.shape, dtype=bool) if free is None else free
    iterations: list[Iteration] = []
    total = float(likelihood.weights.sum())

    def record(point: _Point) -> None:
        iterations.append(_iteration(point, len(iterations), total))
        if on_iteration is not None:
            on_iteration(iterations[-1])

    here = _Point(likelihood, start, free, jeffreys=jeffreys)
    record(here)
    reason = ""
    while here.standard_errors > tol:
        if len(iterations) > max_iter:
            reason = f"the limit of {max_iter} steps was reached"
            break
        there = _next(likelihood, here, free, jeffreys=jeffreys)
        if there is None:
            reason = "rounding hides any further increase"
            break
        here = there
        record(here)
    return ScoringResult(
        here.theta, here.value, tuple(iterations), not reason, reason or "the step is within the tolerance"
    )


def _next(likelihood: BaselineLikelihood, here: _Point, free: Flags, *, jeffreys: bool) -> _Point | None:
    """
    First point ``here + step / 2**i``, i from 0 to 29, whose value is not below that of `here`; None without
    one.

    A fall by rounding, 32 times the machine epsilon relative to the value, passes. `free` of shape (K - 1, P)
    is True for the coefficients that move, `jeffreys` True to add the prior to the value.
    """
    length = 1.0
    for _ in range(_HALVINGS):
        there = _Point(likelihood, here.theta + length * here.step, free, jeffreys=jeffreys)
        if there.value >= here.value - _ROUNDING * abs(here.value):
            return there
        length /= 2
    return None


def _iteration(point: _Point, step: int, total: float) -> Iteration:
    """Record of `point` with number `step`: losses per unit of the `total` weight, and a gap of nan."""
    return Iteration(
        step=step,
        solver="fisher scoring",
        loss=-point.likelihood / total,
        objective=-point.value / total,
        gap=math.nan,
        gradient_norm=float(np.abs(point.score).max()) / total,
    )
