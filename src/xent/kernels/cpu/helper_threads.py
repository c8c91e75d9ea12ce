"""
Threads of Python that wait for jobs, and are never waited for.

A signal handler, or another thread, may raise an exception between any two instructions of Python. So nothing
here has to be undone, or done to the end: a job is handed over by one call of C, a thread begins by another,
and no lock is held between the two. (`concurrent.futures` and `threading.Thread` hold locks of Python, which
an exception can leave locked for ever.) The machine code sees to it that helpers are at nothing when a call
returns: see `vector_code/shared_rows.py`.
"""

from __future__ import annotations

import _thread
import functools
import os
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

__all__ = ["ask_helpers"]

# A function and the job it is called with: whoever holds them keeps the job's memory.
_Task = tuple[Callable[[Any], None], Any]
# Jobs that helpers have not come to, at most, for each of them; they are busy with other callers' work.
_MOST_WAITING = 4


def ask_helpers(count: int, call: Callable[[Any], None], job: Any) -> None:
    """
    Have a function called in some other threads, soon; there may be fewer, or none at all.

    Parameters
    ----------
    count : int
        How many threads, at most as many as there are processors.
    call : callable
        What is called. It may be called after the caller is done with the job, and must then do nothing.
    job : object
        What it is called with; it lives until the last helper has dropped it.
    """
    tasks, threads = _helpers(os.getpid())
    count = min(count, os.cpu_count() or 1)
    while len(threads) < count:
        try:
            threads.append(_thread.start_new_thread(_work, (tasks,)))
        except RuntimeError:
            # The system gives no more threads, or the interpreter is shutting down.
            break
    for _ in range(min(count, len(threads))):
        if tasks.qsize() < _MOST_WAITING * len(threads):
            tasks.put((call, job))


def _work(tasks: SimpleQueue[_Task]) -> None:
    while True:
        call, job = tasks.get()
        call(job)
        # A thread that waits for its next job must not keep the last.
        del call, job


@functools.cache
def _helpers(process: int) -> tuple[SimpleQueue[_Task], list[int]]:  # noqa: ARG001 - each has its own
    return SimpleQueue(), []


# A child in another namespace of process numbers may have the number of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.cache_clear)
