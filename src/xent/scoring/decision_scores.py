"""Scores of the decisions that predictions allow: ranking, squared error, precision, recall, thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.scoring.auc import auc
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.brier import brier_scores
from xent.scoring.estimate import Estimate
from xent.scoring.precision_recall import PrecisionRecall, precision_recall
from xent.scoring.predictions import Predictions
from xent.scoring.ranking import area_under_curve
from xent.scoring.thresholds import Threshold, threshold_table

__all__ = ["DecisionScores", "decision_scores"]

# A ranking of all rows for each class takes minutes beyond.
_MOST_AREAS = 100


@dataclass(frozen=True, slots=True)
class DecisionScores:
    """
    Scores of predictions besides their cross-entropy, by the weights of the rows.

    Parameters
    ----------
    commonest : str
        Class of the most weight among the training rows.
    commonest_error : float
        Share of the held-out rows that are not of this class: the error of always guessing it.
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


def decision_scores(predictions: Predictions, *, commonest: int) -> DecisionScores:
    """
    Scores of decisions on rows whose classes are known.

    Parameters
    ----------
    predictions : Predictions
        Checked predictions, with the weights and the independent units of the rows.
    commonest : int
        Class of the most weight among the training rows.
    """
    log_probs, codes, units = predictions.log_probs, predictions.codes, predictions.clusters
    two = len(predictions.classes) == 2
    return DecisionScores(
        commonest=predictions.classes[commonest],
        commonest_error=units.mean((codes != commonest).astype(float)),
        auc=_area(predictions),
        brier=bootstrap_mean(brier_scores(log_probs, codes), clusters=units, least=0.0),
        rates=precision_recall(predictions),
        thresholds=threshold_table(log_probs, codes, weights=predictions.weights) if two else (),
    )


def _area(predictions: Predictions) -> Estimate:
    """
    Area under the curve: of the second of two classes, else the mean of each class against the rest, each
    once.

    Areas are weighted. Only the former has an interval, over groups or rows; the ends of the latter are nan.
    Classes without positive or without negative rows of weight are left out of the mean; it is nan if all
    are, and for more than 100 classes.
    """
    log_probs, codes, weights = predictions.log_probs, predictions.codes, predictions.weights
    K = log_probs.shape[1]
    if K == 2:
        # Newcombe's interval takes rows as independent.
        grouped = predictions.clusters.grouped
        return area_under_curve(predictions) if grouped else auc(log_probs[:, 1], codes == 1, weights=weights)
    if K > _MOST_AREAS:
        return Estimate(math.nan, math.nan, math.nan)
    areas = [auc(log_probs[:, k], codes == k, weights=weights).value for k in range(K)]
    known = [area for area in areas if not math.isnan(area)]
    return Estimate(math.fsum(known) / len(known) if known else math.nan, math.nan, math.nan)
