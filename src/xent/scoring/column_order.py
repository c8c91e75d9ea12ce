"""Suspicion that the columns of predictions are in another order than the classes."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment

from xent.scoring.predictions import Predictions

__all__ = ["suspected_order"]

_MOST_CLASSES = 2_000


def suspected_order(predictions: Predictions) -> tuple[int, ...] | None:
    """
    Number of the class that each column seems to stand for, in the order of the columns, or None if they seem
    to be in order.

    An order is suspected if the accuracy, without weights, is below that of guessing the commonest class by
    more than five of its standard errors, but a permutation of the columns lifts it above by as many. With
    many classes and few rows chance alone finds such a permutation, so there must be at least ten times as
    many rows as classes, and at most 2,000 classes: otherwise the result is None.
    """
    K, n = len(predictions.classes), len(predictions.codes)
    if K > _MOST_CLASSES or n < 10 * K:
        return None
    table = np.bincount(predictions.predicted * K + predictions.codes, minlength=K * K).reshape(K, K)
    accuracy, chance = np.trace(table) / n, table.sum(axis=0).max() / n
    reach = 5 * math.sqrt(max(chance * (1 - chance), 1 / n) / n)
    if accuracy > chance - reach:
        return None
    columns, classes = linear_sum_assignment(-table)
    if table[columns, classes].sum() / n < chance + reach:
        return None
    return tuple(int(k) for k in classes)
