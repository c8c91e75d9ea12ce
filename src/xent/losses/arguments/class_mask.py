"""Which classes take part, and arrays with an entry for each class: their shapes beside the logits."""

from __future__ import annotations

from typing import Any

from xent.arrays import Array, Namespace, as_arrays, check_dtype
from xent.errors import ShapeError

__all__ = ["check_fits", "class_mask_of"]


def class_mask_of(mask: Any, logits: Array, *, where: str, xp: Namespace) -> Array | None:
    """`mask` as truth values that broadcast against `logits`; None where there is none."""
    if mask is None:
        return None
    _, (_, mask) = as_arrays(logits, mask, where=where)
    check_dtype(mask, "bool", where=where, argument="class_mask", xp=xp)
    check_fits(mask, logits, where=where, argument="class_mask")
    return mask


def check_fits(array: Array, logits: Array, *, where: str, argument: str) -> None:
    """
    Refuse what is neither one entry per class nor of the shape of the logits.

    Examples
    --------
    >>> import numpy as np
    >>> check_fits(np.zeros(2), np.zeros((2, 3)), where="f", argument="offset")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    xent.errors.ShapeError: f: `offset` must have shape (3,), one entry for each class, or (2, 3), that of ...
    """
    shape = tuple(logits.shape)
    if tuple(array.shape) not in (shape[-1:], shape):
        rule = f"have shape {shape[-1:]}, one entry for each class, or {shape}, that of `logits`"
        raise ShapeError(where, argument, rule, got=f"{tuple(array.shape)}")
