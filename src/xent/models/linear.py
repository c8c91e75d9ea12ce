"""Logits of a linear model, and the losses and log-probabilities they give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import log_softmax

__all__ = ["linear_log_probs", "linear_logits", "row_losses"]

Array = NDArray[np.float64]

_BLOCK = 8192


def linear_logits(X: Any, point: Array) -> Array:
    """
    Logits of each row, of shape (n, M).

    M is 1 for two classes, the logit of the second, and else one per class.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n, p)
        Features.
    point : ndarray of shape (M, p + 1)
        Weights and, in the last column, intercepts.
    """
    logits = np.asarray(X @ point[:, :-1].T)
    logits += point[:, -1]
    return logits


def row_losses(logits: Array, codes: NDArray[np.integer[Any]]) -> Array:
    """
    Surprisal of each row's true class in nats, (n,), from `logits`, the result of `linear_logits`, and
    `codes`.
    """
    if logits.shape[1] == 1:
        events = codes.astype(float)
        return np.asarray(sigmoid_cross_entropy.value(logits[:, 0], events, 1 - events, xp=np))
    return np.asarray(softmax_cross_entropy.value(logits, codes, xp=np))


def linear_log_probs(logits: Array) -> Array:
    """
    Logarithm of every class's probability in nats, (n, K), from the `logits` of a linear model, (n, M).

    M is 1 for two classes, the logit of the second, and K for more.
    """
    n, M = logits.shape
    out = np.empty((n, max(M, 2)))
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        if M > 1:
            out[rows] = log_softmax(logits[rows], xp=np)
            continue
        event, no_event = np.asarray(1.0), np.asarray(0.0)
        for k, masses in enumerate(((no_event, event), (event, no_event))):
            # 0 - x and not -x: a certain class has log-probability 0, not -0.
            out[rows, k] = 0 - sigmoid_cross_entropy.value(logits[rows, 0], *masses, xp=np)
    return out
