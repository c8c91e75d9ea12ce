"""Calibration of predictions: errors with their definitions named, and an exact test without bins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.estimate import Estimate
from xent.scoring.hall_statistic import hall_statistic
from xent.scoring.judgement import ReliabilityBin
from xent.scoring.predictions import Predictions
from xent.scoring.reliability import viewed
from xent.scoring.row_scores import RowScores
from xent.scoring.smooth_calibration_error import smooth_calibration_error
from xent.scoring.wilson import wilson_interval

__all__ = [
    "BINS",
    "CalibrationScores",
    "CalibrationTest",
    "calibration_scores",
    "calibration_test",
    "equal_mass_bins",
]

Array = NDArray[np.float64]

BINS = 15
"""Number of bins of equal mass."""


@dataclass(frozen=True, slots=True)
class CalibrationTest:
    """
    Test of the hypothesis that outcomes are drawn from the forecasts.

    Parameters
    ----------
    excess : Estimate
        Mean loss minus the loss that the forecasts expect, in nats; positive for too confident forecasts.
    z : float
        Standardised sum of these differences.
    p_value : float
        Two-sided p-value; 0 if a forecast of probability 0 came true, nan if a single row
        or group has all the weight.
    """

    excess: Estimate
    z: float
    p_value: float


@dataclass(frozen=True, slots=True)
class CalibrationScores:
    """
    Calibration errors of the top label, or of the second of two classes, and of all classes.

    Parameters
    ----------
    view : str
        ``"top label"``, or ``"second class"`` for two classes.
    bins : tuple of ReliabilityBin
        Bins of equal mass, at most 15, closed on the right; equal forecasts share a bin.
    expected_error : float
        Expected calibration error: mean absolute difference of forecast and observed share over `bins`.
    chance_error : float
        Value of `expected_error` that calibrated forecasts of these rows would have on average.
    class_wise_error : float
        The same for every class against the rest, averaged over classes.
    debiased_squared : float
        Mean squared difference over `bins`, minus its bias; may be negative.
    smooth_error : float
        Smooth calibration error, which has no bins.
    overconfidence : Estimate
        Mean probability of the most probable class minus the share of rows where it is the true one.
    test : CalibrationTest
        Test without bins.
    """

    view: str
    bins: tuple[ReliabilityBin, ...]
    expected_error: float
    chance_error: float
    class_wise_error: float
    debiased_squared: float
    smooth_error: float
    overconfidence: Estimate
    test: CalibrationTest


def calibration_scores(predictions: Predictions, scores: RowScores) -> CalibrationScores:
    """
    All measures of the calibration of `predictions`, whose rows have `scores`, by the weights of the rows.

    Bins, at most 15 of equal mass, are of the probability of the second class if there are two classes, and
    else of the most probable class of each row; errors from them and the smooth error are of that
    probability. Overconfidence is of the most probable class always; its interval and the test are over the
    units.
    """
    weights = predictions.weights
    probs, happened = viewed(predictions.log_probs, predictions.codes)
    bins, widths = equal_mass_bins(probs, happened, weights)
    hits = scores.predicted == predictions.codes
    return CalibrationScores(
        view="second class" if len(predictions.classes) == 2 else "top label",
        bins=bins,
        expected_error=_mean_gap(bins, widths),
        chance_error=_chance_gap(probs, bins, widths, weights),
        class_wise_error=_class_wise(predictions),
        debiased_squared=_debiased(probs, happened, bins, widths, weights),
        smooth_error=smooth_calibration_error(probs, happened, weights),
        overconfidence=bootstrap_mean(scores.confidence - hits, clusters=predictions.clusters),
        test=calibration_test(predictions, scores),
    )


def calibration_test(predictions: Predictions, scores: RowScores) -> CalibrationTest:
    r"""
    Test of calibration by the sum of losses, exact in mean and variance for any number of classes.

    If outcomes are drawn from the forecasts, a row's loss has the forecast's entropy as its mean and a known
    variance, so :math:`Z = \sum_i (\ell_i - H_i) / \sqrt{\sum_i V_i}` is standard normal in large samples.
    Only over- and underconfidence on average move it. For groups or weights the variance is estimated from
    the units' sums, and Z, corrected for their skewness, has Student's t distribution with :math:`(\sum_g
    W_g^2)^2 / \sum_g W_g^4 - 1` degrees of freedom, G - 1 for G units of equal weight. A single unit has no
    spread, and no test: Z and the p-value are nan. After an infinite loss, Z is infinite and the p-value 0;
    so too, with the sign of the sum, if the variance is 0 but for rounding and the sum is not, while for a
    sum of 0 they are 0 and 1.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (1986). Probabilistic prediction in patient management and clinical trials.
       Stat. Med. 5, 421-433; there for the Brier score.
    """
    clusters, freedom = predictions.clusters, math.inf
    excess = scores.losses - scores.expected
    found = bootstrap_mean(excess, clusters=clusters)
    if math.isinf(found.value):
        return CalibrationTest(found, math.inf, 0.0)
    if predictions.weights is None and not clusters.grouped:
        total, variance = float(excess.sum()), float(scores.variance.sum())
    else:
        sums = clusters.sums(excess)
        residuals = sums - found.value * clusters.mass
        freedom = clusters.freedom
        total, variance = float(sums.sum()), clusters.variance(residuals)
        if math.isnan(variance):
            return CalibrationTest(found, math.nan, math.nan)
    # Losses equal to their expectation, as of uniform forecasts, differ from it by rounding.
    rounding = 8 * np.finfo(float).eps * float(clusters.sums(scores.losses).sum())
    if math.sqrt(variance) <= rounding:
        is_nothing = abs(total) <= rounding
        return CalibrationTest(
            found, 0.0 if is_nothing else math.copysign(math.inf, total), 1.0 if is_nothing else 0.0
        )
    z = total / math.sqrt(variance)
    if not math.isinf(freedom):
        z = hall_statistic(z, residuals)
    return CalibrationTest(found, z, 2 * _lower_tail(-abs(z), freedom))


def _lower_tail(z: float, freedom: float) -> float:
    """Share of Student's t distribution below `z`; of the normal one for infinite `freedom`."""
    return NormalDist().cdf(z) if math.isinf(freedom) else float(stdtr(freedom, z))


