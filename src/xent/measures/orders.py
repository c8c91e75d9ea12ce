"""Check of the order of an entropy or divergence."""

from __future__ import annotations

import math

from xent.errors import DomainError

__all__ = ["checked_order"]


def checked_order(order: float, *, lowest: float = -math.inf, finite: bool = False, caller: str) -> None:
    """
    Raise `DomainError` if `order` is nan, below `lowest`, or infinite and `finite` is True; else return None.

    `order` is a number: one that is traced raises the error of its library.
    """
    rule = "be finite" if finite else "be a number"
    if lowest > -math.inf:
        rule = f"be >= {lowest:g}"
    if not order >= lowest or (finite and not math.isfinite(order)):
        raise DomainError(caller, "order", rule, got=f"{order:g}")
