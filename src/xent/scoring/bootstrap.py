"""Bootstrap confidence intervals of a mean: studentised, over rows or over groups of rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xent.scoring.clusters import Clusters, clusters_of, resampled_sums
from xent.scoring.estimate import Estimate

__all__ = ["bootstrap_mean", "studentised_quantiles"]

Array = NDArray[np.float64]

# Floor of a resample's standard error, relative to that of the sample. Resamples without any of the few rows
# that carry the loss have none at all, and would make the interval infinite.
_FLOOR = 1 / 6


def bootstrap_mean(
    values: Array,
    *,
    clusters: Clusters | None = None,
    level: float = 0.95,
    seed: int = 0,
    least: float = -math.inf,
) -> Estimate:
    r"""
    Mean of `values` with its studentised bootstrap interval, in their unit.

    Parameters
    ----------
    values : ndarray of shape (n,)
        One number for each row, at least one; ``inf`` is allowed, nan and ``-inf`` are not.
    clusters : Clusters, optional
        Independent units and weights of the rows; by default each row is a unit of weight 1. Resamples
        draw its piles, 2,000 into which `clusters_of` deals the units at random if they are more.
    level : float
        Nominal coverage, between 0 and 1.
    seed : int
        Seed of the resampling; equal seeds give equal results.
    least : float
        Least number that the mean of the population can be, such as 0 for losses: no interval reaches below.

    Returns
    -------
    Estimate
        Weighted mean and interval, widened if necessary so that it contains the mean; for a single unit the
        ends are nan.

    Notes
    -----
    **Definition.** The mean is the ratio :math:`R = \sum_g S_g / \sum_g W_g` of the units' sums and weights,
    with the standard error :math:`s = \sqrt{G / (G-1) \sum_g (S_g - R W_g)^2} / \sum_g W_g`. In each of 2,000
    resamples of units the same gives :math:`t^* = (R^* - R) / s^*`; the interval ends at
    :math:`R - t^*_{(1 \pm \mathrm{level})/2}\, s`. Unlike the percentile interval it is second-order
    accurate: if 1 % of 500 rows carry the loss, it covers 96 % where the percentile interval covers 90 %.

    **Edge cases.** A resample's :math:`s^*` counts as at least a sixth of :math:`s`. An infinite value makes
    the mean and the upper end infinite; the lower end is then that of the percentile interval. Equal values
    have an interval of width 0.

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Section 12.5.
    .. [2] Miller, E. (2024). Adding error bars to evals. arXiv:2411.00640.

    Examples
    --------
    >>> import numpy as np
    >>> bootstrap_mean(np.asarray([2.0, 2.0, 2.0]))
    Estimate(value=2.0, low=2.0, high=2.0, level=0.95)
    """
    clusters = clusters_of(len(values), seed=seed) if clusters is None else clusters
    value = clusters.mean(values)
    if clusters.size < 2:
        return Estimate(value, math.nan, math.nan, level)
    sums, mass = clusters.sums(values), clusters.mass
    if math.isfinite(value):
        low, high = _studentised(sums, mass, value, level, seed)
    else:
        low, high = _percentile(sums, mass, level, seed)
    return Estimate(value, max(min(low, value), least), max(high, value), level)


def _studentised(sums: Array, mass: Array, value: float, level: float, seed: int) -> tuple[float, float]:
    """
    Lower and upper end of the bootstrap-t interval, of coverage `level`, of the ratio `value` of two totals.

    They are those of `sums`, weighted, over `mass`, weights, which have one finite entry for each of at least
    two piles. `value` is their ratio. Both ends are `value` if the ratio does not vary between piles but for
    rounding.
    """
    size, total = len(sums), mass.sum()
    residuals = sums - value * mass
    scale = size / (size - 1)
    error = float(math.sqrt(scale * float(residuals @ residuals)) / total)
    # Rounding of equal values leaves a spread below this.
    if error <= 8 * np.finfo(float).eps * abs(value):
        return value, value
    low, high = studentised_quantiles(residuals, mass, error, level=level, seed=seed)
    return value - high * error, value - low * error


def studentised_quantiles(
    residuals: Array, mass: Array, error: float, *, level: float, seed: int = 0
) -> tuple[float, float]:
    """
    Lower and upper quantile of t*, the resampled mean less the mean, over the standard error of the resample.

    They leave (1 - `level`) / 2 on either side. `residuals`, (piles,), are the weighted sums of the piles
    less the mean times their `mass`, (piles,), the sums of weights; `error` is the positive standard error of
    the mean. A resample's error counts as at least a sixth of it, and resamples without mass are ignored.
    There are 2,000 resamples.
    """
    scale = len(residuals) / (len(residuals) - 1)
    columns = np.column_stack([residuals, mass, residuals**2, residuals * mass, mass**2])
    r, w, rr, rw, ww = resampled_sums(columns, seed=seed).T
    # No pile of positive weight was drawn: such a sample has no mean.
    drawn = w > 0
    r, w, rr, rw, ww = (column[drawn] for column in (r, w, rr, rw, ww))
    shift = r / w
    spread = np.sqrt(scale * np.maximum(rr - 2 * shift * rw + shift**2 * ww, 0.0)) / w
    t = shift / np.maximum(spread, _FLOOR * error)
    low, high = np.quantile(t, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _percentile(sums: Array, mass: Array, level: float, seed: int) -> tuple[float, float]:
    """
    Lower and upper end of the percentile interval of the ratio of totals of `sums` and `mass`, both (piles,).

    They leave (1 - `level`) / 2 of 2,000 resamples on either side. Sums may be ``inf``; an end may then be
    ``inf``. Resamples without mass are ignored.
    """
    # Counts of infinite sums are resampled apart: 0 times infinity would be nan.
    infinite = np.isinf(sums)
    columns = np.column_stack([np.where(infinite, 0.0, sums), infinite, mass])
    finite, lost, total = resampled_sums(columns, seed=seed).T
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where(lost > 0, np.inf, finite / total)
    tail = (1 - level) / 2
    # "lower" and "higher": interpolation between a finite and an infinite mean would give nan or inf.
    low = np.nanquantile(means, tail, method="lower")
    high = np.nanquantile(means, 1 - tail, method="higher")
    return float(low), float(high)
