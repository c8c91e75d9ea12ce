"""Labels of Keras' losses, of any real dtype: checked integers, one a row of the predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

import keras
from xent.arrays import check_values, checked_integer, namespace_of, nan_where
from xent.errors import DomainError, ShapeError
from xent.keras.arguments import Predictions, as_truth

__all__ = ["labels_beside", "nan_beyond_classes"]

# Limits of an integer of 32 bits.
_LEAST, _MOST = -(2**31), 2**31 - 1
_WIDE_UNSIGNED = ("uint32", "uint64")


def labels_beside(
    y_true: Any, pred: Predictions, *, axis: int, ignored: int | None = None, caller: str
) -> Any:
    """
    Labels as integers of 32 bits, one for each row of the predictions; a class axis of length 1 is dropped.

    Integers that 32 bits do not hold become one that is out of range too, and not `ignored`; a number that is
    not whole becomes one out of range. Raises `DomainError` for labels that are not whole, or neither a class
    nor `ignored`, where they can be read, and for an `ignored` beyond 32 bits; `ShapeError` for another
    shape, `DTypeError` for an `ignored` that is no integer, and the errors of `as_truth`. Where they cannot
    be read, labels out of range stay, and the loss has to make them nan.
    """
    name = f"xent.keras.{caller}"
    ignored = None if ignored is None else checked_integer(ignored, "ignore_class", caller=name)
    if ignored is not None and not _LEAST <= ignored <= _MOST:
        # Beside labels of 32 bits, PyTorch drops its other bits and JAX raises an error of its own.
        raise DomainError(name, "ignore_class", "be an integer of 32 bits", got=repr(ignored))
    y_true = _one_a_row(as_truth(y_true, caller=caller), pred, axis=axis, caller=name)
    is_whole, labels = _in_32_bits(y_true, ignored)
    inside = _is_label(labels, pred, ignored)
    names: dict[str, Any] = {"caller": name, "argument": "y_true", "xp": namespace_of(y_true)}
    check_values(y_true, lambda _: ~is_whole, "be whole numbers", **names)
    check_values(y_true, lambda _: ~inside, f"lie in 0..{pred.values.shape[-1] - 1}", **names)
    # A label between two classes is out of range for the loss as well.
    return keras.ops.where(is_whole, labels, -1 if ignored != -1 else -2)


def nan_beyond_classes(loss: Any, labels: Any, pred: Predictions, ignored: int | None = None) -> Any:
    """The losses, nan in rows whose label is none of the classes and not `ignored`."""
    return nan_where(~_is_label(labels, pred, ignored), loss, xp=namespace_of(loss))


def _one_a_row(y_true: Any, pred: Predictions, *, axis: int, caller: str) -> Any:
    """
    Labels in the shape of the rows of `pred`, without a class axis `axis` of length 1 if they have one.

    Raises `ShapeError` for any other shape.
    """
    rows = tuple(pred.values.shape[:-1])
    if len(y_true.shape) == len(rows) + 1 and y_true.shape[axis] == 1:
        squeeze = np.squeeze if isinstance(y_true, np.ndarray) else keras.ops.squeeze
        y_true = squeeze(y_true, axis=axis)
    if tuple(y_true.shape) != rows:
        raise ShapeError(
            caller,
            "y_true",
            "have the shape of `y_pred` without its class axis",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    return y_true


def _in_32_bits(y_true: Any, ignored: int | None) -> tuple[Any, Any]:
    """
    Two arrays of the shape of `y_true`: True for whole numbers, and labels as integers of 32 bits.

    Labels beyond 32 bits, whole or not, become the nearest such integer, where a conversion would wrap
    around, or -1 if `ignored` is the least or the largest such integer; so do infinite ones, which count as
    whole. A label within 32 bits that is not whole, and nan, become 0.
    """
    xp, dtype = namespace_of(y_true), keras.backend.standardize_dtype(y_true.dtype)
    is_unsigned = dtype in _WIDE_UNSIGNED
    if is_unsigned and keras.backend.backend() == "torch" and not isinstance(y_true, np.ndarray):
        # PyTorch does not compare unsigned integers; those that 64 bits with a sign do not hold become < 0.
        y_true = xp.astype(y_true, xp.int64)
    if dtype == "float16":
        y_true = xp.astype(y_true, xp.float32)
    is_floating = keras.backend.is_float_dtype(dtype)
    is_whole = xp.floor(y_true) == y_true if is_floating else xp.ones_like(y_true, dtype=xp.bool)
    if not (is_floating or is_unsigned or dtype == "int64"):
        return is_whole, xp.astype(y_true, xp.int32)
    # With equality: the upper limit, rounded to a float, is no integer of 32 bits.
    above = (y_true >= _MOST) | (y_true < 0) if is_unsigned else y_true >= _MOST
    below = ~is_whole if is_unsigned else y_true <= _LEAST
    labels = xp.astype(xp.where(above | below | ~is_whole, xp.zeros_like(y_true), y_true), xp.int32)
    labels = xp.where(above, xp.full_like(labels, _MOST), labels)
    labels = xp.where(below, xp.full_like(labels, _LEAST), labels)
    if ignored == _MOST or (ignored == _LEAST and not is_unsigned):
        labels = xp.where((above | below) & (y_true != ignored), xp.full_like(labels, -1), labels)
    return is_whole, labels


def _is_label(labels: Any, pred: Predictions, ignored: int | None) -> Any:
    """True for labels of the classes, and for the one that is ignored."""
    inside = (labels >= 0) & (labels < pred.values.shape[-1])
    return inside if ignored is None else inside | (labels == ignored)
