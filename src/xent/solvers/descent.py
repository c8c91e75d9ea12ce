"""
Descent: the loop that all solvers share, which evaluates, certifies, reports, line-searches and stops.

Solvers differ only in their choice of directions. A certificate costs a pass or two, so it is made when the
gradient says that it can succeed, and at the end. Afterwards it is one for every earlier point too: their
objectives exceed a certified one by a known amount.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.iteration import Iteration
from xent.solvers.objective import Evaluation, Passes
from xent.solvers.optimality_gap import likely_gap, optimality_gap
from xent.solvers.solution import Solution

__all__ = ["Descent"]

Array = NDArray[np.float64]

# Armijo's constant (Nocedal and Wright, equation 3.4); and the relative decrease that rounding of the
# objective can hide, a few units in its last place, summed over rows.
_SUFFICIENT = 1e-4
_ROUNDING = 32 * np.finfo(float).eps
_HALVINGS = 40
_PATIENCE = 20
# Certificates come out at about the gap that the gradient makes likely, or above it.
_WORTH_TRYING = 1.0


class Descent:
    """
    State of one fit: the current point, and every step so far.

    Parameters
    ----------
    on_iteration : callable, optional
        Called with each `Iteration` as it is made. An exception that it raises ends the fit and propagates.
    certifies : bool, default True
        False to take the gap that a certificate would about give for one, which costs no pass over the rows.

    Attributes
    ----------
    objective : Passes
        Minimised objective; like `point` and `evaluation` unset before `begin`.
    point : ndarray
        Current point.
    evaluation : Evaluation
        Value and gradient at `point`.
    iterations : list of Iteration
        All points so far, also those of an earlier `begin`; empty before the first.
    passes, certificates : int
        Evaluations of the objective, rejected step lengths among them, and certificates.
    products : int
        Products with the Hessian, counted by the solvers that make them.
    seconds : dict of str to float
        Seconds spent on ``"passes"`` and on ``"certificates"``.
    """

    objective: Passes
    point: Array
    evaluation: Evaluation

    def __init__(
        self, on_iteration: Callable[[Iteration], None] | None = None, *, certifies: bool = True
    ) -> None:
        """Counters at 0, and no point before `begin`."""
        self._on_iteration = on_iteration
        self._certifies = certifies
        self._solver = ""
        self._first = 0
        self._tol = math.inf
        self._likely: list[float] = []
        self._certified = False
        self.iterations: list[Iteration] = []
        self._reason = ""
        self.passes = 0
        self.products = 0
        self.certificates = 0
        self.seconds = {"passes": 0.0, "certificates": 0.0}

    @property
    def gap(self) -> float:
        """
        Certified gap at the current point, in nats per unit of weight; the objective itself if the point is
        not certified.
        """
        return self.iterations[-1].gap

    @property
    def likely_gap(self) -> float:
        """Gap that a certificate at the current point would about give; ``inf`` without a penalty."""
        return self._likely[-1]

    def begin(self, objective: Passes, start: Array, solver: str, *, tol: float = math.inf) -> None:
        """
        Start from `start`, or continue there with another `objective` or `solver`, and record that point.

        The list of iterations and all counts go on; stagnation is judged anew from here. A point is
        certified, that is, an upper bound on its objective less the minimum is computed by further passes, at
        once where that may show a gap of at most `tol`, and so every point for ``inf``. `solver` is the name
        in the iterations. Evaluates the objective and calls `on_iteration`.
        """
        self._solver = solver
        self._tol = tol
        self._likely = []
        self._first = len(self.iterations)
        self.objective = objective
        self._reason = ""
        self._move(start, self._evaluate(start))

    def unfinished(self, tol: float, max_iter: int) -> bool:
        """
        True if the gap exceeds `tol` and the last point has a number below `max_iter`.

        At that limit the point is certified; if its gap still exceeds `tol`, the limit is recorded as the
        reason to stop. Points of an earlier `begin` count, and so does the first of each `begin` after the
        first.
        """
        if self.gap <= tol:
            return False
        if self.iterations[-1].step >= max_iter:
            if self._certify() <= tol:
                return False
            self._reason = f"the limit of {max_iter} steps was reached"
            return False
        return True

    def step(self, direction: Array) -> bool:
        """
        Move along `direction`, halving the step until the objective falls by 1e-4 of what its slope promises.

        The objective may rise by rounding, 32 times the machine epsilon relative to itself. Returns False,
        and records rounding as the reason to stop, if none of 40 step lengths passes, or if neither objective
        nor likely gap improved in the last 20 steps; in the latter case the point has moved. Every length
        tried is a pass; only the point moved to is recorded.
        """
        here = self.evaluation
        slope = float(np.vdot(here.gradient, direction))
        slack = _ROUNDING * abs(here.objective)
        length = 1.0
        for _ in range(_HALVINGS):
            point = self.point + length * direction
            there = self._evaluate(point)
            bound = here.objective + _SUFFICIENT * length * slope + slack
            if math.isfinite(there.objective) and there.objective <= bound:
                self._move(point, there)
                return self._progresses()
            length /= 2
        self._reason = "rounding hides any further decrease"
        return False

    def solution(self, tol: float, inverse_hessian_times: Callable[[Array], Array]) -> Solution:
        """
        Current point as a `Solution`, certified; it counts as converged if the gap is at most `tol`.

        `inverse_hessian_times` is handed on. The gaps of earlier points since `begin` are lowered to those
        that the last one proves.
        """
        converged = self._certify() <= tol
        least = self.iterations[-1].objective - self.gap
        for k in range(self._first, len(self.iterations) - 1):
            one = self.iterations[k]
            # Rounding may have let the objective rise by a unit in its last place.
            proven = max(one.objective - least, self.gap)
            self.iterations[k] = dataclasses.replace(one, gap=min(one.gap, proven))
        reason = "the certified gap is within the tolerance" if converged else self._reason
        return Solution(self.point, tuple(self.iterations), inverse_hessian_times, converged, reason)

    def _progresses(self) -> bool:
        """
        True unless neither objective nor likely gap improved in the last 20 steps; then the reason is
        recorded.

        Points before the last `begin` do not count; with up to 20 points since, its start included, the
        result is True.
        """
        # Near the minimum rounding hides the decrease of the objective while the gap still falls, though
        # not at every step. So the descent stops only when neither has fallen for _PATIENCE steps.
        steps = self.iterations[self._first :]
        if len(steps) <= _PATIENCE:
            return True
        earlier, recent = steps[:-_PATIENCE], steps[-_PATIENCE:]
        least = min(i.objective for i in earlier)
        if min(i.objective for i in recent) < least - _ROUNDING * abs(least):
            return True
        if min(self._likely[-_PATIENCE:]) < min(self._likely[:-_PATIENCE]):
            return True
        self._reason = "rounding hides any further decrease"
        return False

    def _evaluate(self, point: Array) -> Evaluation:
        """Value and gradient of the objective at `point`; the pass is timed and counted."""
        began = time.perf_counter()
        evaluation = self.objective.evaluate(point)
        self.seconds["passes"] += time.perf_counter() - began
        self.passes += 1
        return evaluation

    def _gap(self) -> float:
        """
        Certified gap of the current point, in nats per unit of weight; it is timed and counted.

        Without certificates it is the likely gap, or the objective if that is less.
        """
        if not self._certifies:
            return min(self.likely_gap, self.evaluation.objective)
        began = time.perf_counter()
        gap = optimality_gap(self.objective, self.point, self.evaluation)
        self.seconds["certificates"] += time.perf_counter() - began
        self.certificates += 1
        return gap

    def _certify(self) -> float:
        """
        Certified gap of the current point, in nats per unit of weight.

        If the point was not certified before, the gap is computed and written to the last iteration in place
        of the objective; `on_iteration` is not called again.
        """
        if not self._certified:
            gap = self._gap()
            self._certified = True
            self.iterations[-1] = dataclasses.replace(self.iterations[-1], gap=gap)
        return self.gap

    def _move(self, point: Array, evaluation: Evaluation) -> None:
        """
        Make `point` the current one and append it as an `Iteration`, which `on_iteration` gets.

        `evaluation` is the result there. The point is certified at once if its likely gap is at most the
        tolerance of `begin`; otherwise the objective stands for the gap.
        """
        self.point = point
        self.evaluation = evaluation
        self._likely.append(likely_gap(self.objective, evaluation))
        self._certified = self._likely[-1] <= _WORTH_TRYING * self._tol
        iteration = Iteration(
            step=len(self.iterations),
            solver=self._solver,
            loss=evaluation.loss,
            objective=evaluation.objective,
            gap=self._gap() if self._certified else evaluation.objective,
            gradient_norm=float(np.abs(evaluation.gradient).max()),
        )
        self.iterations.append(iteration)
        if self._on_iteration is not None:
            self._on_iteration(iteration)
