"""
Lock for all that happens once in a process: importing llvmlite, writing a kernel, compiling it.

These steps hold other locks, of Python's imports and of llvmlite. A child that is forked meanwhile inherits
them locked, without the thread that would release them, and waits for ever. A fork therefore takes this lock
first, and so waits until no thread is within such a step. Every lazy import and every call of llvmlite on the
way to a kernel must happen under it.
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
