"""
Logits that Keras' softmax and sigmoid keep on their result, in the attribute `_keras_logits`.

The attribute does not say which function left it, and the loss of one from the logits of the other would be
a wrong number. So the logits are used only where the function of the loss gives the probabilities from them.
"""

from __future__ import annotations

import contextlib
from typing import Any

import keras
from xent.arrays import is_known_to_hold, may_be_read

__all__ = ["ANY_PREDICTION", "are_logits_of", "keep_logits"]

# Prediction of a row that is not read, in the domain of every prediction: logit, probability and rate. Kept
# logits of such a row are 0.
ANY_PREDICTION = 0.5
# Distance of probabilities that one function gives in any precision from 16 bits on.
_ROUNDING = 0.02
# Operations of TensorFlow's graphs that pass predictions on: the number of the input that holds them.
_PASSING = {"Cast": 0, "Identity": 0, "SelectV2": 1}


def keep_logits(tensor: Any, logits: Any) -> None:
    """Put `logits` on `tensor` as Keras' activations do; nothing happens to a traced array of JAX."""
    with contextlib.suppress(AttributeError):
        tensor._keras_logits = logits  # noqa: SLF001 - the name that Keras' activations give it


def are_logits_of(probs: Any, logits: Any, *, link: str, axis: int) -> bool:
    """
    True if `link`, "softmax" over `axis` or "sigmoid", gives `probs` from `logits`, to within 0.02.

    Rows that `without_ignored` replaced agree with both. Values that cannot be read, as in a graph of
    TensorFlow, are judged by the name of their operation, and if it is unknown taken for those of `link`.
    False for logits of another shape.
    """
    if tuple(logits.shape) != tuple(probs.shape):
        return False
    expected = keras.ops.sigmoid(logits) if link == "sigmoid" else keras.ops.softmax(logits, axis=axis)
    is_near = keras.ops.abs(expected - probs) <= _ROUNDING
    is_replaced = (probs == ANY_PREDICTION) & (logits == 0)
    condition = keras.ops.all(is_near | is_replaced)
    if may_be_read(condition):
        return is_known_to_hold(condition)
    return _operation(probs) in {link.capitalize(), None}


def _operation(probs: Any) -> str | None:
    """
    Name of the function that made `probs` in a graph of TensorFlow, "Softmax" or "Sigmoid"; else None.

    Casts, identities and the replacement of ignored rows are passed over. None also outside of such a graph.
    """
    operation: Any = getattr(probs, "op", None)
    while getattr(operation, "type", None) in _PASSING:
        operation = operation.inputs[_PASSING[operation.type]].op
    name = getattr(operation, "type", None)
    return name if name in {"Softmax", "Sigmoid"} else None
