"""
The lock of all that is done once in a process: importing llvmlite, writing a kernel and compiling it.

A child forked in the midst of it would wait for ever for locks of Python's imports, or of llvmlite, that the
thread which took them holds in the parent only. So a fork waits until nobody is in the midst of it.
"""

from __future__ import annotations

import os
import threading

__all__ = ["FIRST_USE"]

FIRST_USE = threading.RLock()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=FIRST_USE.acquire, after_in_parent=FIRST_USE.release, after_in_child=FIRST_USE.release
    )
