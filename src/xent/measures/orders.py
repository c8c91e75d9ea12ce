"""Check of the order of an entropy or divergence."""

from __future__ import annotations

import math
from typing import Any

from xent.arrays import is_traced
from xent.errors import DomainError, DTypeError

__all__ = ["checked_order"]


def checked_order(order: Any, *, lowest: float = -math.inf, finite: bool = False, caller: str) -> None:
    """
    Raise `DomainError` if `order` is nan, below `lowest`, or infinite and `finite` is True; else return None.

    Raises `DTypeError` if `order` is no number; one that is traced raises the error of its library.
    """
    rule = "be finite" if finite else "be a number"
    if lowest > -math.inf:
        rule = f"be >= {lowest:g}"
    try:
        holds = order >= lowest and not (finite and not math.isfinite(order))
    except TypeError as error:
        if is_traced(order):
            raise
        got = repr(order)[:60] if isinstance(order, str) else type(order).__name__
        raise DTypeError(caller, "order", "be a number", got=got) from error
    if not holds:
        raise DomainError(caller, "order", rule, got=f"{order:g}")
