"""Checked arguments of the binary measures: probabilities of events, elementwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xent.arrays import Array, Namespace, as_arrays, check_values
from xent.errors import ShapeError
from xent.measures.precisions import precisions

__all__ = ["EventProbs", "event_probs"]


@dataclass(frozen=True, slots=True)
class EventProbs:
    """
    Arguments of a binary measure, ready for its formula.

    Parameters
    ----------
    xp : module
        Namespace of `arrays`.
    arrays : tuple of array
        Probabilities, log-probabilities or logits, of one shape, in the precision of the computation.
    dtype : object
        Common dtype of the arguments; dtype of the result.
    """

    xp: Namespace
    arrays: tuple[Array, ...]
    dtype: Any

    def of(self, value: Callable[..., Array]) -> Array:
        """Value of the formula ``value(*arrays, xp=xp)`` in `dtype`, without NumPy's warnings."""
        with np.errstate(all="ignore"):
            return self.xp.astype(self.xp.asarray(value(*self.arrays, xp=self.xp)), self.dtype, copy=False)


def event_probs(*values: object, names: Sequence[str], validate: bool, caller: str) -> EventProbs:
    """
    Arrays of probabilities, log-probabilities or logits, checked and broadcast to one shape.

    The result holds them in 32 bits or more, their namespace, and the dtype of the result: the common one of
    floating arguments, or the library's default one without any. The name of an array in `names` states its
    space: ``logits`` may be anything, nan too; ``log_probs`` must be <= 0, and any other array must lie in
    [0, 1], so that nan is refused in both. `validate` False skips these checks of values; traced and off-host
    values are never checked. Raises `DomainError` for a value out of range, and always for a masked entry,
    `DTypeError` for an array that is not real floating or integral or for arrays of several libraries, and
    `ShapeError` for shapes that do not broadcast.
    """
    xp, arrays = as_arrays(*values, caller=caller, names=names)
    dtype, wide, _ = precisions(arrays, names, caller=caller, xp=xp)
    wider = [xp.astype(array, wide, copy=False) for array in arrays]
    for array, name in zip(wider, names, strict=True):
        if validate and name != "logits":
            violates, rule = _RULES.get(name, (_is_no_probability, "lie in [0, 1]"))
            check_values(array, violates, rule, caller=caller, argument=name, xp=xp)
    try:
        shape = np.broadcast_shapes(*(tuple(array.shape) for array in wider))
    except ValueError:
        rule = f"broadcast with `{names[0]}`, of shape {tuple(wider[0].shape)}"
        raise ShapeError(caller, names[-1], rule, got=f"shape {tuple(wider[-1].shape)}") from None
    return EventProbs(xp, tuple(xp.broadcast_to(array, shape) for array in wider), dtype)


def _is_no_probability(probs: Array) -> Array:
    """Mask, True where an entry is not in [0, 1], also for nan."""
    return ~((probs >= 0) & (probs <= 1))


def _is_no_logarithm(logs: Array) -> Array:
    """Mask, True where an entry is not the logarithm of a probability, that is not <= 0, also for nan."""
    return ~(logs <= 0)


_RULES = {"log_probs": (_is_no_logarithm, "be <= 0")}
