"""Bytes of standard input, kept because a table is read more than once."""

from __future__ import annotations

import functools
import sys

__all__ = ["standard_input"]


@functools.cache
def standard_input() -> bytes:
    """All bytes of standard input, read at the first call and kept for later ones; empty if it is closed."""
    return sys.stdin.buffer.read() if sys.stdin is not None else b""
