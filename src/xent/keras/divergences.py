"""Kullback-Leibler divergence of probabilities, and Poisson loss of rates, with Keras' arguments."""

from __future__ import annotations

from typing import Any

import keras
from xent.keras import from_probabilities
from xent.keras.arguments import check_options, predictions, probabilities, truth_beside
from xent.keras.ignored_rows import without_masked

__all__ = ["kl_divergence", "poisson"]


def kl_divergence(y_true: Any, y_pred: Any, clip: float = 0.0) -> Any:
    r"""
    Kullback-Leibler divergence of predicted from true probabilities, one value per row, in nats.

    Stands in for `keras.losses.kl_divergence`.

    Parameters
    ----------
    y_true, y_pred : tensor of shape (..., K)
        Probabilities; their sums are not checked.
    clip : float in [0, 0.5), default 0
        Limits of both, `clip` and ``1 - clip``; 0 does not clip.

    Returns
    -------
    tensor of shape (...)
        Divergences in the dtype of `y_pred`; ``inf`` if a class of probability 0 has a positive target.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers, or `clip` is no number.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a probability is negative or nan, or `clip` out of range. Traced values are not inspected; such a
        row is nan with a gradient of nan.

    Notes
    -----
    **Definition.** :math:`\sum_k p_k \log(p_k / q_k)`, with :math:`0 \log 0 = 0`.

    **Gradient.** That of the steps.

    **Edge cases.** Rows that do not sum to 1 are not normalised, as in Keras, and may have a negative value.
    A row that a mask of Keras excludes is not read.

    **Numerics.** No cancellation for almost equal distributions: relative error within 16 units in the last
    place for rows that sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(kl_divergence([[0.5, 0.5]], np.asarray([[0.25, 0.75]]))[0]), 5)
    0.14384
    """
    check_options("kl_divergence", clip=clip)
    y_true, y_pred = without_masked(y_true, y_pred, caller="kl_divergence")
    pred = predictions(y_pred, from_logits=True, axis=-1, caller="kl_divergence")
    truth = truth_beside(y_true, pred, caller="kl_divergence")
    probs = probabilities(pred, caller="kl_divergence", takes_logits=False)
    truth, probs = (from_probabilities.clipped(values, clip) for values in (truth, probs))
    return from_probabilities.divergence_of(truth, probs)


def poisson(y_true: Any, y_pred: Any) -> Any:
    r"""
    Poisson loss of predicted rates, the mean over the last axis, without the term of the counts alone.

    Stands in for `keras.losses.poisson`.

    Parameters
    ----------
    y_true : tensor of shape (..., K)
        Counts, >= 0; they need not be whole.
    y_pred : tensor of shape (..., K)
        Rates, >= 0.

    Returns
    -------
    tensor of shape (...)
        Mean losses in the dtype of `y_pred`.

    Raises
    ------
    DTypeError
        If an argument does not hold real numbers.
    ShapeError
        If the shapes of `y_true` and `y_pred` differ.
    DomainError
        If a count or rate is negative or nan. Traced values are not inspected; such a row is nan with a
        gradient of nan.

    Notes
    -----
    **Definition.** The mean of :math:`\lambda - y \log \lambda`. Keras adds 1e-7 to the rate in the
    logarithm; this function does not.

    **Gradient.** :math:`(1 - y / \lambda) / K`, that of the steps.

    **Edge cases.** Rate 0 with count 0 adds 0; with a positive count ``inf``. An infinite rate gives ``inf``
    with count 0, else nan.

    **Numerics.** Each term within 4 units in the last place of its larger part.

    Examples
    --------
    >>> import numpy as np
    >>> float(poisson([[0.0]], np.asarray([[0.0]]))[0])
    0.0
    """
    y_true, y_pred = without_masked(y_true, y_pred, caller="poisson")
    pred = predictions(y_pred, from_logits=True, axis=-1, caller="poisson")
    truth = truth_beside(y_true, pred, caller="poisson")
    rates = probabilities(pred, caller="poisson", takes_logits=False)
    safe = keras.ops.where(truth == 0, 1, rates)
    return keras.ops.mean(rates - truth * keras.ops.log(safe), axis=-1)
