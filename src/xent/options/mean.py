"""
Means as a sum over a named denominator, and the three rules for a mean over nothing.

``"nan"`` divides as IEEE 754 does: 0 / 0 is nan, and a positive sum over 0 is inf. ``"zero"`` gives 0, with
gradient 0. ``"raise"`` is an error where the denominator can be inspected; elsewhere the caller names the
rule that replaces it.
"""

from __future__ import annotations

from typing import Any

from xent.arrays import Namespace
from xent.errors import DomainError

__all__ = [
    "EMPTY_RULE",
    "check_on_empty",
    "empty_hint",
    "gradient_factor",
    "mean",
    "mean_of_numbers",
    "mean_over_nothing",
]

EMPTY_RULE = "be positive: a mean over nothing is undefined"
_ON_EMPTY = ("nan", "zero", "raise")


def check_on_empty(on_empty: str, *, caller: str) -> None:
    """Raise `DomainError` if `on_empty` is none of the three rules."""
    if on_empty not in _ON_EMPTY:
        raise DomainError(caller, "on_empty", f"be one of {', '.join(_ON_EMPTY)}", got=repr(on_empty))


def empty_hint(instead: str) -> str:
    """Cure for a mean over nothing; `instead` names the call or option that returns the sum."""
    return f'Every row is ignored, or there is none. Pass `on_empty="zero"` or "nan", or use {instead}.'


def mean_over_nothing(*, caller: str, instead: str) -> DomainError:
    """Error for a denominator of 0 under ``"raise"``."""
    return DomainError(caller, "denominator", EMPTY_RULE, got="0", hint=empty_hint(instead))


def mean(total: Any, divisor: Any, on_empty: str, *, xp: Namespace) -> Any:
    """
    `total` over `divisor`, arrays of shape (), with ``"zero"`` or ``"nan"`` for a divisor of 0.

    Nothing is divided by 0, which NumPy would report. A mean over nothing has gradient 0.
    """
    is_empty = divisor == 0
    quotient = total / xp.where(is_empty, xp.ones_like(divisor), divisor)
    if on_empty == "zero":
        return xp.where(is_empty, xp.zeros_like(quotient), quotient)
    # A factor instead of a choice: the gradient of a positive sum over 0 is inf, as its value is.
    factor = xp.where(is_empty, xp.full_like(divisor, xp.inf), xp.ones_like(divisor))
    is_nothing = is_empty & (total == 0)
    return factor * xp.where(is_nothing, xp.full_like(quotient, xp.nan), quotient)


def mean_of_numbers(total: float, divisor: float, on_empty: str) -> float:
    """`mean` of plain numbers, for results that are reduced on the host."""
    if divisor:
        return total / divisor
    if on_empty == "zero":
        return 0.0
    return total * float("inf")  # nan for 0, and for nan


def gradient_factor(divisor: float, on_empty: str) -> float:
    """Derivative of the mean in each summand: 1 over the divisor; for 0, inf, or 0 under ``"zero"``."""
    if divisor:
        return 1 / divisor
    return 0.0 if on_empty == "zero" else float("inf")
