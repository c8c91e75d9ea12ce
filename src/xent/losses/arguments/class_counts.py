"""Number of examples of each class, a parameter of losses for imbalanced data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from xent.arrays import as_arrays, is_array, is_traced
from xent.errors import DomainError, DTypeError, ShapeError
from xent.losses.arguments.examples import Examples

__all__ = ["as_class_counts", "check_one_count_per_class"]


def as_class_counts(
    class_counts: Any, *, caller: str, positive: bool = False, hint: str = ""
) -> tuple[float, ...]:
    """
    Checked counts of an array or a sequence, as a tuple of Python floats.

    `caller` is the name of the loss, and `hint` an advice about invalid counts, for the messages.

    Raises
    ------
    DTypeError
        If `class_counts` is traced, or not a sequence or array of numbers, as text, a set and a mapping are
        not.
    ShapeError
        If `class_counts` is an array without exactly one axis.
    DomainError
        If a count is negative, not finite or too large for a float, a count is 0 and `positive` is True, or
        no count is positive.

    Examples
    --------
    >>> as_class_counts([900, 90, 0], caller="f")
    (900.0, 90.0, 0.0)
    """
    counts = _as_numbers(class_counts, caller)
    rule = "be finite and positive" if positive else "be finite and >= 0"
    for index, count in enumerate(counts):
        if not 0 <= count < math.inf or (positive and count == 0):
            raise DomainError(caller, "class_counts", rule, got=f"{count:g}", index=(index,), hint=hint)
    if not any(counts):
        raise DomainError(caller, "class_counts", "have a positive entry", got=f"{len(counts)} entries of 0")
    return counts


def check_one_count_per_class(class_counts: Sequence[float], examples: Examples) -> None:
    """Raise `ShapeError` if the number of counts is not the number of classes of the `examples`' logits."""
    n_classes = examples.logits.shape[-1]
    if len(class_counts) != n_classes:
        rule = f"have {n_classes} entries, one for each class of `logits`"
        raise ShapeError(examples.caller, "class_counts", rule, got=str(len(class_counts)))


def _as_numbers(class_counts: Any, caller: str) -> tuple[float, ...]:
    """
    Numbers in `class_counts`, an array or a sequence, as a tuple of Python floats.

    Raises `DTypeError` for a traced array and for anything but real numbers in order, `ShapeError` for an
    array without exactly one axis, `DomainError` for a number too large for a float; signs, infinities and
    nan are not checked. `caller` is the name of the loss.
    """
    if is_traced(class_counts):
        hint = "Make it static: `jax.jit(..., static_argnames=...)`."
        raise DTypeError(caller, "class_counts", "be known while the call is traced", got="traced", hint=hint)
    if is_array(class_counts):
        xp, (class_counts,) = as_arrays(class_counts, caller=caller, names=["class_counts"])
        if xp.isdtype(class_counts.dtype, "complex floating"):
            raise DTypeError(caller, "class_counts", "be real numbers", got=str(class_counts.dtype))
        shape = tuple(class_counts.shape)
        if len(shape) != 1:
            raise ShapeError(caller, "class_counts", "have one axis", got=f"shape {shape}")
        class_counts = [class_counts[k] for k in range(shape[0])]
    if not isinstance(class_counts, Iterable) or isinstance(class_counts, (str, bytes, AbstractSet, Mapping)):
        raise DTypeError(caller, "class_counts", "be a sequence of numbers", got=type(class_counts).__name__)
    counts = list(class_counts)
    text = next((place for place, count in enumerate(counts) if isinstance(count, (str, bytes))), None)
    if text is not None:
        got = type(counts[text]).__name__
        raise DTypeError(caller, "class_counts", "be a sequence of numbers", got=got, index=(text,))
    try:
        return tuple(float(count) for count in counts)
    except OverflowError as error:
        raise DomainError(caller, "class_counts", "be below 1.8e308", got=str(error)) from None
    except (TypeError, ValueError) as error:
        raise DTypeError(caller, "class_counts", "be a sequence of numbers", got=str(error)) from None
