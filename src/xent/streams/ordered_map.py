"""Results of tasks in the order of the tasks, whoever computes them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

__all__ = ["ordered_map"]

T = TypeVar("T")
R = TypeVar("R")

# Tasks that wait beside the one that a worker is doing: enough to keep it busy, few enough that results which
# wait for an earlier one take no memory to speak of.
_AHEAD = 2
# Seconds between looks at an executor whose task takes long.
_PATIENCE = 1.0


def ordered_map(function: Callable[[T], R], tasks: Iterable[T], executor: Executor | None) -> Iterator[R]:
    """
    Results of `function` for `tasks`, in their order; computed in this process, one by one, if `executor` is
    None.

    At most two tasks per worker are submitted and not yet yielded; `tasks` are taken as they are needed. A
    task's error is raised in its place. Tasks that have not begun are cancelled after an error, and if the
    iterator is closed. Raises `ConnectionError` once the client of Dask is closed.
    """
    if executor is None:
        yield from map(function, tasks)
        return
    waiting: deque[Future[R]] = deque()
    remaining = iter(tasks)
    try:
        for task in remaining:
            waiting.append(executor.submit(function, task))
            if len(waiting) >= _AHEAD * _workers(executor):
                yield _result(waiting.popleft(), executor)
        while waiting:
            yield _result(waiting.popleft(), executor)
    finally:
        for future in waiting:
            future.cancel()


def _result(future: Future[R], executor: Any) -> R:
    """
    Result of `future`, which is waited for, or its error; `ConnectionError` once the client of Dask is
    closed.
    """
    while True:
        try:
            return future.result(_PATIENCE)
        except TimeoutError:
            if future.done():
                # The task's own error, or a result that came this moment.
                return future.result()
            # A future whose scheduler is lost while its result is fetched is never done.
            status = getattr(getattr(executor, "_client", None), "status", "running")
            if status not in {"running", "connecting"}:
                message = f"the client of Dask is {status}"
                raise ConnectionError(message) from None


def _workers(executor: Any) -> int:
    """
    Number of workers of `executor`, at least 1: its `_max_workers`, else the threads of Dask's cluster.

    For an executor without either it is the number of cores here.
    """
    count = getattr(executor, "_max_workers", None)
    if count is None:
        # A cluster may grow, so that Dask's executor is asked each time.
        threads = getattr(getattr(executor, "_client", None), "nthreads", None)
        count = sum(threads().values()) if threads is not None else os.cpu_count()
    return max(1, int(count or 1))
