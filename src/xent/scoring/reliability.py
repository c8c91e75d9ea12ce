"""Reliability of predicted probabilities: observed frequencies by bin, and the calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.scoring.judgement import ReliabilityBin
from xent.scoring.wilson import wilson_interval

__all__ = ["calibration_error", "reliability", "viewed"]

Array = NDArray[np.float64]

_BINS = 10


def viewed(log_probs: Array, codes: NDArray[np.integer[Any]]) -> tuple[Array, NDArray[np.bool_]]:
    """
    Probability that calibration looks at, (n,), and the event that it predicts, (n,), for each row.

    For two classes they are the probability of the second class and that it is true; for more those of the
    most probable class. Pooling all classes instead would shrink the error with their number, for most of
    their probabilities are near 0.
    """
    if log_probs.shape[1] == 2:
        return np.exp(log_probs[:, 1]), codes == 1
    top = log_probs.argmax(axis=1)
    return np.exp(log_probs[np.arange(len(top)), top]), top == codes


def reliability(
    log_probs: Array, codes: NDArray[np.integer[Any]], *, weights: Array | None = None
) -> tuple[ReliabilityBin, ...]:
    """
    Predicted probabilities in ten bins of equal width, each with the share that came true.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Log-probabilities. For K = 2 those of the second class are looked at; for more classes those of the
        most probable class of each row.
    codes : ndarray of shape (n,)
        True class of each row.
    weights : ndarray of shape (n,), optional
        Weight of each row; a bin's count is of its rows with weight, each once.

    Returns
    -------
    tuple of ReliabilityBin
        Bins by rising probability; bins without weight are left out.

    Notes
    -----
    Bins are closed on the right, and the first on the left too, so every probability falls in one. Intervals
    are Wilson's, with weights for Kish's effective number of rows.
    """
    probs, happened = viewed(log_probs, codes)
    edges = np.linspace(0, 1, _BINS + 1)
    # The exponential of a logarithm may be some units in the last place above the edge that it stands for.
    upper = edges * (1 + 8 * np.finfo(float).eps)
    place = np.clip(np.searchsorted(upper, probs, side="left") - 1, 0, _BINS - 1)
    w = np.ones(len(probs)) if weights is None else weights
    counts = np.bincount(place[w > 0], minlength=_BINS)
    mass = np.bincount(place, weights=w, minlength=_BINS)
    squares = np.bincount(place, weights=w * w, minlength=_BINS)
    sums = np.bincount(place, weights=w * probs, minlength=_BINS)
    hits = np.bincount(place, weights=w * happened, minlength=_BINS)
    return tuple(
        ReliabilityBin(
            float(edges[b]),
            float(edges[b + 1]),
            int(counts[b]),
            float(sums[b] / mass[b]),
            wilson_interval(hits[b] * mass[b] / squares[b], mass[b] ** 2 / squares[b]),
            float(mass[b] / mass.sum()),
        )
        for b in np.flatnonzero(mass)
    )


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Mean absolute difference of predicted and observed over `bins`, weighted by share; in [0, 1]."""
    return sum(b.share * abs(b.predicted - b.observed.value) for b in bins)
