"""Callbacks of a running job."""

from __future__ import annotations

from typing import Any

from xent.models.penalty_search import PenaltyCandidate
from xent.report.fit.findings import ColumnFinding
from xent.solvers.iteration import Iteration
from xent.streams.progress import PassProgress

__all__ = ["Watcher"]


class Watcher:
    """Base class of callbacks for the steps of a job; its methods do nothing. An exception ends the job."""

    def phase(self, name: str) -> None:
        """Called when a phase begins: "read", "encode", "fit", "race", "judge", or "write" in `xent fit`."""

    def columns(self, columns: tuple[ColumnFinding, ...]) -> None:
        """Called with the kind of each column, before the model is fitted."""

    def trial(self, C: float) -> None:
        """Called when cross-validation begins to judge one C."""

    def candidate(self, candidate: PenaltyCandidate) -> None:
        """Called when cross-validation has judged one C."""

    def iteration(self, iteration: Iteration) -> None:
        """Called after each step of the solver."""

    def rows(self, progress: PassProgress) -> None:
        """Called after each fragment of a pass, if rows are read in batches."""

    def comparison(self, fold: int, folds: int) -> None:
        """Called when the comparison of a linear model and a network begins with one fold, from 1."""

    def epoch(self, epoch: Any, last: int) -> None:
        """Called after each `Epoch` of a network, with the number of the last if no later one is better."""

    def compared_epoch(self, epoch: Any, last: int) -> None:
        """Called as `epoch` is, for the network of a fold of the comparison."""
