"""How many examples each class has: what losses against imbalance are told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from xent.arrays import is_array
from xent.errors import DomainError, ShapeError
from xent.losses.arguments.examples import Examples

__all__ = ["as_class_counts", "check_one_count_per_class"]


def as_class_counts(
    class_counts: Any, *, where: str, positive: bool = False, hint: str = ""
) -> tuple[float, ...]:
    """
    Counts, in an array or a sequence, as plain numbers; any multiple of them will do.

    Raises
    ------
    ShapeError
        If they are not along one axis.
    DomainError
        If one is negative or not finite, or 0 where all have to be `positive`; if none is positive.

    Examples
    --------
    >>> as_class_counts([900, 90, 0], where="f")
    (900.0, 90.0, 0.0)
    """
    counts = _as_numbers(class_counts, where)
    rule = "be finite and positive" if positive else "be finite and >= 0"
    for index, count in enumerate(counts):
        if not 0 <= count < math.inf or (positive and count == 0):
            raise DomainError(where, "class_counts", rule, got=f"{count:g}", index=(index,), hint=hint)
    if not any(counts):
        raise DomainError(where, "class_counts", "have a positive entry", got=f"{len(counts)} entries of 0")
    return counts


def check_one_count_per_class(class_counts: Sequence[float], examples: Examples) -> None:
    """Refuse counts of another number of classes than the logits have."""
    n_classes = examples.logits.shape[-1]
    if len(class_counts) != n_classes:
        rule = f"have {n_classes} entries, one for each class of `logits`"
        raise ShapeError(examples.where, "class_counts", rule, got=str(len(class_counts)))


def _as_numbers(class_counts: Any, where: str) -> tuple[float, ...]:
    if is_array(class_counts):
        shape = tuple(class_counts.shape)
        if len(shape) != 1:
            raise ShapeError(where, "class_counts", "have one axis", got=f"shape {shape}")
        return tuple(float(class_counts[k]) for k in range(shape[0]))
    return tuple(float(count) for count in class_counts)
