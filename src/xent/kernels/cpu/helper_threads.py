"""
Python threads that wait for jobs; callers never wait for them.

An exception may be raised between any two instructions of Python: by a signal handler, or from another
thread. So no step here needs another to follow or to undo it. A job is handed over by one C call
(`SimpleQueue.put`), a thread is started by one C call, and no lock is held in between. `concurrent.futures`
and `threading.Thread` hold locks written in Python, which an exception can leave locked for ever.

The caller therefore cannot know whether a helper has taken its job. The machine code decides: a helper that
comes before the job is opened waits for a moment, one that comes after its end does nothing, and a call
returns only when no helper is within its rows (`vector_code/shared_rows.py`).
"""

from __future__ import annotations

import _thread
import functools
import os
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

__all__ = ["ask_helpers"]

# A function and the job it is called with; the reference keeps the job's memory alive.
_Task = tuple[Callable[[Any], None], Any]
# Most waiting jobs per helper: when helpers are busy with other callers, new jobs are not queued.
_MOST_WAITING = 4


def ask_helpers(count: int, call: Callable[[Any], None], job: Any) -> None:
    """
    Ask other threads to call a function soon; fewer threads may do so, or none.

    Nothing is added while four jobs wait for each thread, or if the system starts no thread. Threads are
    started when they are first needed, and live as long as the process.

    Parameters
    ----------
    count : int
        Number of threads; at most the number of processors is used.
    call : callable
        Function to call, which raises nothing. It may be called after the caller has finished the job, and
        must then do nothing.
    job : object
        Argument of the function; kept alive until the last helper has dropped it.
    """
    tasks, threads = _helpers(os.getpid())
    count = min(count, os.cpu_count() or 1)
    while len(threads) < count:
        try:
            threads.append(_thread.start_new_thread(_work, (tasks,)))
        except RuntimeError:
            # The system allows no more threads, or the interpreter is shutting down.
            break
    for _ in range(min(count, len(threads))):
        if tasks.qsize() < _MOST_WAITING * len(threads):
            tasks.put((call, job))


def _work(tasks: SimpleQueue[_Task]) -> None:
    """Endless loop of a helper thread: take a task from the queue, waiting for one, and do it."""
    while True:
        call, job = tasks.get()
        call(job)
        # Do not keep the last job alive while waiting for the next.
        del call, job


@functools.cache
def _helpers(process: int) -> tuple[SimpleQueue[_Task], list[int]]:  # noqa: ARG001 - each has its own
    """
    Queue of tasks and identifiers of the helper threads of a process, both new and empty for a new process.

    A forked process has none of its parent's threads, so the key is the process number.
    """
    return SimpleQueue(), []


# A child in another namespace of process numbers may have the number of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.cache_clear)
