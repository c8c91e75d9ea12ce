"""Masks of classes, and shapes of arrays with an entry for each class."""

from __future__ import annotations

from typing import Any

from xent.arrays import Array, Namespace, as_arrays, check_dtype
from xent.errors import ShapeError

__all__ = ["check_fits", "class_mask_of"]


def class_mask_of(mask: Any, logits: Array, *, caller: str, xp: Namespace) -> Array | None:
    """
    `mask` as a boolean array of shape (K,) or that of `logits`, in their library; None if `mask` is None.

    True keeps a class; nothing is broadcast. Raises `DTypeError` if the mask is not boolean or of another
    library than NumPy and that of the logits, `ShapeError` for another shape.
    """
    if mask is None:
        return None
    _, (_, mask) = as_arrays(logits, mask, caller=caller, names=("logits", "class_mask"))
    check_dtype(mask, "bool", caller=caller, argument="class_mask", xp=xp)
    check_fits(mask, logits, caller=caller, argument="class_mask")
    return mask


def check_fits(array: Array, logits: Array, *, caller: str, argument: str) -> None:
    """
    Raise `ShapeError` unless `array` has one entry for each class, shape (K,), or the shape of the logits.

    `caller` and `argument` are names for the message.

    Examples
    --------
    >>> import numpy as np
    >>> check_fits(np.zeros(2), np.zeros((2, 3)), caller="f", argument="offset")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    xent.errors.ShapeError: f: `offset` must have shape (3,), one entry for each class, or (2, 3), that of ...
    """
    shape = tuple(logits.shape)
    if tuple(array.shape) not in (shape[-1:], shape):
        rule = f"have shape {shape[-1:]}, one entry for each class, or {shape}, that of `logits`"
        raise ShapeError(caller, argument, rule, got=f"{tuple(array.shape)}")
