"""Judgement of predicted log-probabilities against true classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.formulas.measures import entropy
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.judgement import ClassShare, Judgement, SurprisingRow
from xent.scoring.predictions import Predictions, checked_predictions
from xent.scoring.reliability import calibration_error, reliability
from xent.scoring.shares import share_of_rows

__all__ = ["judge", "judgement_of"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_SURPRISING = 10


def judge(
    log_probs: Array,
    codes: Codes,
    *,
    classes: Sequence[str],
    rows: Codes | None = None,
    sample_weight: Array | None = None,
    groups: Codes | None = None,
) -> Judgement:
    """
    Judgement of predictions on rows whose classes are known, losses in nats.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Logarithm of every class's predicted probability; ``-inf`` where it is 0, which gives the loss ``inf``
        on a row of that class. Nothing is clipped.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    classes : sequence of str
        Names of the K classes.
    rows : ndarray of shape (n,), optional
        Row numbers to report; default 0 .. n-1.
    sample_weight : ndarray of shape (n,), optional
        Weight of each row in every mean and share, finite and >= 0; default 1. Counts of rows and the
        confusion matrix are unweighted.
    groups : ndarray of shape (n,), optional
        Group of each row, a whole number; rows of one group are not independent, and intervals draw whole
        groups.

    Returns
    -------
    Judgement
        Mean loss and error rate with 95 % intervals, losses by class, ten rows of highest loss, and
        calibration.

    Raises
    ------
    DTypeError
        If `log_probs` or weights are not real numbers, or are a tensor of PyTorch that requires gradients, or
        `codes` or `groups` are not integers.
    ShapeError
        If `log_probs` does not have two axes, `classes` not one name for each column, or `codes`, `rows`,
        `sample_weight` or `groups` not one entry for each row, or there is no row or column.
    DomainError
        If `log_probs` holds nan, an entry above 1e-5 (a smaller one counts as 0) or a row whose probabilities
        do not sum to 1 within 1e-5; if one of `codes` is out of range, an entry is masked, a weight is
        negative or not finite, all are 0, or several rows are all of one group.
    """
    checked = checked_predictions(
        log_probs,
        codes,
        classes=classes,
        rows=rows,
        sample_weight=sample_weight,
        groups=groups,
        caller="judge",
    )
    return judgement_of(checked)


def judgement_of(predictions: Predictions) -> Judgement:
    """
    Judgement of checked predictions, losses in nats: means and shares by weight, counts of rows without.

    Means have 95 % intervals over the units. The confusion matrix, true class by row, counts each row once,
    the predicted class being the first of equal ones; the prior entropy is that of the class shares by
    weight. Shown are the ten rows of highest loss that have weight.
    """
    log_probs, codes, weights = predictions.log_probs, predictions.codes, predictions.weights
    n, K = log_probs.shape
    surprisals, predicted = predictions.losses, predictions.predicted
    mass = np.bincount(codes, weights=weights, minlength=K)
    bins = reliability(log_probs, codes, weights=weights)
    confusion = np.bincount(codes * K + predicted, minlength=K * K).reshape(K, K)
    return Judgement(
        rows=n,
        cross_entropy=bootstrap_mean(surprisals, clusters=predictions.clusters, least=0.0),
        prior_entropy=float(entropy.value(mass / mass.sum(), xp=np)),
        error=share_of_rows(predicted != codes, predictions.clusters),
        classes=_class_shares(predictions, surprisals, predicted),
        surprising=tuple(
            _surprising_row(predictions, i, int(predicted[i])) for i in _surprising_places(predictions)
        ),
        confusion=tuple(tuple(line) for line in confusion.tolist()),
        reliability=bins,
        calibration_error=calibration_error(bins),
    )


def _surprising_places(predictions: Predictions) -> Codes:
    """
    Places of the ten rows of highest loss among those of positive weight, highest first; all if they are
    fewer.
    """
    if predictions.weights is None:
        return _largest(predictions.losses, _SURPRISING)
    read = np.flatnonzero(predictions.weights > 0)
    return np.asarray(read[_largest(predictions.losses[read], _SURPRISING)])


def _largest(values: Array, count: int) -> Codes:
    """
    Places of the `count` largest `values`, (n,), largest first, earlier places first among equal ones.

    There are all places if there are fewer; nan is not allowed for.
    """
    if len(values) > 4 * count:
        # A stable sort of all rows would take longer than all other scores together.
        bound = np.partition(values, len(values) - count)[len(values) - count]
        above = np.flatnonzero(values > bound)
        equal = np.flatnonzero(values == bound)[: count - len(above)]
        places = np.sort(np.concatenate([above, equal]))
    else:
        places = np.arange(len(values))
    return np.asarray(places[np.argsort(-values[places], kind="stable")][:count])


def _class_shares(predictions: Predictions, surprisals: Array, predicted: Codes) -> tuple[ClassShare, ...]:
    """
    Weighted mean loss and error rate of each class's rows, in the order of the classes; nan without weight.

    `surprisals`, (n,), are losses in nats, `predicted`, (n,), the most probable classes. A class's share is
    that of its weighted loss in that of all rows, 0 without weight; all shares are nan if the loss of all
    rows is 0 or infinite. Rows are counted whatever their weight.
    """
    codes, classes = predictions.codes, predictions.classes
    weights = np.ones(len(codes)) if predictions.weights is None else predictions.weights
    losses = np.where(weights > 0, surprisals, 0.0) * weights
    sums = np.bincount(codes, weights=losses, minlength=len(classes))
    wrong = np.bincount(codes, weights=weights * (predicted != codes), minlength=len(classes))
    mass = np.bincount(codes, weights=weights, minlength=len(classes))
    counts = np.bincount(codes, minlength=len(classes))
    total = sums.sum()
    return tuple(
        ClassShare(
            label=name,
            rows=int(counts[k]),
            cross_entropy=float(sums[k] / mass[k]) if mass[k] else math.nan,
            share=float(sums[k] / total) if 0 < total < math.inf else math.nan,
            error=float(wrong[k] / mass[k]) if mass[k] else math.nan,
        )
        for k, name in enumerate(classes)
    )


def _surprising_row(predictions: Predictions, place: int, predicted: int) -> SurprisingRow:
    """
    Description of the row at `place`, whose most probable class is `predicted`, with its surprisal in
    bits.
    """
    log_probs, code = predictions.log_probs[place], predictions.codes[place]
    return SurprisingRow(
        row=int(predictions.rows[place]),
        label=predictions.classes[code],
        predicted=predictions.classes[predicted],
        probability=float(np.exp(log_probs[code])),
        predicted_probability=float(np.exp(log_probs[predicted])),
        surprisal=float((0 - log_probs[code]) / math.log(2)),
    )
