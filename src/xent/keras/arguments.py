"""Arguments of Keras' losses: tensors of one dtype, class axis last, and logits behind probabilities."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import keras
from xent.arrays import may_be_read, plain
from xent.errors import DomainError, ShapeError

__all__ = ["Predictions", "as_tensor", "labels_beside", "predictions", "truth_beside"]


# Limits of an integer of 32 bits.
_BYTES = 4
_LEAST, _MOST = -(2**31), 2**31 - 1


class Predictions(NamedTuple):
    """
    Predictions with the classes on the last axis.

    Parameters
    ----------
    values : tensor of shape (..., K)
        Logits, or probabilities.
    are_logits : bool
        True if `values` are logits.
    """

    values: Any
    are_logits: bool


def predictions(y_pred: Any, *, from_logits: bool, axis: int) -> Predictions:
    """
    The predictions with the class axis last; their logits where a softmax or sigmoid of Keras left them.

    Keras' activations keep the logits of their result in its attribute `_keras_logits`. That is lost by a
    further layer, and under JAX' `jit`; then the probabilities are used.
    """
    y_pred = as_tensor(y_pred, "y_pred")
    logits = None if from_logits else getattr(y_pred, "_keras_logits", None)
    if logits is not None and tuple(logits.shape) == tuple(y_pred.shape):
        y_pred, from_logits = logits, True
    return Predictions(keras.ops.moveaxis(y_pred, axis, -1) if axis != -1 else y_pred, from_logits)


def as_tensor(value: Any, argument: str) -> Any:
    """`value` as a tensor; NumPy arrays of any byte order, and masked ones without masked entries."""
    if isinstance(value, np.ndarray):
        value = plain(value, caller="xent.keras", argument=argument)
    return keras.ops.convert_to_tensor(value)


def truth_beside(y_true: Any, pred: Predictions, *, axis: int = -1, caller: str) -> Any:
    """
    The targets in dtype and shape of the predictions, with the class axis last.

    Where they are traced, and cannot be refused, negative ones are nan.
    """
    y_true = keras.ops.cast(as_tensor(y_true, "y_true"), pred.values.dtype)
    y_true = keras.ops.moveaxis(y_true, axis, -1) if axis != -1 else y_true
    if tuple(y_true.shape) != tuple(pred.values.shape):
        raise ShapeError(
            f"xent.keras.{caller}",
            "y_true",
            "have the shape of `y_pred`",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    return y_true if may_be_read(y_true) else keras.ops.where(y_true >= 0, y_true, float("nan"))


def labels_beside(y_true: Any, pred: Predictions, *, axis: int, caller: str) -> Any:
    """
    The labels as integers of 32 bits, one a row of the predictions; a class axis of length 1 is dropped.

    Integers that 32 bits do not hold become the nearest that they hold, which is out of range too. Floating
    labels, which Keras' loops hand out, must be whole numbers; where they are traced, and cannot be refused,
    others are out of range.
    """
    y_true = as_tensor(_within_32_bits(y_true), "y_true")
    if len(y_true.shape) == len(pred.values.shape) and y_true.shape[axis] == 1:
        y_true = keras.ops.squeeze(y_true, axis=axis)
    if tuple(y_true.shape) != tuple(pred.values.shape[:-1]):
        raise ShapeError(
            f"xent.keras.{caller}",
            "y_true",
            "have the shape of `y_pred` without its class axis",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    kind = keras.backend.standardize_dtype(y_true.dtype)
    if "float" in kind:
        return _whole_numbers(y_true, caller)
    if kind == "int64":
        y_true = keras.ops.clip(y_true, _LEAST, _MOST)
    return keras.ops.cast(y_true, "int32")


def _within_32_bits(labels: Any) -> Any:
    """Labels of NumPy cut to 32 bits: a library that has no more drops the other bits without a word."""
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu" or labels.dtype.itemsize < _BYTES:
        return labels
    return np.clip(labels, _LEAST if labels.dtype.kind == "i" else 0, _MOST).astype(np.int32)


def _whole_numbers(labels: Any, caller: str) -> Any:
    """Floating labels as integers; those that are none are refused, or if they are traced, out of range."""
    is_whole = (labels == keras.ops.floor(labels)) & (keras.ops.abs(labels) < float(-_LEAST))
    if may_be_read(labels) and not bool(keras.ops.all(is_whole)):
        numbers, whole = keras.ops.convert_to_numpy(labels), keras.ops.convert_to_numpy(is_whole)
        first = tuple(int(place) for place in np.argwhere(~whole)[0])
        got = f"{float(numbers[first]):.9g}"
        raise DomainError(f"xent.keras.{caller}", "y_true", "be whole numbers", got=got, index=first or None)
    return keras.ops.where(is_whole, keras.ops.cast(labels, "int32"), keras.ops.cast(_LEAST, "int32"))
