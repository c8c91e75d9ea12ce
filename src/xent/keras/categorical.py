"""Categorical cross-entropy of distributions and of integer labels, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent import losses
from xent.keras import from_probabilities
from xent.keras.arguments import (
    check_classes,
    check_options,
    errors_of,
    predictions,
    probabilities,
    truth_beside,
)
from xent.keras.ignored_rows import without_masked
from xent.keras.labels import labels_beside, nan_beyond_classes
from xent.options.label_smoothing import smoothed

__all__ = ["categorical_crossentropy", "sparse_categorical_crossentropy"]


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    clip: float = 0.0,
) -> Any:
    r"""
    Cross-entropy of target distributions, one value per row, in nats.

    Stands in for `keras.losses.categorical_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        Distribution over the classes in each row, such as one-hot rows; its sum is not checked.
    y_pred : tensor of shape (..., K)
        Logits, or probabilities, which are divided by their sum after `clip`. Those that come straight from a
        softmax of Keras over `axis` carry its logits, which are used, except under JAX' `jit`; those of a
        sigmoid are used themselves.
    from_logits : bool, default False
        True if `y_pred` are logits.
    label_smoothing : float in [0, 1], default 0
        Share of each target that is spread over all classes.
    axis : int, default -1
        Axis of the classes.
    clip : float in [0, 0.5), default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.

    Returns
    -------
    tensor of shape (...)
        Losses in the dtype of `y_pred`; ``inf`` if a class of probability 0 has a positive target.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, an option is no number or `axis` no integer; `ShapeError`
        if `y_pred` does not have that axis or no classes on it.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a target or probability is negative or nan, or an option outside the values given here. Traced
        values are not inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`-\sum_k p_k \log q_k`, with :math:`q` the softmax of the logits.

    **Gradient.** :math:`q - p` in the logits, closed; that of the steps in the probabilities.

    **Edge cases.** A masked class (logit ``-inf``) with target 0 adds nothing. A row with a logit of ``+inf``
    or nan, or without a class above ``-inf``, is nan, as is one of probabilities of sum 0. A row that a mask
    of Keras excludes is not read.

    **Numerics.** From logits within 4 units in the last place, at any lead of the label. From probabilities
    the loss of a probability that was rounded to 1 is 0.

    Examples
    --------
    >>> import numpy as np
    >>> float(categorical_crossentropy([[1.0, 0.0]], np.asarray([[20.0, 0.0]]), from_logits=True)[0]) > 2e-9
    True
    """
    caller = "categorical_crossentropy"
    check_options(caller, label_smoothing=label_smoothing, clip=clip)
    y_true, y_pred = without_masked(y_true, y_pred, axis=axis, caller=caller)
    pred = predictions(y_pred, from_logits=from_logits, axis=axis, caller=caller)
    check_classes(pred, caller=caller)
    truth = truth_beside(y_true, pred, axis=axis, caller=caller)
    if pred.are_logits:
        # Checked above, under their name here: a second pass over the targets costs as much as their sum.
        with errors_of(caller):
            return losses.softmax_cross_entropy_of_targets(
                pred.values, truth, label_smoothing=label_smoothing, normalized_targets=False, validate=False
            )
    if label_smoothing:
        truth = smoothed(truth, label_smoothing, truth.shape[-1])
    probs = from_probabilities.clipped(probabilities(pred, caller=caller), clip)
    return from_probabilities.cross_entropy_of(truth, probs)


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
    clip: float = 0.0,
) -> Any:
    r"""
    Cross-entropy of integer labels, one value per row, in nats.

    Stands in for `keras.losses.sparse_categorical_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (...) or (..., 1)
        True class of each row, also as floats.
    y_pred : tensor of shape (..., K)
        Logits, or probabilities, which are divided by their sum after `clip`. Those that come straight from a
        softmax of Keras over `axis` carry its logits, which are used, except under JAX' `jit`; those of a
        sigmoid are used themselves.
    from_logits : bool, default False
        True if `y_pred` are logits.
    ignore_class : int, optional
        Label of rows that are ignored, a class or not: loss 0, whatever their predictions, and left out of
        the mean of Keras' losses. None ignores no row.
    axis : int, default -1
        Axis of the classes.
    clip : float in [0, 0.5), default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.

    Returns
    -------
    tensor of shape (...)
        Losses in the dtype of `y_pred`.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, `clip` is no number, or `axis` or `ignore_class` no
        integer; `ShapeError` if `y_pred` does not have that axis or no classes on it.
    ShapeError
        If `y_true` has neither the shape of `y_pred` without its class axis, nor length 1 on it.
    DomainError
        If a label is neither a class nor `ignore_class`, a row has a logit of ``+inf`` or only ``-inf``, a
        probability is negative or nan, or an option outside the values given here. Traced values are not
        inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`-\log q_y`, with :math:`q` the softmax of the logits, or the probabilities.

    **Gradient.** :math:`q - e_y` in the logits, closed.

    **Edge cases.** A label of probability 0 gives ``inf``. A row that a mask of Keras excludes is not read. A
    row with a logit of nan, or of probabilities of sum 0, is nan.

    **Numerics.** As `categorical_crossentropy`.

    Examples
    --------
    >>> import numpy as np
    >>> float(sparse_categorical_crossentropy([0], np.asarray([[20.0, 0.0]]), from_logits=True)[0]) > 2e-9
    True
    """
    caller = "sparse_categorical_crossentropy"
    check_options(caller, clip=clip)
    y_true, y_pred = without_masked(y_true, y_pred, axis=axis, caller=caller)
    pred = predictions(y_pred, from_logits=from_logits, axis=axis, caller=caller)
    check_classes(pred, caller=caller)
    labels = labels_beside(y_true, pred, axis=axis, ignored=ignore_class, caller=caller)
    values = pred.values
    if pred.are_logits:
        with errors_of(caller):
            loss = losses.softmax_cross_entropy(values, labels, ignored_label=ignore_class)
    else:
        counted = labels
        if ignore_class is not None:
            is_ignored = labels == ignore_class
            counted = keras.ops.where(is_ignored, -1, labels)
            pred = pred._replace(values=keras.ops.where(is_ignored[..., None], 1, values))
        # Not keras.ops.one_hot, which raises an error of the backend's own for a label beyond the classes.
        truth = keras.ops.cast(counted[..., None] == keras.ops.arange(values.shape[-1]), values.dtype)
        probs = from_probabilities.clipped(probabilities(pred, caller=caller), clip)
        loss = from_probabilities.cross_entropy_of(truth, probs)
        loss = nan_beyond_classes(loss, labels, pred, ignore_class)
    if ignore_class is not None:
        # Keras' mean leaves out the rows that its mask excludes. Not exported, but how its own losses say so.
        keras.src.backend.set_keras_mask(loss, mask=labels != ignore_class)
    return loss
