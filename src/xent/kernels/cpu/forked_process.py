"""
Whether this process came from a fork without a program of its own.

Threads do not survive a fork, but what OpenMP's library remembers of its team does: in the child it waits for
ever for threads that are only in the parent. The fork may be older than the import of this package, so it
cannot be seen by comparing process numbers. Linux keeps the answer itself, as a flag of each process that is
set by a fork and cleared by `exec`, and shows it in ``/proc/self/stat`` (proc_pid_stat(5), field 9).

Where the flag cannot be read (other systems, no ``/proc``, an emulation that shows 0) the process counts
as forked: a team that is left alone costs time, one that is dead costs the process. A child that loaded
PyTorch itself, after the fork, counts as forked too, though it might use its team.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

__all__ = ["is_forked"]

# PF_FORKNOEXEC of include/linux/sched.h.
_FORKED_WITHOUT_EXEC = 0x40
_STATE = Path("/proc/self/stat")


@functools.cache
def is_forked(process: int) -> bool:  # noqa: ARG001 - each process has its own answer
    """
    True if threads that libraries of this process remember may have stayed behind in another process.

    Parameters
    ----------
    process : int
        Number of this process, ``os.getpid()``.
    """
    try:
        # The name of the program, in parentheses, may itself hold spaces and parentheses.
        fields = _STATE.read_bytes().rpartition(b")")[2].split()
        flags = int(fields[6])
    except (OSError, ValueError, IndexError):
        return True
    return flags == 0 or bool(flags & _FORKED_WITHOUT_EXEC)


# A child in another namespace of process numbers may have the number of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=is_forked.cache_clear)
