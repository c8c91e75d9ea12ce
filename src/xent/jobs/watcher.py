"""What a job tells about itself while it runs."""

from __future__ import annotations

from xent.models.penalty_search import PenaltyCandidate
from xent.report.fit.findings import ColumnFinding
from xent.solvers.iteration import Iteration

__all__ = ["Watcher"]


class Watcher:
    """Hears of each step of a job; this one ignores it all. Whatever a method raises ends the job."""

    def phase(self, name: str) -> None:
        """A phase begins: ``"read"``, ``"encode"``, ``"fit"``, ``"race"``, ``"judge"`` or ``"write"``."""

    def columns(self, columns: tuple[ColumnFinding, ...]) -> None:
        """What each column was taken for, before anything is fitted."""

    def trial(self, C: float) -> None:
        """Cross-validation begins to judge one C."""

    def candidate(self, candidate: PenaltyCandidate) -> None:
        """Cross-validation has judged one C."""

    def iteration(self, iteration: Iteration) -> None:
        """The solver has made one step."""