def equal_mass_bins(
    probs: Array, happened: NDArray[np.bool_], weights: Array | None = None, bins: int = BINS
) -> tuple[tuple[ReliabilityBin, ...], Array]:
    """
    Bins of `probs`, (n,), of about equal mass, at most `bins`, by rising probability, and the share of each.

    The shares, (number of bins,), are of all weight and sum to 1. Equal probabilities share a bin, so that
    there may be fewer; bins without weight are left out. A bin is open below and closed above, but for the
    first, which holds 0. Its count is of rows with weight, its interval Wilson's for Kish's effective number
    of them. `happened`, (n,), is True for each row whose event occurred; `weights`, (n,), of None are 1.
    """
    w = np.ones(len(probs)) if weights is None else weights
    edges = _edges(probs, w, bins)
    place = np.searchsorted(edges, probs, side="left")
    counts = np.bincount(place, weights=w > 0, minlength=len(edges) + 1)
    of = [
        np.bincount(place, weights=each, minlength=len(edges) + 1)
        for each in (w, w * w, w * probs, w * happened)
    ]
    lows, highs = np.append(0.0, edges), np.append(edges, 1.0)
    total, squares, sums, hits = of
    found = tuple(
        ReliabilityBin(
            float(lows[b]),
            float(highs[b]),
            int(counts[b]),
            float(sums[b] / total[b]),
            wilson_interval(hits[b] * total[b] / squares[b], total[b] ** 2 / squares[b]),
            float(total[b] / total.sum()),
        )
        for b in np.flatnonzero(total)
    )
    return found, total[total > 0] / total.sum()


