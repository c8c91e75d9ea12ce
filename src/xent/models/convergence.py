"""Warning of a fit that ended before its tolerance."""

from __future__ import annotations

import math
import warnings

from sklearn.exceptions import ConvergenceWarning

from xent.solvers.solution import Solution

__all__ = ["warn_of"]


def warn_of(solution: Solution, tol: float, max_iter: int, *, caller: str) -> None:
    """Issue a `ConvergenceWarning` with the reason, and the gap unless it is nan, of an unfinished fit."""
    last = solution.iterations[-1]
    # Where passes follow steps on a sample, their first point has a number of its own, but is no step.
    end = f"{caller}: stopped after {min(last.step, max_iter)} steps because {solution.reason}"
    certified = f"the objective is certified only to {last.gap:.2g} nats per row of its minimum, and "
    warnings.warn(
        f"{end}; {'' if math.isnan(last.gap) else certified}tol={tol:g} was asked for.",
        ConvergenceWarning,
        stacklevel=3,
    )
