"""Model of a pass on a cluster beside a simulated cluster, and beside sleeping tasks on Dask."""

from __future__ import annotations

import time
from dataclasses import replace

from benchmarks.cluster.cluster_model import Cluster, PassPlan
from benchmarks.cluster.simulated_cluster import simulated_pass
from xent.streams.ordered_map import ordered_map

__all__ = ["print_model", "print_sleeping_tasks"]

_ROWS, _FEATURES, _CLASSES = 10**10, 100, 5
_WORKERS = (1, 10, 100, 300, 1000, 3000)
_EMPTY = 2000
# Threads of a worker of Dask, tasks for each, and seconds of sleep of a fragment.
_THREADS, _FRAGMENTS_EACH, _SLEEP = (10, 100, 400), 16, 0.25


def print_model() -> None:
    """Print seconds of a pass of 1e10 rows by 100 features for each number of workers."""
    print(f"{_ROWS:.0e} rows, {_FEATURES} features, {_CLASSES} classes; seconds of a pass")
    print(f"{'tasks':>7} {'workers':>8} {'model':>8} {'simulated':>10}  limit")
    totals = set()
    for level in (0, None):
        plan = PassPlan(_ROWS, _FEATURES, _CLASSES, level=level)
        for workers in _WORKERS:
            cluster = Cluster(workers)
            limits = plan.limits(cluster)
            seconds, total = simulated_pass(plan, cluster)
            totals.add(total)
            slowest = max(limits, key=lambda name: limits[name])
            print(f"{plan.tasks:7d} {workers:8d} {plan.seconds(cluster):8.1f} {seconds:10.1f}  {slowest}")
    print(f"sums of all rows: {'the same bits' if len(totals) == 1 else 'OTHER BITS'}")


def print_sleeping_tasks() -> None:
    """Print Dask's overhead a task, and seconds of sleeping tasks beside the model with this overhead."""
    import distributed

    print("\ntasks that sleep, on the threads of one worker of Dask")
    for threads in _THREADS:
        with (
            distributed.LocalCluster(
                n_workers=1, threads_per_worker=threads, processes=False, dashboard_address="127.0.0.1:0"
            ) as made,
            distributed.Client(made) as client,
        ):
            executor = client.get_executor(pure=False, retries=2)
            list(ordered_map(time.sleep, [0.0] * 100, executor))
            began, of_processor = time.perf_counter(), time.process_time()
            list(ordered_map(time.sleep, [0.0] * _EMPTY, executor))
            overhead = (time.perf_counter() - began) / _EMPTY
            of_processor = (time.process_time() - of_processor) / _EMPTY
            print(f"{threads} threads: {1e3 * overhead:.2f} ms a task, {1e3 * of_processor:.2f} of processor")
            fragments = _FRAGMENTS_EACH * threads
            for branch in (1, 4):
                tasks = fragments // branch
                began = time.perf_counter()
                list(ordered_map(time.sleep, [branch * _SLEEP] * tasks, executor))
                measured = time.perf_counter() - began
                plan = PassPlan(fragments, 1, 5, fragment_rows=1, level=branch.bit_length() - 1)
                cluster = replace(Cluster(threads), scheduler=overhead, cell=_SLEEP)
                print(f"  {tasks:6d} tasks: model {plan.seconds(cluster):6.2f} s, measured {measured:6.2f} s")
