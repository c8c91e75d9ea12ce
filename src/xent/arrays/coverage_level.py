"""Level of an interval among the options of public functions, by one rule."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from xent.errors import DomainError, DTypeError

__all__ = ["check_level"]


def check_level(level: Any, *, caller: str) -> None:
    """Raise `DTypeError` if `level` is no number, and `DomainError` unless it lies in (0, 1)."""
    holds = None
    with suppress(TypeError):
        if not getattr(level, "ndim", 0):
            holds = bool(0 < level < 1)
    if holds is None:
        got = repr(level)[:60] if isinstance(level, str) else type(level).__name__
        raise DTypeError(caller, "level", "be a number", got=got)
    if not holds:
        raise DomainError(caller, "level", "lie between 0 and 1", got=repr(level))
