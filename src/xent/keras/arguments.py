"""Arguments of Keras' losses: checked tensors with the class axis last, and logits behind probabilities."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

import keras
from xent.arrays import check_values, namespace_of, nan_where, plain, valid_values
from xent.errors import DomainError, ShapeError

__all__ = [
    "Predictions",
    "as_tensor",
    "check_options",
    "labels_beside",
    "nan_beyond_classes",
    "predictions",
    "probabilities",
    "truth_beside",
]


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


def truth_beside(
    y_true: Any, pred: Predictions, *, axis: int = -1, at_most: float = math.inf, caller: str
) -> Any:
    """
    The targets in dtype and shape of the predictions, with the class axis last.

    Raises `DomainError` for targets that are negative or above `at_most`; where they cannot be read, they
    become nan.
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
    return valid_values(
        y_true,
        lambda y_true: ~((y_true >= 0) & (y_true <= at_most)),
        _rule(at_most),
        caller=f"xent.keras.{caller}",
        argument="y_true",
        xp=namespace_of(y_true),
    )


def probabilities(pred: Predictions, *, at_most: float = math.inf, caller: str) -> Any:
    """
    Predicted probabilities, >= 0 and at most `at_most`.

    Raises `DomainError` for others; where they cannot be read, they become nan.
    """
    return valid_values(
        pred.values,
        lambda values: ~((values >= 0) & (values <= at_most)),
        _rule(at_most),
        caller=f"xent.keras.{caller}",
        argument="y_pred",
        xp=namespace_of(pred.values),
        hint="If they are logits, pass `from_logits=True`.",
    )


def check_options(
    caller: str, *, label_smoothing: float = 0.0, clip: float = 0.0, gamma: float = 0.0, q: float = 1.0
) -> None:
    """Raise `DomainError` for an option out of range."""
    rules = {
        "label_smoothing": (label_smoothing, "lie in [0, 1]", 0 <= label_smoothing <= 1),
        "clip": (clip, "lie in [0, 0.5)", 0 <= clip < 0.5),
        "gamma": (gamma, "be finite and >= 0", 0 <= gamma < math.inf),
        "q": (q, "lie in (0, 1]", 0 < q <= 1),
    }
    for argument, (value, rule, holds) in rules.items():
        if not holds:
            raise DomainError(f"xent.keras.{caller}", argument, rule, got=repr(value))


def labels_beside(
    y_true: Any, pred: Predictions, *, axis: int, ignored: int | None = None, caller: str
) -> Any:
    """
    The labels as integers, one a row of the predictions; a class axis of length 1 is dropped.

    Integers that 32 bits do not hold become the nearest that they hold, which is out of range too. Raises
    `DomainError` for labels that are not whole numbers, or none of the classes and not `ignored`,
    where they can be read.
    """
    name = f"xent.keras.{caller}"
    if ignored is not None and not _LEAST <= ignored <= _MOST:
        # Beside labels of 32 bits, PyTorch drops its other bits and JAX raises an error of its own.
        raise DomainError(name, "ignore_class", "be an integer of 32 bits", got=repr(ignored))
    y_true = as_tensor(_within_32_bits(y_true), "y_true")
    if len(y_true.shape) == len(pred.values.shape) and y_true.shape[axis] == 1:
        y_true = keras.ops.squeeze(y_true, axis=axis)
    if tuple(y_true.shape) != tuple(pred.values.shape[:-1]):
        raise ShapeError(
            name,
            "y_true",
            "have the shape of `y_pred` without its class axis",
            got=f"{tuple(y_true.shape)} beside {tuple(pred.values.shape)}",
        )
    if keras.backend.standardize_dtype(y_true.dtype) == "int64":
        y_true = keras.ops.clip(y_true, _LEAST, _MOST)
    labels = keras.ops.cast(y_true, "int32")
    is_whole = keras.ops.cast(labels, y_true.dtype) == y_true
    names: dict[str, Any] = {"caller": name, "argument": "y_true", "xp": namespace_of(labels)}
    check_values(y_true, lambda _: ~is_whole, "be whole numbers", **names)
    inside = _is_label(labels, pred, ignored)
    check_values(labels, lambda _: ~inside, f"lie in 0..{pred.values.shape[-1] - 1}", **names)
    # A label between two classes is out of range for the loss as well.
    return keras.ops.where(is_whole, labels, -1 if ignored != -1 else -2)


def _within_32_bits(labels: Any) -> Any:
    """Labels of NumPy cut to 32 bits: a library that has no more drops the other bits without a word."""
    if not isinstance(labels, np.ndarray) or labels.dtype.kind not in "iu" or labels.dtype.itemsize < _BYTES:
        return labels
    return np.clip(labels, _LEAST if labels.dtype.kind == "i" else 0, _MOST).astype(np.int32)


def nan_beyond_classes(loss: Any, labels: Any, pred: Predictions, ignored: int | None = None) -> Any:
    """The losses, nan in rows whose label is none of the classes and not `ignored`."""
    return nan_where(~_is_label(labels, pred, ignored), loss, xp=namespace_of(loss))


def _is_label(labels: Any, pred: Predictions, ignored: int | None) -> Any:
    """True for labels of the classes, and for the one that is ignored."""
    inside = (labels >= 0) & (labels < pred.values.shape[-1])
    return inside if ignored is None else inside | (labels == ignored)


def _rule(at_most: float) -> str:
    """Rule for numbers between 0 and `at_most`."""
    return "be >= 0" if at_most == math.inf else f"lie in [0, {at_most:g}]"
