"""Generalised cross-entropy of labels, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent import losses
from xent.arrays import namespace_of
from xent.formulas.losses.generalized_cross_entropy import GeneralizedCrossEntropy
from xent.keras import from_probabilities
from xent.keras.arguments import check_classes, check_options, errors_of, predictions, probabilities
from xent.keras.ignored_rows import without_masked
from xent.keras.labels import labels_beside, nan_beyond_classes

__all__ = ["categorical_generalized_cross_entropy"]


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float = 0.7) -> Any:
    r"""
    Generalised cross-entropy of integer labels for noisy labels, one value per row.

    Stands in for `keras.losses.categorical_generalized_cross_entropy`.

    Parameters
    ----------
    y_true : tensor of shape (...) or (..., 1)
        True class of each row, also as floats.
    y_pred : tensor of shape (..., K)
        Probabilities, >= 0, which are not divided by their sum. Those that come straight from a softmax of
        Keras carry its logits, which are used, except under JAX' `jit`; those of a sigmoid are used
        themselves.
    q : float in (0, 1], default 0.7
        Exponent of the probability.

    Returns
    -------
    tensor of shape (...)
        Losses in the dtype of `y_pred`, between 0 and ``1 / q`` for probabilities of at most 1.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, or `q` is no number; `ShapeError` if `y_pred` has no
        classes.
    ShapeError
        If `y_true` has neither the shape of `y_pred` without its class axis, nor length 1 on it.
    DomainError
        If a label is not a class, a probability negative or nan, or `q` out of range. Traced values are not
        inspected; such a row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`(1 - p_y^q) / q`.

    **Gradient.** That of `xent.losses.generalized_cross_entropy` in the logits, closed.

    **Edge cases.** A label of probability 0 gives ``1 / q``. A row that a mask of Keras excludes is not read.

    **Numerics.** As `xent.losses.generalized_cross_entropy` from logits.

    Examples
    --------
    >>> import numpy as np
    >>> float(categorical_generalized_cross_entropy([0], np.asarray([[0.25, 0.75]]), q=0.5)[0])
    1.0
    """
    caller = "categorical_generalized_cross_entropy"
    check_options(caller, q=q)
    y_true, y_pred = without_masked(y_true, y_pred, caller=caller)
    pred = predictions(y_pred, from_logits=False, axis=-1, caller=caller)
    check_classes(pred, caller=caller)
    labels = labels_beside(y_true, pred, axis=-1, caller=caller)
    if pred.are_logits:
        with errors_of(caller):
            return losses.generalized_cross_entropy(pred.values, labels, q=q)
    values = probabilities(pred, caller=caller, takes_logits=False)
    truth = keras.ops.cast(labels[..., None] == keras.ops.arange(values.shape[-1]), values.dtype)
    found = from_probabilities.outcomes(keras.ops.sum(values * truth, axis=-1))
    loss = GeneralizedCrossEntropy(q).value(found, xp=namespace_of(values))
    return nan_beyond_classes(loss, labels, pred)
