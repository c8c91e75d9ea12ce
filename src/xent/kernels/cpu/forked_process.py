"""
Detection of a process that was forked and has not started a program since.

Threads do not survive a fork, but the record that OpenMP's library keeps of its team does: in the child, the
library waits for ever for threads that exist in the parent only. The fork may have happened before this
package was imported, so comparing process numbers cannot detect it. Linux keeps a flag for each process that
a fork sets and `exec` clears, and shows it in ``/proc/self/stat`` (proc_pid_stat(5), field 9).

If the flag cannot be read (other systems, no ``/proc``, an emulation that shows 0), the process counts as
forked: not using a live team costs time, waiting for a dead one hangs the process. A child that loaded
PyTorch itself, after the fork, counts as forked too, although its team is alive.
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
    True if threads that libraries of this process started may exist in a parent process only.

    That is so from a fork to the start of another program. It is True too on a system that does not tell,
    without ``/proc/self/stat`` or with a flag field of 0 there.

    Parameters
    ----------
    process : int
        Number of this process, ``os.getpid()``: the key under which the answer is kept.
    """
    try:
        # The program's name, in parentheses, may itself contain spaces and parentheses.
        fields = _STATE.read_bytes().rpartition(b")")[2].split()
        flags = int(fields[6])
    except (OSError, ValueError, IndexError):
        return True
    return flags == 0 or bool(flags & _FORKED_WITHOUT_EXEC)


# A child in another namespace of process numbers may have the number of its parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=is_forked.cache_clear)
