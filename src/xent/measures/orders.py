"""Check of the order of an entropy or divergence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from xent.arrays import is_traced
from xent.errors import DomainError, DTypeError

__all__ = ["checked_order"]


def checked_order(order: Any, *, lowest: float = -math.inf, finite: bool = False, caller: str) -> Any:
    """
    Order as a number of Python, which has the exact products that formulas take; a traced one as it is.

    Raises `DomainError` if `order` is nan, below `lowest`, or infinite and `finite` is True, or an integer
    beyond the range of floats, and `DTypeError` if it is no number, such as an array with axes; one that is
    traced raises the error of its library.
    """
    limits = [*(["finite"] if finite else []), *([f">= {lowest:g}"] if lowest > -math.inf else [])]
    rule = f"be {' and '.join(limits or ['a number'])}"
    try:
        plain = _plain(order)
        holds = plain >= lowest and not (math.isinf(plain) and finite)
    except OverflowError:
        got = "an integer beyond the range of floats"
        raise DomainError(caller, "order", rule, got=got) from None
    except TypeError as error:
        if is_traced(order):
            raise
        got = repr(order)[:60] if isinstance(order, str) else type(order).__name__
        raise DTypeError(caller, "order", "be a number", got=got) from error
    if not holds:
        raise DomainError(caller, "order", rule, got=f"{plain:g}")
    return plain


def _plain(order: Any) -> Any:
    """
    `order`, or the number of Python that a scalar, or an array without axes, of a library holds.

    Raises `TypeError` for an array with axes.
    """
    if getattr(order, "ndim", 0):
        raise TypeError
    if not hasattr(order, "item") or is_traced(order):
        return order
    number = order.item()
    # Floats of more than 64 bits stay as they are.
    return float(number) if isinstance(number, np.floating) else number
