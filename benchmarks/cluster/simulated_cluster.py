"""
Cluster whose tasks sleep on a clock of its own: an executor for `ordered_map`, the same in every run.

Scheduler, network and workers serve one task after another, each in the order of the submissions; nothing
waits in truth. The client's calls move the clock, as those of a real cluster would.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import numpy as np

from benchmarks.cluster.cluster_model import Cluster, PassPlan
from xent.streams.ordered_map import ordered_map
from xent.streams.summation_tree import SummationTree

__all__ = ["SimulatedCluster", "simulated_pass"]

# Tasks take up to this share more or less than the mean.
_SPREAD = 0.1


class SimulatedCluster(Executor):
    """
    Executor of tasks that take ``task(seconds)`` of a worker on the clock `now`.

    Parameters
    ----------
    cluster : Cluster
        Workers and speeds.
    bytes_of_task : int
        Bytes that a task and its result send, half of them each way.
    """

    def __init__(self, cluster: Cluster, bytes_of_task: int) -> None:
        self._max_workers = cluster.workers
        self._scheduler, self._seconds_each_way = cluster.scheduler, bytes_of_task / 2 / cluster.network
        self._idle_from = [0.0] * cluster.workers
        self._scheduler_from = self._back_from = 0.0
        self.now = 0.0

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Future of a task, whose result is there at a time that is settled now."""
        seconds, value = arguments[0]
        self.now += self._seconds_each_way
        self._scheduler_from = max(self._scheduler_from, self.now) + self._scheduler
        start = max(self._scheduler_from, heapq.heappop(self._idle_from))
        heapq.heappush(self._idle_from, start + seconds)
        self._back_from = max(self._back_from, start + seconds) + self._seconds_each_way
        future = _Arriving(self, self._back_from)
        future.set_result(function((0.0, value)))
        return future


class _Arriving(Future[Any]):
    """Future whose result moves the clock to its arrival."""

    def __init__(self, cluster: SimulatedCluster, arrival: float) -> None:
        super().__init__()
        self._cluster, self._arrival = cluster, arrival

    def result(self, timeout: float | None = None) -> Any:
        """Result, at its arrival or now if that has passed."""
        self._cluster.now = max(self._cluster.now, self._arrival)
        return super().result(timeout)


def simulated_pass(plan: PassPlan, cluster: Cluster, *, seed: int = 0) -> tuple[float, float]:
    """Seconds of a pass on the simulated cluster, and the sum by the tree of a value for each fragment."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=plan.fragments)
    seconds = plan.work(cluster) * generator.uniform(1 - _SPREAD, 1 + _SPREAD, plan.fragments)
    firsts = range(0, plan.fragments, plan.branch)
    tasks = (
        (float(seconds[first : first + plan.branch].sum()), values[first : first + plan.branch].tolist())
        for first in firsts
    )
    executor = SimulatedCluster(cluster, plan.bytes_of_task)
    tree = SummationTree(float.__add__)
    for part in ordered_map(_sum, tasks, executor):
        tree.add(plan.branch.bit_length() - 1, part)
    return executor.now, tree.total() or 0.0


def _sum(task: tuple[float, list[float]]) -> float:
    """Sum of the values of a task by their tree."""
    tree = SummationTree(float.__add__)
    for value in task[1]:
        tree.add(0, value)
    return tree.total() or 0.0
