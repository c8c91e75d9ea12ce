"""Scores of the decisions that predictions allow: ranking, squared error, precision, recall, thresholds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.scoring.auc import auc
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.brier import brier_scores
from xent.scoring.estimate import Estimate
from xent.scoring.precision_recall import PrecisionRecall, precision_recall
from xent.scoring.thresholds import Threshold, threshold_table

__all__ = ["DecisionScores", "decision_scores"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

# A ranking of all rows for each class takes minutes beyond.
_MOST_AREAS = 100


@dataclass(frozen=True, slots=True)
class DecisionScores:
    """
    Scores of predictions besides their cross-entropy.

    Parameters
    ----------
    commonest : str
        Most frequent class of the training rows.
    commonest_error : float
        Share of the rows that are not of this class: the error of always guessing it.
    auc : Estimate
        Area under the curve for the second of two classes; for more classes the mean over classes of the area
        of each class against all others, with an interval of nan. Nan if no class has both kinds of rows,
        and for more than 100 classes.
    brier : Estimate
        Mean Brier score (see `brier_scores`), with a bootstrap interval.
    rates : tuple of PrecisionRecall
        Each class, in the order of the model's classes.
    thresholds : tuple of Threshold
        Outcomes by threshold for two classes; empty for more.
    """

    commonest: str
    commonest_error: float
    auc: Estimate
    brier: Estimate
    rates: tuple[PrecisionRecall, ...]
    thresholds: tuple[Threshold, ...]


def decision_scores(
    log_probs: Array, codes: Codes, *, classes: Sequence[str], commonest: int, confusion: Any
) -> DecisionScores:
    """
    Scores of decisions on rows whose classes are known.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Logarithm of every class's predicted probability.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    classes : sequence of str
        Names of the K classes.
    commonest : int
        Most frequent class of the training rows.
    confusion : sequence of sequence of int
        Counts by true class (outer) and predicted class (inner).
    """
    return DecisionScores(
        commonest=classes[commonest],
        commonest_error=float(np.mean(codes != commonest)),
        auc=_area(log_probs, codes),
        brier=bootstrap_mean(brier_scores(log_probs, codes)),
        rates=precision_recall(confusion, classes),
        thresholds=threshold_table(log_probs, codes) if len(classes) == 2 else (),
    )


def _area(log_probs: Array, codes: Codes) -> Estimate:
    K = log_probs.shape[1]
    if K == 2:
        return auc(log_probs[:, 1], codes == 1)
    if K > _MOST_AREAS:
        return Estimate(math.nan, math.nan, math.nan)
    areas = [auc(log_probs[:, k], codes == k).value for k in range(K)]
    known = [area for area in areas if not math.isnan(area)]
    return Estimate(math.fsum(known) / len(known) if known else math.nan, math.nan, math.nan)
