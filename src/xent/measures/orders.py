"""Orders of entropies and divergences."""

from __future__ import annotations

import math

from xent.errors import DomainError

__all__ = ["checked_order"]


def checked_order(order: float, *, lowest: float = -math.inf, finite: bool = False, where: str) -> None:
    """Refuse an `order` below `lowest`, nan, or infinite where it has to be finite."""
    rule = "be finite" if finite else "be a number"
    if lowest > -math.inf:
        rule = f"be >= {lowest:g}"
    if not order >= lowest or (finite and not math.isfinite(order)):
        raise DomainError(where, "order", rule, got=f"{order:g}")
