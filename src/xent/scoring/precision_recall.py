"""Precision and recall of each class, with Wilson intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xent.scoring.estimate import Estimate
from xent.scoring.predictions import Predictions
from xent.scoring.shares import share_of_part

__all__ = ["PrecisionRecall", "precision_recall"]


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """
    Precision and recall of one class.

    Parameters
    ----------
    label : str
        Name of the class.
    precision : Estimate
        Share of the rows predicted to be of the class that are; the value is nan if there are none.
    recall : Estimate
        Share of the rows of the class that are predicted to be; the value is nan if there are none.
    """

    label: str
    precision: Estimate
    recall: Estimate


def precision_recall(predictions: Predictions) -> tuple[PrecisionRecall, ...]:
    """
    Precision and recall of each class, in the order of the classes, by the weights of the rows.

    The predicted class is the most probable, the first of equal ones. Intervals, of 95 %, are Wilson's, for
    groups or weights at the number of independent rows with the same variance. The value is nan and the
    interval [0, 1] for the precision of a class that is never predicted, and the recall of one that has no
    row, in rows of weight.
    """
    codes, predicted, classes = predictions.codes, predictions.predicted, predictions.classes
    K = len(classes)
    right = codes == predicted
    edges = np.arange(1, K)
    parts = []
    for each in (predicted, codes):
        order = np.argsort(each, kind="stable")
        parts.append(np.split(order, np.searchsorted(each[order], edges)))
    return tuple(
        PrecisionRecall(label, *(share_of_part(right[of[k]], of[k], predictions.clusters) for of in parts))
        for k, label in enumerate(classes)
    )
