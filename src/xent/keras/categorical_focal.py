"""Focal loss of one-hot rows, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent import losses
from xent.arrays import namespace_of
from xent.formulas.losses.focal import Focal
from xent.keras import from_probabilities
from xent.keras.arguments import predictions, truth_beside
from xent.options.label_smoothing import smoothed

__all__ = ["categorical_focal_crossentropy"]


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: Any = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    clip: float = 0.0,
) -> Any:
    r"""
    Focal loss of one-hot rows, one value per row.

    Stands in for `keras.losses.categorical_focal_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        One-hot rows, or multiples of them.
    y_pred : tensor of shape (..., K)
        Logits, or probabilities, as for `categorical_crossentropy`.
    alpha : float or tensor of shape (K,), default 0.25
        Factor of each class.
    gamma : float >= 0, default 2
        Exponent of the complement.
    from_logits : bool, default False
        True if `y_pred` are logits.
    label_smoothing : float, default 0
        Share of each target that is spread over all classes. Above 0, logits are turned into probabilities.
    axis : int, default -1
        Axis of the classes.
    clip : float in [0, 0.5), default 0
        Least probability, for probabilities alone; 0 does not clip.

    Returns
    -------
    tensor of shape (...)
        Losses; ``nan`` from logits for a row of targets with two positive entries.

    Raises
    ------
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.

    Notes
    -----
    **Definition.** :math:`-\alpha_y (1 - q_y)^\gamma \log q_y`.

    **Gradient.** That of `xent.losses.focal` in the logits, closed.

    **Edge cases.** A label of probability 0 gives ``inf``.

    **Numerics.** As `xent.losses.focal` from logits.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(categorical_focal_crossentropy([[1.0, 0.0]], np.asarray([[0.5, 0.5]]))[0]), 5)
    0.04332
    """
    pred = predictions(y_pred, from_logits=from_logits, axis=axis)
    truth = truth_beside(y_true, pred, axis=axis, caller="categorical_focal_crossentropy")
    weights = keras.ops.cast(alpha, truth.dtype)
    if pred.are_logits and not label_smoothing:
        return _focal_of_one_hot(truth * weights, pred.values, gamma)
    probs = keras.ops.softmax(pred.values, axis=-1) if pred.are_logits else pred.values
    probs = from_probabilities.clipped(probs / keras.ops.sum(probs, axis=-1, keepdims=True), clip)
    truth = smoothed(truth, label_smoothing, truth.shape[-1]) if label_smoothing else truth
    found = from_probabilities.outcomes(keras.ops.where(truth == 0, 1, probs))
    return keras.ops.sum(weights * truth * Focal(gamma).value(found, xp=namespace_of(truth)), axis=-1)


def _focal_of_one_hot(truth: Any, logits: Any, gamma: float) -> Any:
    """Focal loss of the label of each row times its entry; nan in rows with two positive entries."""
    labels = keras.ops.cast(keras.ops.argmax(truth, axis=-1), "int32")
    is_one_hot = keras.ops.sum(keras.ops.cast(truth != 0, "int32"), axis=-1) <= 1
    loss = keras.ops.max(truth, axis=-1) * losses.focal(logits, labels, gamma=gamma)
    return keras.ops.where(is_one_hot, loss, float("nan"))
