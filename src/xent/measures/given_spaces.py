"""Space in which each distribution of a measure is given: probabilities, their logarithms, or logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xent.errors import DomainError, ShapeError

__all__ = ["in_one_space_each"]


def in_one_space_each(
    probs: Sequence[object], names: Sequence[str], log_probs: object, logits: object, *, caller: str
) -> list[tuple[str, str, object]]:
    """
    Name for messages, space ("probs", "log_probs" or "logits") and value of each distribution, in their
    order.

    Those that are None in `probs` are taken, in order, from `log_probs` or `logits`, of which None means not
    given: the value as it is if one is None, a tuple of as many if several are. Raises `DomainError` for a
    distribution in no space or in several, and `ShapeError` unless that is such a tuple, and for a tuple of
    arrays where one array is due.
    """
    missing = sum(value is None for value in probs)
    spaces = {"log_probs": log_probs, "logits": logits}
    others = {space: value for space, value in spaces.items() if value is not None}
    if len(others) != (missing > 0):
        rule = "be given in one space: as probabilities, as `log_probs` or as `logits`"
        got = "several" if others else "none"
        raise DomainError(caller, names[0] if missing == len(probs) else names[-1], rule, got=got)
    if not missing:
        return [(name, "probs", value) for name, value in zip(names, probs, strict=True)]
    ((space, value),) = others.items()
    parts: Any = [value] if missing == 1 else value
    if missing == 1 and isinstance(value, tuple) and any(map(_has_axes, value)):
        # It would be stacked to a batch.
        raise ShapeError(caller, space, "be one array", got=f"a tuple of {len(value)}")
    if missing > 1 and not (isinstance(parts, tuple) and len(parts) == missing):
        raise ShapeError(caller, space, f"be a tuple of {missing} arrays", got=type(parts).__name__)
    return list(_merged(probs, names, space, parts))


def _has_axes(value: object) -> bool:
    return isinstance(value, list | tuple) or getattr(value, "ndim", 0) > 0


def _merged(probs: Sequence[object], names: Sequence[str], space: str, parts: Any) -> Any:
    """
    Name, space and value of each distribution; the `parts` replace the values that are None, in order.

    A replaced value has `space`, and the name of `space` itself for a single part, else, say, "logits of p".
    """
    following = iter(parts)
    argument = space if len(parts) == 1 else f"{space} of {{}}"
    for name, value in zip(names, probs, strict=True):
        yield (argument.format(name), space, next(following)) if value is None else (name, "probs", value)
