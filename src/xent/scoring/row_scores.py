"""Scores of each row of predictions, computed in one pass over blocks of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.scoring.checked_codes import checked_codes

__all__ = ["RowScores", "losses_of", "row_scores", "squared_losses_of"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Ints = NDArray[np.int32]

# Entries of a block: temporaries stay in the cache, and memory stays far below that of the predictions.
_BLOCK = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class RowScores:
    r"""
    Scores of n rows; natural logarithms.

    Parameters
    ----------
    losses : ndarray of shape (n,)
        Log loss :math:`-\log p_y`.
    squared : ndarray of shape (n,)
        Brier score :math:`\sum_k (p_k - [k = y])^2`, summed over classes.
    expected : ndarray of shape (n,)
        Entropy of the forecast :math:`-\sum_k p_k \log p_k`: its expected log loss if it is true.
    variance : ndarray of shape (n,)
        Variance of the log loss if the forecast is true.
    predicted : ndarray of shape (n,)
        Most probable class, the first of equal ones.
    confidence : ndarray of shape (n,)
        Probability of the most probable class.
    rank : ndarray of shape (n,)
        Number of classes more probable than the true one; of equal ones, earlier classes go first.
    """

    losses: Array
    squared: Array
    expected: Array
    variance: Array
    predicted: Ints
    confidence: Array
    rank: Ints


def row_scores(log_probs: Array, codes: Codes) -> RowScores:
    """
    Scores of each row of predictions, losses in nats.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Log-probabilities in float64. They are not checked: `checked_predictions` refuses nan, entries above
        1e-5 and rows that do not sum to 1.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.

    Raises
    ------
    DTypeError
        If `codes` are not integers.
    ShapeError
        If `codes` does not have one entry for each row.
    DomainError
        If one of `codes` is out of range or masked.
    """
    n, K = log_probs.shape
    codes = checked_codes(codes, n, K, caller="row_scores")
    floats = np.empty((5, n))
    whole = np.empty((2, n), dtype=np.int32)
    step = max(1, _BLOCK // K)
    for start in range(0, n, step):
        block = slice(start, start + step)
        _fill(log_probs[block], codes[block], floats[:, block], whole[:, block])
    losses, squared, expected, variance, confidence = floats
    return RowScores(losses, squared, expected, variance, whole[0], confidence, whole[1])


def losses_of(log_probs: Array, codes: Codes) -> Array:
    """Log loss of each row in nats, (n,), from log-probabilities (n, K) and true classes (n,)."""
    return np.asarray(0 - log_probs[np.arange(len(codes)), codes])


def squared_losses_of(log_probs: Array, codes: Codes) -> Array:
    """
    Brier score of each row, (n,), summed over classes, from log-probabilities (n, K) and true classes
    (n,).
    """
    return _squared(np.exp(log_probs), log_probs[np.arange(len(codes)), codes], codes)


def _squared(probs: Array, true: Array, codes: Codes) -> Array:
    """
    Brier score of each row, (n,), from `probs`, (n, K), which are overwritten.

    `true`, (n,), is the log-probability of the true class of `codes`.
    """
    # The squares of the others and (1 - p)^2 are added: nothing cancels for p near 1.
    probs[np.arange(len(codes)), codes] = np.expm1(true)
    return np.asarray(np.einsum("ij,ij->i", probs, probs))


def _fill(log_probs: Array, codes: Codes, floats: Array, whole: Ints) -> None:
    """
    Write the scores of one block of m rows to `floats`, (5, m), and `whole`, (2, m), in which each row is one
    score.

    `floats` has, in this order, the log loss in nats, the Brier score summed over classes, entropy and
    variance of the loss under the forecast, and the largest probability; `whole` has the most probable class
    and the number of classes more probable than the true one. Of equal classes the earlier goes first.
    `log_probs`, (m, K), may hold -inf.
    """
    places = np.arange(len(codes))
    true = log_probs[places, codes]
    predicted = log_probs.argmax(axis=1)
    probs = np.exp(log_probs)
    # 0 log 0 = 0: the logarithm of a probability that is 0, also by underflow, is multiplied by 0.
    logs = np.where(probs > 0, log_probs, 0.0)
    weighted = probs * logs
    expected = 0 - weighted.sum(axis=1)
    floats[0] = 0 - true
    floats[2] = expected
    # Around the mean, not as a difference of moments, so that a certain forecast has variance 0.
    floats[3] = np.einsum("ij,ij->i", probs, (logs + expected[:, None]) ** 2)
    floats[4] = probs[places, predicted]
    floats[1] = _squared(probs, true, codes)
    whole[0] = predicted
    before = (log_probs == true[:, None]) & (np.arange(log_probs.shape[1]) < codes[:, None])
    whole[1] = ((log_probs > true[:, None]) | before).sum(axis=1)