def _edges(probs: Array, weights: Array, bins: int) -> Array:
    """
    Distinct inner edges, rising, of bins of about equal mass: the last probability of each bin but the last.

    `probs` and `weights` have shape (n,), n > 0. There are at most ``bins - 1`` and, for more than one bin,
    at least one; a single row gives its own probability. The largest of `probs` may be an edge; the bin above
    it is then empty.
    """
    n = len(probs)
    if weights.min() == weights.max():
        # The larger bins first, as numpy.array_split deals them.
        sizes = np.full(bins, n // bins) + (np.arange(bins) < n % bins)
        last = np.cumsum(sizes)[:-1] - 1
        last = np.unique(last[last >= 0])
        return np.unique(np.partition(probs, last)[last])
    order = np.argsort(probs, kind="stable")
    mass = np.cumsum(weights[order])
    return np.unique(probs[order[np.searchsorted(mass, mass[-1] * np.arange(1, bins) / bins)]])


def _mean_gap(bins: tuple[ReliabilityBin, ...], widths: Array) -> float:
    """Mean absolute difference of predicted and observed over `bins`, weighted by `widths`, (bins,)."""
    return float(sum(s * abs(b.predicted - b.observed.value) for b, s in zip(bins, widths, strict=True)))


def _chance_gap(
    probs: Array, bins: tuple[ReliabilityBin, ...], widths: Array, weights: Array | None
) -> float:
    """
    Expected calibration error that calibrated forecasts would have by chance in the same `bins`.

    It is the mean, weighted by `widths`, (bins,), the shares of the bins, of the absolute value of a normal
    number with the variance of each bin's observed share, if rows of forecasts `probs` and `weights`, (n,),
    are independent. `weights` of None are 1.
    """
    place = _places(probs, bins)
    w = np.ones(len(probs)) if weights is None else weights
    variances = np.bincount(place, weights=w * w * probs * (1 - probs), minlength=len(bins))
    # Every bin has weight: those without were left out.
    spread = np.sqrt(variances) / np.bincount(place, weights=w, minlength=len(bins))
    return float(widths @ spread * math.sqrt(2 / math.pi))


def _debiased(
    probs: Array,
    happened: NDArray[np.bool_],
    bins: tuple[ReliabilityBin, ...],
    widths: Array,
    weights: Array | None,
) -> float:
    r"""
    Sum over `bins` of at least two rows of weight of `widths` times the squared error less its bias.

    `widths`, (bins,), are the shares of all bins in the weight and are not scaled again: a bin of one row of
    weight counts 0. The error of a bin is its mean forecast less its observed share; the sum may be negative.
    The bias of a bin is the variance of its observed share o, if rows of forecasts `probs` and `weights`,
    (n,), with the outcomes `happened`, (n,), are independent: with shares :math:`v_i` of the rows in the
    weight of the bin,

    .. math::

        \sum_i v_i^2 (y_i - o)^2 \, \frac{\sum_i v_i^2}{\sum_i v_i^2 (1 - 2 v_i + \sum_j v_j^2)},

    whose mean is that variance for equal forecasts, also if weights depend on the class; without weights it
    is o (1 - o) / (n - 1) of n rows [1]_ [2]_. `weights` of None are 1.

    References
    ----------
    .. [1] Bröcker, J. (2012). Estimating reliability and resolution of probability forecasts through
       decomposition of the empirical score. Clim. Dyn. 39, 655-667.
    .. [2] Kumar, A., Liang, P. and Ma, T. (2019). Verified uncertainty calibration. NeurIPS 32.
    """
    place, w = _places(probs, bins), np.ones(len(probs)) if weights is None else weights
    shares = w / np.bincount(place, weights=w, minlength=len(bins))[place]
    observed = np.asarray([b.observed.value for b in bins])
    gaps = np.asarray([b.predicted for b in bins]) - observed
    squares = np.bincount(place, weights=shares**2, minlength=len(bins))
    spread = np.bincount(place, weights=(shares * (happened - observed[place])) ** 2, minlength=len(bins))
    left = np.bincount(place, weights=shares**2 * (1 - 2 * shares + squares[place]), minlength=len(bins))
    # Rounding can leave nothing beside a row of nearly all weight.
    kept = (np.asarray([b.count for b in bins]) > 1) & (left > 0)
    return float(widths[kept] @ (gaps[kept] ** 2 - spread[kept] * squares[kept] / left[kept]))


def _places(probs: Array, bins: tuple[ReliabilityBin, ...]) -> NDArray[np.int64]:
    """Number of the bin of each of `probs`, (n,); any for a row outside all bins, which has no weight."""
    highs = np.asarray([b.high for b in bins])
    return np.minimum(np.searchsorted(highs, probs, side="left"), len(bins) - 1)


def _class_wise(predictions: Predictions) -> float:
    """
    Mean over classes, each counting once, of the expected calibration error of each class against the rest.

    That is the mean absolute difference of forecast and observed share, by weight, in at most 15 bins of
    equal mass.
    """
    gaps = []
    for k in range(len(predictions.classes)):
        probs = np.exp(predictions.log_probs[:, k])
        gaps.append(_mean_gap(*equal_mass_bins(probs, predictions.codes == k, predictions.weights)))
    return float(np.mean(gaps))
