"""Unit of a result: number of nats in one unit of a base."""

from __future__ import annotations

import math

from xent.errors import DomainError, DTypeError

__all__ = ["nats_per_unit"]


def nats_per_unit(base: float | None, *, caller: str) -> float:
    """
    Natural logarithm of `base`, the divisor that converts nats to the unit of `base`; 1 for None.

    Raises `DomainError` if `base` is not > 0, finite and not 1, `DTypeError` if it is no number.

    Examples
    --------
    >>> nats_per_unit(None, caller="f"), nats_per_unit(2, caller="f")
    (1.0, 0.6931471805599453)
    """
    if base is None:
        return 1.0
    if getattr(base, "ndim", 0):
        raise DTypeError(caller, "base", "be a number", got=type(base).__name__)
    try:
        holds = 0 < base < math.inf and base != 1
    except TypeError as error:
        raise DTypeError(caller, "base", "be a number", got=type(base).__name__) from error
    if not holds:
        hint = "Use 2 for bits, 10 for hartleys; leave it out for nats."
        raise DomainError(caller, "base", "be positive, finite and not 1", got=f"{base!r}", hint=hint)
    return math.log(base)
