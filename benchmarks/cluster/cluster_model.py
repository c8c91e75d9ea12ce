"""Model of the seconds of a pass on a cluster: work, scheduler and network, of which the slowest decides."""

from __future__ import annotations

from dataclasses import dataclass

from xent.streams.summation_tree import branch_level

__all__ = ["Cluster", "PassPlan"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    Speeds of a cluster.

    Parameters
    ----------
    workers : int
        Tasks that run at once.
    scheduler : float, default 0.0016
        Seconds of the scheduler and the client for a task, one after the other: measured for Dask.
    network : float, default 1.25e9
        Bytes a second to and from the client: 10 Gbit/s.
    cell : float, default 1.37e-8
        Seconds of a worker for a number of the features: measured for a pass of 20 features and 5 classes.
    """

    workers: int
    scheduler: float = 1.6e-3
    network: float = 1.25e9
    cell: float = 1.37e-8


@dataclass(frozen=True, slots=True)
class PassPlan:
    """
    Pass over `rows` rows of `features` features and `classes` classes, in fragments of `fragment_rows` rows.

    `level` is that of the branches that are tasks; None takes that of a fit.
    """

    rows: int
    features: int
    classes: int
    fragment_rows: int = 1 << 18
    level: int | None = None

    @property
    def fragments(self) -> int:
        """Fragments of the source."""
        return -(-self.rows // self.fragment_rows)

    @property
    def point(self) -> int:
        """Bytes of a point, K(p + 1) numbers."""
        return 8 * self.classes * (self.features + 1)

    @property
    def branch(self) -> int:
        """Fragments of a task."""
        return 1 << (branch_level(self.fragments, self.point) if self.level is None else self.level)

    @property
    def tasks(self) -> int:
        """Tasks of the pass."""
        return -(-self.fragments // self.branch)

    @property
    def bytes_of_task(self) -> int:
        """Bytes of a task and its result: two points, K² numbers, and K counts of each fragment."""
        return 2 * self.point + 8 * self.classes * (self.classes + self.branch)

    def work(self, cluster: Cluster) -> float:
        """Seconds of a worker for a fragment."""
        return self.fragment_rows * self.features * cluster.cell

    def limits(self, cluster: Cluster) -> dict[str, float]:
        """Seconds of a pass by each limit alone."""
        rounds = -(-self.tasks // cluster.workers)
        return {
            "work": rounds * self.branch * self.work(cluster),
            "scheduler": self.tasks * cluster.scheduler,
            "network": self.tasks * self.bytes_of_task / cluster.network,
        }

    def seconds(self, cluster: Cluster) -> float:
        """Seconds of a pass."""
        return max(self.limits(cluster).values())
