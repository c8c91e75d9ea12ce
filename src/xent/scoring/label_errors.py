"""Likely label errors by confident learning, from out-of-sample probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.scoring.estimate import Estimate
from xent.scoring.predictions import Predictions
from xent.scoring.shares import share_of_rows

__all__ = ["LabelErrors", "SuspectRow", "label_errors"]

Array = NDArray[np.float64]

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """
    Row whose label is likely wrong.

    Parameters
    ----------
    row : int
        Row number.
    label, suggested : str
        Given class, and the one that the model is confident of.
    probability, suggested_probability : float
        Their probabilities.
    """

    row: int
    label: str
    suggested: str
    probability: float
    suggested_probability: float


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """
    Rows that confident learning counts for another class than the given one.

    Parameters
    ----------
    count : int
        Number of such rows.
    share : Estimate
        Their share of all rows, for these thresholds.
    rows : tuple of SuspectRow
        The first 50, by descending margin between the suggested and the given class.
    """

    count: int
    share: Estimate
    rows: tuple[SuspectRow, ...]


def label_errors(predictions: Predictions, log_probs: Array | None = None) -> LabelErrors:
    r"""
    Likely label errors among the rows of `predictions`.

    Parameters
    ----------
    predictions : Predictions
        Predictions of rows that the model was not trained on.
    log_probs : ndarray of shape (n, K), optional
        Recalibrated log-probabilities to use instead, because confident learning needs calibrated ones.

    Returns
    -------
    LabelErrors
        Number and share of the rows, and the 50 whose suggested class is the most above the label in
        probability, the largest difference first.

    Notes
    -----
    **Definition.** The threshold :math:`t_j` of a class is the weighted mean of its probability over the rows
    that are labelled so; a class that labels no row of weight has none, and is not suggested. A row counts
    for the most probable class among those with :math:`p_j \ge t_j`, if any; it is a likely error if that is
    not its label. The number counts rows, those of weight 0 too, the share their weights.

    References
    ----------
    .. [1] Northcutt, C. G., Jiang, L. and Chuang, I. L. (2021). Confident learning: estimating uncertainty in
       dataset labels. J. Artif. Intell. Res. 70, 1373-1411.
    """
    codes, weights = predictions.codes, predictions.weights
    probs = np.exp(predictions.log_probs if log_probs is None else log_probs)
    places, K = np.arange(len(codes)), probs.shape[1]
    own = probs[places, codes]
    mass = np.bincount(codes, weights=weights, minlength=K)
    total = np.bincount(codes, weights=own if weights is None else own * weights, minlength=K)
    # No row is labelled with an unseen class, so nothing is known about its threshold.
    threshold = np.divide(total, mass, out=np.full(K, np.inf), where=mass > 0)
    confident = np.where(probs >= threshold, probs, -1.0)
    suggested = confident.argmax(axis=1)
    suspect = (confident[places, suggested] >= 0) & (suggested != codes)
    margin = np.where(suspect, probs[places, suggested] - own, -np.inf)
    order = np.argsort(-margin, kind="stable")[: min(_SHOWN, int(suspect.sum()))]
    names = predictions.classes
    return LabelErrors(
        int(suspect.sum()),
        share_of_rows(suspect, predictions.clusters),
        tuple(
            SuspectRow(
                int(predictions.rows[i]),
                names[codes[i]],
                names[suggested[i]],
                float(own[i]),
                float(probs[i, suggested[i]]),
            )
            for i in order
        ),
    )
