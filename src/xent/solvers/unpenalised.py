"""
Maximum of the likelihood without a penalty, where it exists, and else the separation that leaves none.

Newton's method, in contrasts with the first class. Each step is also an attempt to certify that the classes
overlap (`overlap.py`), which costs one product. Linear programs decide only if eight steps prove neither
overlap nor complete separation, and the loss no longer falls as it does under the latter.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.iteration import Iteration
from xent.solvers.overlap import Overlap, overlap
from xent.solvers.separation import Separation

__all__ = ["LikelihoodMaximum", "baseline_null_point", "maximise_likelihood"]

Array = NDArray[np.float64]

# Quasi-separated rows gain a nat in their logits at each step; overlapping ones are certified by now.
_STEPS_BEFORE_PROGRAM = 8
# After the tolerance is met, steps that cost little and square the error.
_POLISH = 2
_HALVINGS = 40
_ROUNDING = 32 * np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class LikelihoodMaximum:
    """
    Maximum of a likelihood, or the separation because of which there is none.

    Parameters
    ----------
    theta : ndarray of shape (K - 1, P)
        Last point.
    iterations : tuple of Iteration
        Every point, losses and gaps in nats per unit of weight.
    separation : Separation or None
        Separation that was found; `theta` is then on its way to infinity.
    converged : bool
        True if the certified gap is at most the tolerance.
    reason : str
        Reason for which the solver stopped, in words.
    """

    theta: Array
    iterations: tuple[Iteration, ...]
    separation: Separation | None
    converged: bool
    reason: str


def maximise_likelihood(
    likelihood: BaselineLikelihood,
    start: Array,
    *,
    separation: Callable[[bool | None], Separation | None],
    tol: float,
    max_iter: int,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> LikelihoodMaximum:
    """
    Maximum of `likelihood`, certified to `tol` nats per unit of weight.

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood whose columns are linearly independent.
    start : ndarray of shape (K - 1, P)
        First point.
    separation : callable
        Search for a separation; its argument is True if complete separation is known, else None. It is called
        once at most, and its errors propagate.
    tol : float
        Gap to reach, in nats per unit of weight.
    max_iter : int
        Most steps, not counting two after the tolerance is met.
    on_iteration : callable, optional
        Called with each `Iteration`; an exception that it raises ends the search and propagates.

    Returns
    -------
    LikelihoodMaximum
        Maximum with its certificate, or the separation, at which the search ends. Neither if the steps ran
        out or rounding stopped them first: then it is not converged.
    """
    ascent = _Ascent(likelihood, start, on_iteration)
    asked, polish = False, _POLISH
    while True:
        if ascent.gap <= tol:
            polish -= 1
        elif not ascent.proven:
            if likelihood.least_margin(ascent.theta) > 0:
                return ascent.result(tol, "the classes are separated", separation(True))
            if not asked and (ascent.levels_off or ascent.unproven_gap <= tol):
                asked = True
                if (found := separation(None)) is not None:
                    return ascent.result(tol, "the classes are separated", found)
                ascent.accept()
        if polish < 0:
            return ascent.result(tol, "the certified gap is within the tolerance")
        if ascent.gap > tol and len(ascent.iterations) > max_iter:
            return ascent.result(tol, f"the limit of {max_iter} steps was reached")
        if not ascent.move():
            return ascent.result(tol, "rounding hides any further increase")


class _Ascent:
    """
    Current point of Newton's method, its step and its certificate.

    `gap` is certified in any case; `unproven_gap` is the smaller bound that holds if the classes overlap,
    which `proven` says.
    """

    def __init__(
        self,
        likelihood: BaselineLikelihood,
        start: Array,
        on_iteration: Callable[[Iteration], None] | None,
    ) -> None:
        self.likelihood = likelihood
        self.total = float(likelihood.weights.sum())
        self.iterations: list[Iteration] = []
        self.proven = False
        self._on_iteration = on_iteration
        self._arrive(start, likelihood.value(start))

    @property
    def gap(self) -> float:
        """Certified gap at the current point, in nats per unit of weight; the loss while not `proven`."""
        return self.iterations[-1].gap

    @property
    def levels_off(self) -> bool:
        """True if at least eight steps were made and the last took less than a third of the loss."""
        # Of completely separated rows each step takes two thirds, until every margin is positive.
        steps = self.iterations
        return len(steps) > _STEPS_BEFORE_PROGRAM and steps[-1].loss > 2 / 3 * steps[-2].loss

    def _arrive(self, theta: Array, value: float) -> None:
        """
        Go to `theta`, (K - 1, P), prepare the next step, and record the point.

        `value` is the log-likelihood there, in nats, the sum over the rows times their weights. Sets the
        Newton step, the slope along it, and `proven`, True once a point has shown that the classes overlap.
        The gap recorded, per unit of weight, is the loss itself until then, and afterwards the certified
        bound, at most the loss. `on_iteration` is called last, and its exception propagates.
        """
        self.theta, self.value = theta, value
        score = self.likelihood.score(theta)
        self.step = CholeskyFactor(self.likelihood.information(theta)).solve(score)
        self.slope = float(np.vdot(score, self.step))
        certificate: Overlap = overlap(self.likelihood, theta, self.step)
        self.proven = self.proven or certificate.proven
        loss = -value / self.total
        self.unproven_gap = min(loss, certificate.gap / self.total)
        # Without a certificate the loss itself is a bound, since its minimum is never negative.
        gap = self.unproven_gap if self.proven else loss
        iteration = Iteration(
            step=len(self.iterations),
            solver="newton",
            loss=loss,
            objective=loss,
            gap=gap,
            gradient_norm=float(np.abs(score).max()) / self.total,
        )
        self.iterations.append(iteration)
        if self._on_iteration is not None:
            self._on_iteration(iteration)

    def accept(self) -> None:
        """
        Take it as proven, by other means, that nothing separates the classes.

        `proven` becomes True, and the gap of the last iteration `unproven_gap`; `on_iteration` is not called
        again.
        """
        self.proven = True
        self.iterations[-1] = dataclasses.replace(self.iterations[-1], gap=self.unproven_gap)

    def move(self) -> bool:
        """
        Make the Newton step and record its point; False, without a move, if rounding hides any further
        increase.

        The step is halved until the likelihood rises by 1e-4 of what its slope promises, up to rounding, by
        which it may fall. False after 40 lengths, and at once if the slope is not positive and finite.
        """
        slack = _ROUNDING * abs(self.value)
        if not math.isfinite(self.slope) or self.slope <= 0:
            return False
        length = 1.0
        for _ in range(_HALVINGS):
            theta = self.theta + length * self.step
            value = self.likelihood.value(theta)
            if value >= self.value + 1e-4 * length * self.slope - slack:
                self._arrive(theta, value)
                return True
            length /= 2
        return False

    def result(self, tol: float, reason: str, separation: Separation | None = None) -> LikelihoodMaximum:
        """
        Current point as a `LikelihoodMaximum`, converged if there is no `separation` and the gap is at most
        `tol`.
        """
        converged = separation is None and self.gap <= tol
        return LikelihoodMaximum(self.theta, tuple(self.iterations), separation, converged, reason)


def baseline_null_point(likelihood: BaselineLikelihood, *, has_intercept: bool) -> Array:
    """
    Point (K - 1, P) with weights 0 and, with `has_intercept`, last the intercepts that fit class frequencies.

    Offsets do not enter, so with them these are not the best intercepts. Each class must have a row of
    positive weight.
    """
    point = np.zeros(likelihood.shape)
    if has_intercept:
        mass = np.bincount(likelihood.codes, weights=likelihood.weights, minlength=likelihood.n_classes)
        point[:, -1] = np.log(mass[1:] / mass[0])
    return point
