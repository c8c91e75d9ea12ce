"""
Rows shared out among threads; the result does not depend on how many there are.

Machine code runs while other threads of Python do, so they are Python's own: unlike those of an OpenMP
library they are safe after a fork, and beside any other.
"""

from __future__ import annotations

import collections
import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["number_of_threads", "over_ranges"]

# Below this many nanoseconds of work a thread costs more than it brings.
_WORTH_A_THREAD = 60_000
# Ranges for each thread: one that is interrupted leaves its share to the others.
_RANGES_A_THREAD = 4


def over_ranges(act: Callable[[int, int], None], count: int, *, step: int, cost: float) -> None:
    """
    Call ``act(first, last)`` until all of ``0 .. count`` is done, in several threads if that is worth it.

    Parameters
    ----------
    act : callable
        What to do with a range; ranges may be done at once.
    count : int
        How many there are.
    step : int
        Each range but the last is a multiple of it.
    cost : float
        Nanoseconds for one.
    """
    threads = int(count * cost / _WORTH_A_THREAD)
    if threads > 1:
        threads = min(threads, number_of_threads())
    if threads <= 1:
        act(0, count)
        return
    length = -(-count // (threads * _RANGES_A_THREAD * step)) * step
    ranges = collections.deque((k, min(k + length, count)) for k in range(0, count, length))
    helpers = _helpers(threads - 1, act, ranges)
    try:
        _work(act, ranges)
    finally:
        ranges.clear()
        # One that has not begun is not waited for: the pool may be busy with another caller's ranges.
        begun = [helper for helper in helpers if not helper.cancel()]
        for helper in begun:
            helper.result()


def number_of_threads() -> int:
    """Those that PyTorch uses, where it is loaded; else ``OMP_NUM_THREADS``; else one for each processor."""
    threads = getattr(sys.modules.get("torch"), "get_num_threads", None)
    if threads is not None:
        return int(threads())
    # A list is for nested teams; the first is for the outermost.
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(asked) if asked.isdecimal() and int(asked) > 0 else _processors()


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _work(act: Callable[[int, int], None], ranges: collections.deque[tuple[int, int]]) -> None:
    while True:
        try:
            first, last = ranges.popleft()
        except IndexError:
            return
        act(first, last)


def _helpers(
    count: int, act: Callable[[int, int], None], ranges: collections.deque[tuple[int, int]]
) -> list[Future[None]]:
    try:
        return [_pool().submit(_work, act, ranges) for _ in range(count)]
    except RuntimeError:
        # The interpreter is shutting down, and there will be no more threads.
        return []


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="xent")


if hasattr(os, "register_at_fork"):
    # Threads stay behind in the parent, and with them a pool that would wait for ever.
    os.register_at_fork(after_in_child=_pool.cache_clear)
