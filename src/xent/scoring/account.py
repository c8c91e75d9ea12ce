r"""
Account of a proper score: score = uncertainty - resolution + miscalibration, an interval on every term.

With :math:`q(x) = P(Y \mid p(x))`, the score of the forecasts p is that of the base rates, minus the
divergence of q from them (resolution), plus that of p from q (miscalibration). A recalibration map g stands
for q, and sees what it can: the terms are lower bounds, "as seen by" it.

References
----------
.. [1] Bröcker, J. (2009). Reliability, sufficiency, and the decomposition of proper scores. Q. J. R.
   Meteorol. Soc. 135, 1512-1519.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import Clusters, resampled_sums
from xent.scoring.estimate import Estimate
from xent.scoring.likelihood_ratio import Widest
from xent.scoring.predictions import Predictions

__all__ = ["Account", "account"]

Array = NDArray[np.float64]

# With fewer the coverage of the intervals has not been tested.
_LEAST_UNITS = 100


@dataclass(frozen=True, slots=True)
class Account:
    """
    Terms of a score; ``total = uncertainty - resolution + miscalibration`` to rounding.

    Parameters
    ----------
    score : {"log", "brier"}
        Log loss in nats, or Brier score as the sum over classes.
    rows, units : int
        Rows accounted for, and independent units among them.
    left_out : int
        Rows of infinite loss, which have no finite terms.
    total : Estimate
        Mean score of the forecasts.
    uncertainty : Estimate
        Score of the prior.
    resolution : Estimate
        Gain of the recalibrated forecasts over the prior.
    miscalibration : Estimate
        Loss that recalibration removes; negative if recalibration loses.
    seen_by : str
        Name of the recalibration map, the one most often chosen.
    cross_fitted, in_sample : float
        Gain of recalibration on rows that the map was not, and was, fitted to: too low and too high by the
        same amount to first order, so that `miscalibration` is their mean.
    coefficients : int
        Coefficients of that map.
    effective_units : float
        Units of equal weight that tell as much.
    """

    score: str
    rows: int
    units: int
    left_out: int
    total: Estimate
    uncertainty: Estimate
    resolution: Estimate
    miscalibration: Estimate
    seen_by: str
    cross_fitted: float
    in_sample: float
    coefficients: int
    effective_units: float = math.inf

    @property
    def reliable(self) -> bool:
        """
        True if there are at least 100 units and 20 for each coefficient; with fewer, intervals may cover
        less.

        Units are counted at their effective number if that is smaller.
        """
        units = min(self.units, round(self.effective_units, 6))
        return units >= max(_LEAST_UNITS, 20 * self.coefficients)


def account(
    predictions: Predictions,
    losses: Array,
    recalibrated: tuple[Array, Array],
    *,
    score: str,
    seen_by: str,
    coefficients: int,
    left_out: int = 0,
    prior: Array | None = None,
    widest: Widest | None = None,
) -> Account:
    """
    Account of finite `losses`, the scores of the rows of `predictions`.

    Parameters
    ----------
    predictions : Predictions
        Classes, weights and independent units of the rows.
    losses : ndarray of shape (n,)
        Score of each row, finite.
    recalibrated : tuple of two ndarrays of shape (n,)
        Score of each recalibrated row: by maps fitted without the row, and by a map fitted to all rows, or
        to a part of them.
    score : {"log", "brier"}
        Kind of the scores: log loss in nats, or Brier score summed over classes.
    seen_by : str
        Name of the recalibration map; recorded only, as are the next two.
    coefficients : int
        Number of its coefficients.
    left_out : int
        Number of rows left out before, those of infinite loss.
    prior : ndarray of shape (K,), optional
        Probabilities of the constant forecast; None for the shares of these rows. Under "log", a probability
        of 0 for a class of rows with weight makes uncertainty and resolution infinite.
    widest : Widest, optional
        Limits for this `score` by the widest map that the rows bear, for few rows do not show what simpler
        ones overlook; its `encloses` is False where a fold, or all rows, chose isotonic regression.

    Notes
    -----
    Fitting d coefficients to n rows makes the gain too high by d/2n on these rows, and too low by as much on
    others; the mean of both losses of a row has neither bias to first order, and stands for the recalibrated
    loss: resolution is uncertainty, the mean score of the constant forecast, less that loss, miscalibration
    the mean of `losses` less it. The interval of the miscalibration is that of the likelihood ratio of the
    widest map, widened to hold the value, and joined with the studentised interval of the value unless
    `widest` encloses the maps; it is the studentised interval alone if `widest` is None. The other intervals
    come from one bootstrap of the rows or groups, for the maps as they are fitted: nothing is refitted. The
    total has the studentised interval, and with a given `prior` so have uncertainty and resolution. Without
    one these two have the percentile interval, moved by twice the bias of their entropy, and that of the
    resolution holds 0 if all rows have the same forecast. With either prior the interval of the resolution
    also holds that by the widest map, if `widest` has its scores (`refined`). For a single unit all ends are
    nan.
    """
    clusters = predictions.clusters
    outside, inside = recalibrated
    refined = (outside + inside) / 2
    widest = widest if clusters.size > 1 else None
    uncertainty, resolution = _against_prior(predictions, refined, score, prior)
    if widest is not None and widest.refined is not None:
        _, other = _against_prior(predictions, widest.refined, score, prior)
        resolution = _joined(resolution, other.low, other.high)
    if prior is None and bool((predictions.log_probs == predictions.log_probs[0]).all()):
        # One forecast for all rows tells none of them apart, whatever a map made of it.
        resolution = _joined(resolution, 0.0, 0.0)
    return Account(
        score=score,
        rows=len(losses),
        units=clusters.count,
        left_out=left_out,
        total=bootstrap_mean(losses, clusters=clusters, least=0.0),
        uncertainty=uncertainty,
        resolution=resolution,
        miscalibration=_miscalibration(losses - refined, clusters, widest),
        seen_by=seen_by,
        cross_fitted=clusters.mean(losses - outside),
        in_sample=clusters.mean(losses - inside),
        coefficients=coefficients,
        effective_units=clusters.effective,
    )


def _against_prior(
    predictions: Predictions, refined: Array, score: str, prior: Array | None
) -> tuple[Estimate, Estimate]:
    """
    Uncertainty and resolution with their intervals, for `prior`, (K,), or, if it is None, the rows' shares.

    `refined`, (n,), has the `score`, "log" or "brier", of each row by recalibrated forecasts.
    """
    if prior is None:
        return _against_own_prior(predictions, refined, score)
    of_prior, clusters = _constant_scores(prior, score)[predictions.codes], predictions.clusters
    return (
        bootstrap_mean(of_prior, clusters=clusters, least=0.0),
        bootstrap_mean(of_prior - refined, clusters=clusters),
    )


def _miscalibration(gains: Array, clusters: Clusters, widest: Widest | None) -> Estimate:
    """
    Mean of the `gains`, (n,), of recalibrated rows with its interval over the units of `clusters`.

    A gain is a row's score less that of its recalibrated forecast. Without `widest` the interval is the
    studentised one. With it, the limits of the widest map extend that interval; or, if that map encloses the
    recalibration, they alone are the interval, extended to hold the mean.
    """
    if widest is None:
        return bootstrap_mean(gains, clusters=clusters)
    if not widest.encloses:
        return _joined(bootstrap_mean(gains, clusters=clusters), widest.low, widest.high)
    value = clusters.mean(gains)
    return _joined(Estimate(value, value, value), widest.low, widest.high)


def _joined(one: Estimate, low: float, high: float) -> Estimate:
    """Value of `one` with an interval that holds its own and ``low .. high``."""
    return Estimate(one.value, min(one.low, low), max(one.high, high), one.level)


def _against_own_prior(predictions: Predictions, refined: Array, score: str) -> tuple[Estimate, Estimate]:
    """
    Uncertainty and resolution with their 95 % intervals, the prior being the share of each class by weight.

    Uncertainty is the mean score of that constant forecast, resolution that less the mean of `refined`, (n,),
    the scores of the rows by recalibrated forecasts; `score` is "log" or "brier", the latter summed over
    classes. Intervals are percentiles of resampled units, moved by twice the bias of the uncertainty; both
    have ends of nan for a single unit.
    """
    clusters, K = predictions.clusters, len(predictions.classes)
    weights = predictions.weights
    counts = np.bincount(clusters.pile * K + predictions.codes, weights=weights, minlength=clusters.size * K)
    counts = counts.reshape(clusters.size, K)
    columns = np.column_stack([counts, clusters.sums(refined)])
    total = columns.sum(axis=0)
    uncertainty = _score_of_shares(total[None, :K], score)[0]
    mean = total[K] / total[:K].sum()
    if clusters.size < 2:
        return _unknown(float(uncertainty)), _unknown(float(uncertainty - mean))
    drawn = resampled_sums(columns, seed=0)
    mass = drawn[:, :K].sum(axis=1)
    drawn, mass = drawn[mass > 0], mass[mass > 0]
    uncertain = _score_of_shares(drawn[:, :K], score)
    # No constant forecast costs more than the uniform one.
    most = float(_score_of_shares(np.ones((1, K)), score)[0])
    bias = float(uncertainty - uncertain.mean())
    return (
        _corrected(float(uncertainty), uncertain, bias, most),
        _corrected(float(uncertainty - mean), uncertain - drawn[:, K] / mass, bias),
    )


def _corrected(value: float, resampled: Array, bias: float, most: float = math.inf) -> Estimate:
    """
    Percentile interval of 95 % of `value`, corrected for bias, widened to hold the value.

    `resampled` are values of the resamples, (resamples,). A sample's entropy is too small by a `bias` that
    resampling repeats, so the percentiles lie too low by twice the bias. The upper end is at most `most`,
    unless the value is above it.
    """
    low, high = np.quantile(resampled, [0.025, 0.975]) + 2 * bias
    return Estimate(value, min(float(low), value), max(min(float(high), most), value))


def _unknown(value: float) -> Estimate:
    """Estimate with ends of nan, of a single unit."""
    return Estimate(value, math.nan, math.nan)


def _score_of_shares(counts: Array, score: str) -> Array:
    """
    Least score, "log" or "brier", of a constant forecast for each row of class `counts`, (m, K): shape (m,).

    The counts may be weights; a row of zeros gives nan.
    """
    shares = counts / counts.sum(axis=1, keepdims=True)
    if score == "brier":
        return np.asarray(1 - (shares**2).sum(axis=1))
    return np.asarray(0 - (shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1))


def _constant_scores(prior: Array, score: str) -> Array:
    """
    Score, "log" or "brier", of the constant forecast `prior`, (K,), for each true class: shape (K,).

    Under "log" it is ``inf`` for a class of probability 0.
    """
    if score == "brier":
        return np.asarray((prior**2).sum() - 2 * prior + 1)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(prior))
