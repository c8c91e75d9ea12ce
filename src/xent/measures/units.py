"""Conversion of a quantity in nats to the unit of a base."""

from __future__ import annotations

import math

from xent.arrays import Array
from xent.errors import DomainError, DTypeError

__all__ = ["in_base"]


def in_base(nats: Array, base: float, *, caller: str) -> Array:
    """
    Quantity in nats divided by ``log(base)``; unchanged for base e.

    Raises `DomainError` if `base` is not > 0, finite and not 1, `DTypeError` if it is no number.
    """
    if getattr(base, "ndim", 0):
        raise DTypeError(caller, "base", "be a number", got=type(base).__name__)
    if base == math.e:
        return nats
    try:
        holds = base > 0 and base != 1 and math.isfinite(base)
    except TypeError as error:
        raise DTypeError(caller, "base", "be a number", got=type(base).__name__) from error
    except OverflowError:
        rule, got = "be > 0, finite and not 1", "an integer beyond the range of floats"
        raise DomainError(caller, "base", rule, got=got) from None
    if not holds:
        raise DomainError(caller, "base", "be > 0, finite and not 1", got=f"{base:g}")
    return nats / math.log(base)
