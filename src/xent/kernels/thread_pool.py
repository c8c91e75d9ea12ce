"""
Threads that call one function of machine code at once: PyTorch's own, where it is loaded, else Python's.

PyTorch's are a team of OpenMP that stays awake for a while after each of its operations. Beside it, threads
of another pool would fight for the same processors; so it is called as a loop of PyTorch would call it. Such
a team does not survive a fork. Python's threads do, and run beside any other library.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["in_threads", "number_of_threads", "team_of_pytorch"]

_SIGNATURE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_PROCESS = os.getpid()


def in_threads(function: int, job: int, threads: int) -> None:
    """
    Call a function in several threads at once, and return when all that began have returned.

    Parameters
    ----------
    function : int
        Address of a function of one address. The work is done when the first call returns, but for what other
        calls are at.
    job : int
        The address it is called with.
    threads : int
        How many, this one among them; there may be fewer.
    """
    call = _SIGNATURE(function)
    if threads <= 1:
        call(job)
        return
    # A team, or a pool, stays behind in the parent when a process forks, and would be waited for for ever.
    is_fork = os.getpid() != _PROCESS
    team = team_of_pytorch() if "torch" in sys.modules and not is_fork else None
    if team is not None:
        team(function, job, threads, 0)
        return
    helpers = _helpers(threads - 1, call, job)
    try:
        call(job)
    finally:
        # One that has not begun is not waited for: the pool may be busy with another caller's work.
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


@functools.cache
def team_of_pytorch() -> Callable[[int, int, int, int], None] | None:
    """The entry of OpenMP's library that PyTorch has loaded, if it has one by this name."""
    try:
        team = ctypes.CDLL(None).GOMP_parallel
    except (AttributeError, OSError, TypeError):
        return None
    team.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint)
    team.restype = None
    return team


def _helpers(count: int, call: Callable[[int], None], job: int) -> list[Future[None]]:
    try:
        return [_pool(os.getpid()).submit(call, job) for _ in range(count)]
    except RuntimeError:
        # The interpreter is shutting down, and there will be no more threads.
        return []


@functools.cache
def _pool(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - each process has its own
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="xent")
