"""Binary cross-entropy and binary focal loss, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent import losses
from xent.arrays import namespace_of
from xent.formulas.losses.focal import Focal
from xent.keras import from_probabilities
from xent.keras.arguments import check_options, errors_of, predictions, probabilities, truth_beside
from xent.keras.ignored_rows import without_masked
from xent.options.label_smoothing import smoothed

__all__ = ["binary_crossentropy", "binary_focal_crossentropy"]


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    clip: float = 0.0,
) -> Any:
    r"""
    Binary cross-entropy, the mean over the last axis, in nats.

    Stands in for `keras.losses.binary_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        Probability of each event, in [0, 1].
    y_pred : tensor of shape (..., K)
        Logits, or probabilities. Those that come straight from a sigmoid of Keras carry its logits, which
        are used, except under JAX' `jit`; those of a softmax are used themselves.
    from_logits : bool, default False
        True if `y_pred` are logits.
    label_smoothing : float in [0, 1], default 0
        Share of each target that moves to one half.
    axis : int, default -1
        Axis that the mean is taken over.
    clip : float in [0, 0.5), default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.

    Returns
    -------
    tensor of shape (...)
        Mean losses in the dtype of `y_pred`.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, an option is no number or `axis` no integer;
        `ShapeError` if `y_pred` does not have that axis.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a target or probability lies outside [0, 1], or an option outside the values given here. Traced
        values are not inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** The mean of :math:`-p \log q - (1 - p) \log(1 - q)`.

    **Gradient.** :math:`(q - p) / K` in the logits, closed.

    **Edge cases.** Probability 0 of an event with target above 0 gives ``inf``, and so does probability 1
    of one with target below 1. A logit of nan gives nan. A row that a mask of Keras excludes is not read.

    **Numerics.** Each term from logits within 4 units in the last place.

    Examples
    --------
    >>> import numpy as np
    >>> float(binary_crossentropy([[1.0]], np.asarray([[40.0]]), from_logits=True)[0]) > 4e-18
    True
    """
    caller = "binary_crossentropy"
    check_options(caller, label_smoothing=label_smoothing, clip=clip)
    y_true, y_pred = without_masked(y_true, y_pred, axis=axis, caller=caller)
    pred = predictions(y_pred, from_logits=from_logits, axis=axis, link="sigmoid", caller=caller)
    truth = truth_beside(y_true, pred, axis=axis, at_most=1, caller=caller)
    if pred.are_logits:
        # The targets are checked above, under their name here.
        with errors_of(caller):
            terms = losses.sigmoid_cross_entropy(
                pred.values, truth, label_smoothing=label_smoothing, validate=False
            )
    else:
        if label_smoothing:
            truth = smoothed(truth, label_smoothing, 2)
        probs = from_probabilities.clipped(probabilities(pred, at_most=1, caller=caller), clip)
        terms = from_probabilities.events(truth, probs)
    return keras.ops.mean(terms, axis=-1)


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    clip: float = 0.0,
) -> Any:
    r"""
    Binary focal loss, the mean over the last axis, in nats.

    Stands in for `keras.losses.binary_focal_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        Events, 0 or 1, or probabilities of the events.
    y_pred : tensor of shape (..., K)
        Logits, or probabilities. Those that come straight from a sigmoid of Keras carry its logits, which
        are used, except under JAX' `jit`; those of a softmax are used themselves.
    apply_class_balancing : bool, default False
        True weights events by `alpha` and their opposites by ``1 - alpha``.
    alpha : float in [0, 1], default 0.25
        Weight of events; not read without `apply_class_balancing`.
    gamma : float >= 0, default 2
        Exponent of the complement.
    from_logits : bool, default False
        True if `y_pred` are logits.
    label_smoothing : float in [0, 1], default 0
        Share of each target that moves to one half.
    axis : int, default -1
        Axis that the mean is taken over.
    clip : float in [0, 0.5), default 0
        Limits of probabilities, `clip` and ``1 - clip``; 0 does not clip. Logits are not clipped.

    Returns
    -------
    tensor of shape (...)
        Mean losses in the dtype of `y_pred`.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, an option is no number or `axis` no integer;
        `ShapeError` if `y_pred` does not have that axis.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a target or probability lies outside [0, 1], or an option outside the values given here. Traced
        values are not inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** The mean of the focal loss of the event, weighted by its target, plus that of its
    opposite. For targets between 0 and 1 Keras has another expression, a product of means.

    **Gradient.** That of `xent.losses.sigmoid_focal` in the logits, closed.

    **Edge cases.** Probability 0 of an event with target above 0 gives ``inf``, and so does probability 1
    of one with target below 1, unless `alpha` makes their weight 0. A logit of nan gives nan. A row that a
    mask of Keras excludes is not read.

    **Numerics.** As `xent.losses.sigmoid_focal` from logits.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(binary_focal_crossentropy([[1.0]], np.asarray([[0.5]]))[0]), 5)
    0.17329
    """
    caller = "binary_focal_crossentropy"
    balance = alpha if apply_class_balancing else None
    check_options(caller, label_smoothing=label_smoothing, clip=clip, gamma=gamma, alpha=balance)
    y_true, y_pred = without_masked(y_true, y_pred, axis=axis, caller=caller)
    pred = predictions(y_pred, from_logits=from_logits, axis=axis, link="sigmoid", caller=caller)
    truth = truth_beside(y_true, pred, axis=axis, at_most=1, caller=caller)
    truth = smoothed(truth, label_smoothing, 2) if label_smoothing else truth
    if pred.are_logits:
        with errors_of(caller):
            terms = losses.sigmoid_focal(pred.values, truth, gamma=gamma, alpha=balance, validate=False)
    else:
        probs = from_probabilities.clipped(probabilities(pred, at_most=1, caller=caller), clip)
        terms = _focal_terms(truth, probs, gamma, balance)
    return keras.ops.mean(terms, axis=-1)


def _focal_terms(truth: Any, probs: Any, gamma: float, alpha: float | None) -> Any:
    """
    Focal loss in nats of each event: that of the event times `truth` plus that of its opposite times ``1 -
    truth``.

    With `alpha` the first is multiplied by it and the second by ``1 - alpha``; None multiplies neither. A
    part of factor 0 is 0, also where its probability is 0. A probability of nan gives nan.
    """
    xp = namespace_of(probs)
    of_event, of_opposite = (1.0, 1.0) if alpha is None else (alpha, 1 - alpha)
    of_event, of_opposite = of_event * truth, of_opposite * (1 - truth)
    focal = Focal(gamma)
    # 0 times the infinite loss of probability 0 would be nan; a probability of nan stays.
    is_valid = probs >= 0
    event = from_probabilities.outcomes(keras.ops.where(is_valid & (of_event == 0), 1, probs))
    opposite = from_probabilities.outcomes(keras.ops.where(is_valid & (of_opposite == 0), 1, 1 - probs))
    return of_event * focal.value(event, xp=xp) + of_opposite * focal.value(opposite, xp=xp)
