"""Reliability of predicted probabilities: observed frequencies by bin, and the calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.scoring.judgement import ReliabilityBin
from xent.scoring.wilson import wilson_interval

__all__ = ["calibration_error", "reliability"]

Array = NDArray[np.float64]

_BINS = 10


def reliability(probs: Array, codes: NDArray[np.integer[Any]]) -> tuple[ReliabilityBin, ...]:
    """
    Predicted probabilities in ten bins of equal width, each with the share that came true.

    Parameters
    ----------
    probs : ndarray of shape (n, K)
        Predicted probabilities. For K = 2 only those of the second class are used, because those of the first
        are their complements; for more classes all are pooled.
    codes : ndarray of shape (n,)
        True class of each row.

    Returns
    -------
    tuple of ReliabilityBin
        Bins by rising probability; empty bins are left out.

    Notes
    -----
    Bins are closed on the right, and the first on the left too, so every probability falls in one.
    Intervals are Wilson's; for K > 2 they treat the K predictions of one row as independent, which makes
    them a little too narrow.
    """
    happened = codes[:, None] == np.arange(probs.shape[1])
    if probs.shape[1] == 2:
        probs, happened = probs[:, 1:], happened[:, 1:]
    edges = np.linspace(0, 1, _BINS + 1)
    place = np.clip(np.searchsorted(edges, probs.ravel(), side="left") - 1, 0, _BINS - 1)
    counts = np.bincount(place, minlength=_BINS)
    sums = np.bincount(place, weights=probs.ravel(), minlength=_BINS)
    hits = np.bincount(place, weights=happened.ravel(), minlength=_BINS)
    return tuple(
        ReliabilityBin(
            float(edges[b]),
            float(edges[b + 1]),
            int(counts[b]),
            float(sums[b] / counts[b]),
            wilson_interval(int(hits[b]), int(counts[b])),
        )
        for b in np.flatnonzero(counts)
    )


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Mean absolute difference of predicted and observed over `bins`, weighted by count; in [0, 1]."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.predicted - b.observed.value) for b in bins) / total
