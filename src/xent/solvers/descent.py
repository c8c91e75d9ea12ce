"""
The descent that every solver makes: evaluate, certify, report, search along a direction, stop.

Solvers differ in how they choose directions, and only there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.iteration import Iteration
from xent.solvers.objective import Evaluation, Objective
from xent.solvers.optimality_gap import optimality_gap
from xent.solvers.solution import Solution

__all__ = ["Descent"]

Array = NDArray[np.float64]

# Armijo's constant, and the decrease that rounding of the objective can hide (a few units in its
# last place, summed over rows).
_SUFFICIENT = 1e-4
_ROUNDING = 32 * np.finfo(float).eps
_HALVINGS = 40
_PATIENCE = 20


class Descent:
    """
    State of one fit: where it stands, and every step so far.

    Parameters
    ----------
    on_iteration : callable, optional
        Called with each `Iteration` as it is made. Whatever it raises ends the fit.
    """

    objective: Objective
    point: Array
    evaluation: Evaluation

    def __init__(self, on_iteration: Callable[[Iteration], None] | None = None) -> None:
        self._on_iteration = on_iteration
        self._solver = ""
        self._first = 0
        self.iterations: list[Iteration] = []
        self._reason = ""

    @property
    def gap(self) -> float:
        """Certified gap of the last step."""
        return self.iterations[-1].gap

    def begin(self, objective: Objective, start: Array, solver: str) -> None:
        """Start at `start`, or go on from there with another `objective` or `solver`."""
        self._solver = solver
        self._first = len(self.iterations)
        self.objective = objective
        self._reason = ""
        self._move(start, objective.evaluate(start))

    def unfinished(self, tol: float, max_iter: int) -> bool:
        """Whether another step is both needed and allowed."""
        if self.gap <= tol:
            return False
        if self.iterations[-1].step >= max_iter:
            self._reason = f"the limit of {max_iter} steps was reached"
            return False
        return True

    def step(self, direction: Array) -> bool:
        """Move along `direction`, halving the step until the objective falls; False if it cannot."""
        here = self.evaluation
        slope = float(np.vdot(here.gradient, direction))
        slack = _ROUNDING * abs(here.objective)
        length = 1.0
        for _ in range(_HALVINGS):
            point = self.point + length * direction
            there = self.objective.evaluate(point)
            bound = here.objective + _SUFFICIENT * length * slope + slack
            if math.isfinite(there.objective) and there.objective <= bound:
                self._move(point, there)
                return self._progresses()
            length /= 2
        self._reason = "rounding hides any further decrease"
        return False

    def solution(self, tol: float, inverse_hessian_times: Callable[[Array], Array]) -> Solution:
        """Where the descent stands."""
        converged = self.gap <= tol
        reason = "the certified gap is within the tolerance" if converged else self._reason
        return Solution(self.point, tuple(self.iterations), inverse_hessian_times, converged, reason)

    def _progresses(self) -> bool:
        # Near the minimum rounding hides the decrease of the objective while the gap still falls,
        # though not at every step; when neither has fallen for a while, nothing more will.
        steps = self.iterations[self._first :]
        if len(steps) <= _PATIENCE:
            return True
        earlier, recent = steps[:-_PATIENCE], steps[-_PATIENCE:]
        least = min(i.objective for i in earlier)
        if min(i.objective for i in recent) < least - _ROUNDING * abs(least):
            return True
        if min(i.gap for i in recent) < min(i.gap for i in earlier):
            return True
        self._reason = "rounding hides any further decrease"
        return False

    def _move(self, point: Array, evaluation: Evaluation) -> None:
        self.point = point
        self.evaluation = evaluation
        iteration = Iteration(
            step=len(self.iterations),
            solver=self._solver,
            loss=evaluation.loss,
            objective=evaluation.objective,
            gap=optimality_gap(self.objective, point, evaluation),
            gradient_norm=float(np.abs(evaluation.gradient).max()),
        )
        self.iterations.append(iteration)
        if self._on_iteration is not None:
            self._on_iteration(iteration)
