"""Focal loss of target distributions, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent.arrays import accumulation_dtype, differentiable, namespace_of
from xent.errors import ShapeError
from xent.formulas.losses.expected_over_targets import ExpectedOverTargets
from xent.formulas.losses.focal import Focal
from xent.keras import from_probabilities
from xent.keras.arguments import (
    as_tensor,
    check_classes,
    check_options,
    predictions,
    probabilities,
    truth_beside,
)
from xent.keras.ignored_rows import without_masked
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
    Focal loss of target distributions, one value per row, in nats.

    Stands in for `keras.losses.categorical_focal_crossentropy`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        Distribution over the classes in each row, such as one-hot rows; its sum is not checked.
    y_pred : tensor of shape (..., K)
        Logits, or probabilities, which are divided by their sum before `clip`. Those that come straight from
        a softmax of Keras over `axis` carry its logits, which are used, except under JAX' `jit`; those of a
        sigmoid are used themselves.
    alpha : float or tensor of shape (K,), default 0.25
        Factor of each class; its range is not checked.
    gamma : float >= 0, default 2
        Exponent of the complement.
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
        Losses in the dtype of `y_pred`.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, an option is no number or `axis` no integer; `ShapeError`
        if `y_pred` does not have that axis or no classes on it, or `alpha` not a factor for each.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a target or probability is negative or nan, or an option outside the values given here. Traced
        values are not inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`-\sum_k \alpha_k p_k (1 - q_k)^\gamma \log q_k`, with :math:`q` the softmax of the
    logits.

    **Gradient.** Closed in the logits, as is the second derivative; that of the steps in the probabilities.

    **Edge cases.** A class of probability 0 gives ``inf`` if its target and `alpha` are positive, and adds 0
    if one is 0. A row without a softmax, or of probabilities of sum 0, is nan. A row that a mask of Keras
    excludes is not read.

    **Numerics.** As `xent.losses.focal` from logits.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(categorical_focal_crossentropy([[1.0, 0.0]], np.asarray([[0.5, 0.5]]))[0]), 5)
    0.04332
    """
    caller = "categorical_focal_crossentropy"
    check_options(caller, label_smoothing=label_smoothing, clip=clip, gamma=gamma)
    y_true, y_pred = without_masked(y_true, y_pred, axis=axis, caller=caller)
    pred = predictions(y_pred, from_logits=from_logits, axis=axis, caller=caller)
    check_classes(pred, caller=caller)
    truth = truth_beside(y_true, pred, axis=axis, caller=caller)
    truth = smoothed(truth, label_smoothing, truth.shape[-1]) if label_smoothing else truth
    weights = truth * _alpha(alpha, truth, caller=caller)
    xp = namespace_of(truth)
    if pred.are_logits:
        wide = accumulation_dtype(truth.dtype, xp=xp)
        logits, weights = (xp.astype(values, wide, copy=False) for values in (pred.values, weights))
        loss = differentiable("value", ExpectedOverTargets(Focal(gamma)), logits, weights, xp=xp)
        return xp.astype(loss, truth.dtype, copy=False)
    probs = probabilities(pred, caller=caller)
    probs = from_probabilities.clipped(probs / keras.ops.sum(probs, axis=-1, keepdims=True), clip)
    # 0 times the infinite loss of probability 0 would be nan; a probability of nan stays.
    found = from_probabilities.outcomes(keras.ops.where((probs >= 0) & (weights == 0), 1, probs))
    return keras.ops.sum(weights * Focal(gamma).value(found, xp=xp), axis=-1)


def _alpha(alpha: Any, truth: Any, *, caller: str) -> Any:
    """
    `alpha` as a tensor of the dtype of `truth`, (..., K), against which it broadcasts.

    Raises `DTypeError` for other than real numbers, and `ShapeError` for one that has not a factor for each
    of the K classes.
    """
    factors, shape = as_tensor(alpha, "alpha", caller=caller), tuple(truth.shape)
    given = tuple(factors.shape)
    behind = shape[len(shape) - len(given) :] if len(given) <= len(shape) else ()
    if len(behind) < len(given) or any(
        one not in (1, row) and None not in (one, row) for one, row in zip(given, behind, strict=True)
    ):
        rule = f"be a number or have shape {shape[-1:]}, one factor for each class"
        raise ShapeError(f"xent.keras.{caller}", "alpha", rule, got=f"shape {given}")
    return keras.ops.cast(factors, truth.dtype)
