"""Judgement of predicted log-probabilities against true classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import DomainError, DTypeError, ShapeError
from xent.formulas.measures import entropy
from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.judgement import ClassShare, Judgement, SurprisingRow
from xent.scoring.reliability import calibration_error, reliability
from xent.scoring.wilson import wilson_interval

__all__ = ["judge"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_SURPRISING = 10


def judge(log_probs: Array, codes: Codes, *, classes: Sequence[str], rows: Codes | None = None) -> Judgement:
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

    Returns
    -------
    Judgement
        Mean loss and error rate with 95 % intervals, losses by class, ten rows of highest loss, and
        calibration.

    Raises
    ------
    DTypeError
        If `codes` are not integers.
    ShapeError
        If `classes` does not have one name for each column, or `codes` one entry for each row.
    DomainError
        If one of `codes` is out of range, or an entry is masked.
    """
    log_probs, codes = _checked(log_probs, codes, classes)
    n, K = log_probs.shape
    rows = np.arange(n) if rows is None else rows
    surprisals = 0 - log_probs[np.arange(n), codes]
    predicted = log_probs.argmax(axis=1)
    counts = np.bincount(codes, minlength=K)
    bins = reliability(np.exp(log_probs), codes)
    confusion = np.bincount(codes * K + predicted, minlength=K * K).reshape(K, K)
    return Judgement(
        rows=n,
        cross_entropy=bootstrap_mean(surprisals),
        prior_entropy=float(entropy.value(counts / n, xp=np)),
        error=wilson_interval(int(np.sum(predicted != codes)), n),
        classes=_class_shares(surprisals, codes, confusion, classes),
        surprising=tuple(
            _surprising_row(int(rows[i]), log_probs[i], codes[i], predicted[i], classes)
            for i in np.argsort(-surprisals, kind="stable")[:_SURPRISING]
        ),
        confusion=tuple(tuple(line) for line in confusion.tolist()),
        reliability=bins,
        calibration_error=calibration_error(bins),
    )


def _checked(log_probs: Array, codes: Codes, classes: Sequence[str]) -> tuple[Array, NDArray[np.int64]]:
    """`log_probs` and `codes` as NumPy arrays; raises if `classes` or `codes` does not fit `log_probs`."""
    log_probs = numpy_array(log_probs, caller="judge", argument="log_probs")
    codes = numpy_array(codes, caller="judge", argument="codes")
    if codes.dtype.kind not in "iu":
        raise DTypeError("judge", "codes", "be integers", got=str(codes.dtype))
    n, K = log_probs.shape
    if len(classes) != K:
        rule = f"name each of the {K} columns of `log_probs`, in their order"
        raise ShapeError("judge", "classes", rule, got=f"{len(classes)} names")
    if codes.shape != (n,):
        raise ShapeError("judge", "codes", f"have shape {(n,)}, one for each row", got=f"{codes.shape}")
    wrong = np.flatnonzero((codes < 0) | (codes >= K))
    if len(wrong):
        first = int(wrong[0])
        got, index = f"{codes[first]}", (first,)
        raise DomainError("judge", "codes", f"lie in 0..{K - 1}", got=got, index=index)
    # A cell of the table of confusions is code times K, which 8 bits do not hold.
    return log_probs, codes.astype(np.int64)


def _class_shares(
    surprisals: Array, codes: Codes, confusion: Codes, classes: Sequence[str]
) -> tuple[ClassShare, ...]:
    """Loss and error rate of each class; nan for a class without rows."""
    sums = np.bincount(codes, weights=surprisals, minlength=len(classes))
    counts = confusion.sum(axis=1)
    total = sums.sum()
    return tuple(
        ClassShare(
            label=name,
            rows=int(counts[k]),
            cross_entropy=float(sums[k] / counts[k]) if counts[k] else math.nan,
            share=float(sums[k] / total) if 0 < total < math.inf else math.nan,
            error=float(1 - confusion[k, k] / counts[k]) if counts[k] else math.nan,
        )
        for k, name in enumerate(classes)
    )


def _surprising_row(
    row: int, log_probs: Array, code: int, predicted: int, classes: Sequence[str]
) -> SurprisingRow:
    """Description of one row, with its surprisal in bits."""
    return SurprisingRow(
        row=row,
        label=classes[code],
        predicted=classes[predicted],
        probability=float(np.exp(log_probs[code])),
        predicted_probability=float(np.exp(log_probs[predicted])),
        surprisal=float((0 - log_probs[code]) / math.log(2)),
    )
