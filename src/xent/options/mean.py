"""
Means as a sum over a denominator, the default denominator, and the three rules for a denominator of 0.

``"nan"`` divides as IEEE 754 does: 0 / 0 is nan, and a positive sum over 0 is inf. ``"zero"`` gives 0, with
gradient 0. ``"raise"`` raises `DomainError` if the denominator can be inspected; for traced or off-host
values the caller replaces ``"raise"`` by one of the other rules.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    "total_weight",
]

EMPTY_RULE = "be positive: a mean over nothing is undefined"
_ON_EMPTY = ("nan", "zero", "raise")


def check_on_empty(on_empty: str, *, caller: str) -> None:
    """Raise `DomainError` if `on_empty` is not ``"nan"``, ``"zero"`` or ``"raise"``."""
    if on_empty not in _ON_EMPTY:
        raise DomainError(caller, "on_empty", f"be one of {', '.join(_ON_EMPTY)}", got=repr(on_empty))


def empty_hint(instead: str) -> str:
    """Last sentence of the error for a denominator of 0; `instead` names the call that returns the sum."""
    return f'Every row is ignored, or there is none. Pass `on_empty="zero"` or "nan", or use {instead}.'


def mean_over_nothing(*, caller: str, instead: str) -> DomainError:
    """Error, not raised, for a denominator of 0 under ``"raise"``; `instead` is as for `empty_hint`."""
    return DomainError(caller, "denominator", EMPTY_RULE, got="0", hint=empty_hint(instead))


def mean(total: Any, divisor: Any, on_empty: str, *, xp: Namespace) -> Any:
    """
    `total` over `divisor`, arrays of shape (), with the rule `on_empty` for a divisor of 0.

    For a divisor of 0 the result is 0 under ``"zero"``; under any other rule it is nan for a `total` of 0 or
    nan, and else infinite. No division by 0 is executed, so NumPy does not warn. The gradient of 0 / 0 in
    `total` is 0; that of a positive sum over 0 is 0 under ``"zero"`` and else inf.
    """
    is_empty = divisor == 0
    quotient = total / xp.where(is_empty, xp.ones_like(divisor), divisor)
    if on_empty == "zero":
        return xp.where(is_empty, xp.zeros_like(quotient), quotient)
    # A factor, not a selection: the gradient of a positive sum over 0 is inf, like the value.
    factor = xp.where(is_empty, xp.full_like(divisor, xp.inf), xp.ones_like(divisor))
    is_nothing = is_empty & (total == 0)
    return factor * xp.where(is_nothing, xp.full_like(quotient, xp.nan), quotient)


def mean_of_numbers(total: float, divisor: float, on_empty: str) -> float:
    """
    `total` over `divisor` for plain numbers, with the rule `on_empty` for a divisor of 0.

    The result is then 0 under ``"zero"``; else it is nan for a `total` of 0 or nan, and infinite for another.
    """
    if divisor:
        return total / divisor
    if on_empty == "zero":
        return 0.0
    return total * float("inf")  # nan for 0, and for nan


def gradient_factor(divisor: float, on_empty: str) -> float:
    """Derivative of the mean in each summand: 1 over `divisor`; for 0, 0 under ``"zero"`` and else inf."""
    if divisor:
        return 1 / divisor
    return 0.0 if on_empty == "zero" else float("inf")


def total_weight(
    labels: NDArray[np.integer], class_weights: NDArray[Any] | None, *, ignored: int | None
) -> float:
    """
    Sum in 64 bits of the class weights at the labels of all rows that are not ignored; 0.0 without rows.

    Parameters
    ----------
    labels : array of int of any shape
        Class of each row. With `class_weights`, a label out of range contributes 0: the loss of its row is
        nan.
    class_weights : array of shape (K,), or None
        Weight of each class. None means 1 for each row, including rows whose label is out of range.
    ignored : int or None
        Label of rows that are ignored; None if there is no such label.
    """
    ignored_rows = 0 if ignored is None else int(np.count_nonzero(labels == ignored))
    if class_weights is None:
        return float(labels.size - ignored_rows)
    read = labels if not ignored_rows else labels[labels != ignored]
    return float(class_weights[read[(read >= 0) & (read < class_weights.size)]].sum(dtype=np.float64))
