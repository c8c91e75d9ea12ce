"""Arguments of Keras' losses: tensors of one dtype, class axis last, and logits behind probabilities."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
from xent.arrays import may_be_read
from xent.errors import ShapeError

__all__ = ["Predictions", "labels_beside", "predictions", "truth_beside"]


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
    y_pred = keras.ops.convert_to_tensor(y_pred)
    logits = None if from_logits else getattr(y_pred, "_keras_logits", None)
    if logits is not None and tuple(logits.shape) == tuple(y_pred.shape):
        y_pred, from_logits = logits, True
    return Predictions(keras.ops.moveaxis(y_pred, axis, -1) if axis != -1 else y_pred, from_logits)


def truth_beside(y_true: Any, pred: Predictions, *, axis: int = -1, caller: str) -> Any:
    """
    The targets in dtype and shape of the predictions, with the class axis last.

    Where they are traced, and cannot be refused, negative ones are nan.
    """
    y_true = keras.ops.cast(keras.ops.convert_to_tensor(y_true), pred.values.dtype)
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
    """The labels as integers, one a row of the predictions; a class axis of length 1 is dropped."""
    y_true = keras.ops.convert_to_tensor(y_true)
    if len(y_true.shape) == len(pred.values.shape) and y_true.shape[axis] == 1:
        y_true = keras.ops.squeeze(y_true, axis=axis)
    if tuple(y_true.shape) != tuple(pred.values.shape[:-1]):
        raise ShapeError(
            f"xent.keras.{caller}",
            "y_true",
            "have the shape of `y_pred` without its class axis",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    return keras.ops.cast(y_true, "int32")
