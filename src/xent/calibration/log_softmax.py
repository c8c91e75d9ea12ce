"""Log-probabilities of logits, and mixtures of log-probabilities with the uniform distribution."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xent.scoring.spaces import log_normaliser

__all__ = ["log_odds", "log_softmax", "mixed_with_uniform"]

Array = NDArray[np.float64]


def log_softmax(logits: Array) -> Array:
    """Log-probabilities in nats of logits of shape (n, K), in which each row has a finite largest entry."""
    return np.asarray(np.minimum(logits - log_normaliser(logits)[:, None], 0.0))


def mixed_with_uniform(log_probs: Array, share: float) -> Array:
    """
    Logarithm of ``(1 - share) p + share / K``, (n, K), of log-probabilities of that shape; 0 <= share < 1.

    It is finite for a share above 0; for 0 it is `log_probs` itself.
    """
    if share == 0:
        return log_probs
    floor = math.log(share / log_probs.shape[1])
    return np.asarray(np.logaddexp(log_probs + math.log1p(-share), floor))


def log_odds(log_probs: Array, k: int) -> Array:
    """
    Log-odds of class `k` against all others, of shape (n,), from log-probabilities of shape (n, K).

    Of two classes they are the difference of both columns. They are ``inf`` where the class has probability
    1, and ``-inf`` where it has probability 0.
    """
    own = log_probs[:, k]
    if log_probs.shape[1] == 2:
        rest = log_probs[:, 1 - k]
    else:
        with np.errstate(divide="ignore"):
            rest = np.log(-np.expm1(own))
    return np.asarray(own - rest)
