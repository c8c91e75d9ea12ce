"""
Threads that share one job at once: PyTorch's own, where it is loaded, else Python's.

PyTorch's are a team of OpenMP that stays awake for a while after each of its operations. Beside it, threads
of another pool would fight for the same processors; so it is called as a loop of PyTorch would call it. Such
a team does not survive a fork. Python's threads do, and run beside any other library.

Either way all work on arrays happens inside one call of machine code, which returns when every thread is done
with them. No instruction of Python runs in between, so no exception, be it of a signal handler, of a thread
that cannot be started or of a timer, can give memory back that a thread still reads or writes.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from xent.kernels.cpu.forked_process import is_forked
from xent.kernels.cpu.helper_threads import ask_helpers

__all__ = ["Entries", "in_threads", "number_of_threads", "rest_of_a_thread", "team_of_pytorch"]

_SIGNATURE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
# A slip of the pen in the environment must not ask for gigabytes of scratch memory.
_MOST_THREADS = 1024


class Entries:
    """
    Machine code that shares out a job, as `vector_code/shared_rows.py` writes it.

    Parameters
    ----------
    shared, lead, helper : int
        Addresses of its functions.
    """

    __slots__ = ("address", "helper", "lead", "shared")

    def __init__(self, shared: int, lead: int, helper: int) -> None:
        self.address = shared
        self.shared, self.lead, self.helper = map(_SIGNATURE, (shared, lead, helper))


def in_threads(entries: Entries, job: ctypes.Array[Any], threads: int) -> None:
    """
    Do a job in several threads at once, and return when all that began are done with its arrays.

    Parameters
    ----------
    entries : Entries
        The functions that do it.
    job : array of ctypes
        Its memory, not open yet. A helper that comes late may hold it for longer than this call takes.
    threads : int
        How many, this one among them; there may be fewer.
    """
    if threads <= 1:
        entries.shared(job)
        return
    team = team_of_pytorch() if "torch" in sys.modules and not is_forked(os.getpid()) else None
    if team is not None:
        team(entries.address, ctypes.addressof(job), threads, 0)
        return
    ask_helpers(threads - 1, entries.helper, job)
    entries.lead(job)


def number_of_threads() -> int:
    """Those that PyTorch uses, where it is loaded; else ``OMP_NUM_THREADS``; else one for each processor."""
    threads = getattr(sys.modules.get("torch"), "get_num_threads", None)
    if threads is not None:
        return int(threads())
    # A list is for nested teams; the first is for the outermost.
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip().lstrip("0")
    # Cut, for Python refuses to read thousands of digits.
    return min(int(asked[:9]), _MOST_THREADS) if asked.isdecimal() else _processors()


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


class Rest(NamedTuple):
    """Address of a function of one 32-bit integer that yields the processor to other threads, and the integer."""

    address: int
    argument: int


@functools.cache
def rest_of_a_thread() -> Rest:
    """Function by which machine code yields its processor; its address is 0 if the system has none."""
    # Not `usleep`: Linux rounds 20 microseconds up to 75, more than a small job takes as a whole.
    name = "Sleep" if sys.platform == "win32" else "sched_yield"
    try:
        library = ctypes.CDLL("kernel32" if sys.platform == "win32" else None)
        address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    except (AttributeError, OSError, TypeError):
        return Rest(0, 0)
    return Rest(address or 0, 0)
