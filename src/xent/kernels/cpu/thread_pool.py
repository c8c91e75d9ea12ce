"""
Threads that share one job: PyTorch's where it is loaded, else Python's.

PyTorch's threads are an OpenMP team that stays awake for a while after each operation. A second pool would
compete with it for the same processors, so kernels use the team as PyTorch's own loops do. A team does not
survive a fork; Python's threads are started anew in the child, and run beside any other library.

In both cases all work on arrays happens within one call of machine code, which returns when every thread has
finished with them. No Python instruction runs in between, so no exception (of a signal handler, a timer, or a
thread that cannot be started) can release memory that a thread still reads or writes.
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
# A typing error in the environment must not allocate gigabytes of scratch memory.
_MOST_THREADS = 1024


class Entries:
    """
    Functions of machine code through which threads share a job (`vector_code/shared_rows.py`).

    `address` is that of `shared`, for PyTorch's team; `shared`, `lead` and `helper` are the functions of
    ctypes.

    Parameters
    ----------
    shared, lead, helper : int
        Their addresses.
    """

    __slots__ = ("address", "helper", "lead", "shared")

    def __init__(self, shared: int, lead: int, helper: int) -> None:
        self.address = shared
        self.shared, self.lead, self.helper = map(_SIGNATURE, (shared, lead, helper))


def in_threads(entries: Entries, job: ctypes.Array[Any], threads: int) -> None:
    """
    Do a job in several threads, and return when no thread uses its arrays any more.

    For at most 1 thread the calling one does it alone. They are PyTorch's threads if it is loaded with an
    OpenMP library that has ``GOMP_parallel``, and this process is no fork; else this one and helper threads
    of Python, as far as they come.

    Parameters
    ----------
    entries : Entries
        Functions of machine code that do the job.
    job : array of ctypes
        Memory of the job: its counters, at 0, and the arguments of its kernel. A helper that comes late may
        keep it alive after this call.
    threads : int
        Most threads to use, including the calling one.
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
    """
    Number of threads to use at most: PyTorch's if it is loaded, else that of ``OMP_NUM_THREADS``.

    Of a list ``4,2`` the first number counts, and 1024 is the most. If the variable is not set, 0 or no
    number, it is the number of processors that this process may use.
    """
    threads = getattr(sys.modules.get("torch"), "get_num_threads", None)
    if threads is not None:
        return int(threads())
    # A list is for nested teams; its first number is for the outermost.
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip().lstrip("0")
    # Cut: Python refuses to convert thousands of digits.
    return min(int(asked[:9]), _MOST_THREADS) if asked.isdecimal() else _processors()


def _processors() -> int:
    """Number of processors that this process may use, at least 1."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@functools.cache
def team_of_pytorch() -> Callable[[int, int, int, int], None] | None:
    """
    Function ``GOMP_parallel`` of the OpenMP library that PyTorch has loaded; None if there is none.

    To be called when PyTorch is loaded: the first answer is kept, None too. The function runs machine code,
    by its address, on the address of a job in so many threads; the fourth argument, flags, is 0.
    """
    try:
        team = ctypes.CDLL(None).GOMP_parallel
    except (AttributeError, OSError, TypeError):
        return None
    team.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint)
    team.restype = None
    return team


class Rest(NamedTuple):
    """
    Function of one 32-bit integer by which machine code yields its processor, and that integer.

    Parameters
    ----------
    address : int
        Address of the function; 0 if the system has none.
    argument : int
        Integer to pass.
    """

    address: int
    argument: int


@functools.cache
def rest_of_a_thread() -> Rest:
    """
    Address and argument of the function by which machine code yields its processor, as `Rest`.

    It is ``sched_yield``, or ``Sleep`` on Windows, with the argument 0. The address is 0 if the system has no
    such function. The first answer is kept.
    """
    # Not `usleep`: Linux rounds 20 microseconds up to 75, more than a small job takes as a whole.
    name = "Sleep" if sys.platform == "win32" else "sched_yield"
    try:
        library = ctypes.CDLL("kernel32" if sys.platform == "win32" else None)
        address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
    except (AttributeError, OSError, TypeError):
        return Rest(0, 0)
    return Rest(address or 0, 0)
