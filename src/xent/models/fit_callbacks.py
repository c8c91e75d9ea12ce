"""Callbacks of a fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xent.models.penalty_search import PenaltyCandidate
from xent.solvers.iteration import Iteration

__all__ = ["FitCallbacks"]


@dataclass(frozen=True, slots=True)
class FitCallbacks:
    """
    Functions that a fit calls; None for those that it does not.

    Parameters
    ----------
    on_trial : callable or None
        Called with each C before it is tried.
    on_candidate : callable or None
        Called with each `PenaltyCandidate` after it is tried.
    on_iteration : callable or None
        Called with each `Iteration` of the final fit.
    """

    on_trial: Callable[[float], None] | None = None
    on_candidate: Callable[[PenaltyCandidate], None] | None = None
    on_iteration: Callable[[Iteration], None] | None = None
