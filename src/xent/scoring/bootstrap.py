"""Bootstrap confidence interval of a mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.scoring.estimate import Estimate

__all__ = ["bootstrap_mean"]

Array = NDArray[np.float64]

_RESAMPLES = 2000
_MOST_GROUPS = 10_000
_CHUNK = 50


def bootstrap_mean(values: Array, *, level: float = 0.95, seed: int = 0) -> Estimate:
    """
    Mean of `values` with its percentile bootstrap interval, in their unit.

    Parameters
    ----------
    values : ndarray of shape (n,)
        One number per independent row, at least one.
    level : float
        Nominal coverage, between 0 and 1.
    seed : int
        Seed of the resampling; equal seeds give equal results.

    Returns
    -------
    Estimate
        Mean and interval, widened if necessary so that it contains the mean.

    Notes
    -----
    There are 2,000 resamples. More than 10,000 rows are first dealt at random into 10,000 groups, and groups
    are resampled instead of rows: group means are independent and vary as the rows do, at a fixed cost.
    An infinite value makes the mean and the upper end infinite.

    References
    ----------
    .. [1] Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Equation 13.5.

    Examples
    --------
    >>> import numpy as np
    >>> bootstrap_mean(np.asarray([2.0, 2.0, 2.0]))
    Estimate(value=2.0, low=2.0, high=2.0, level=0.95)
    """
    rng = np.random.default_rng(seed)
    sums, sizes = _groups(values, rng)
    means = []
    for _ in range(_RESAMPLES // _CHUNK):
        drawn = rng.integers(len(sums), size=(_CHUNK, len(sums)), dtype=np.int32)
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    resampled = np.concatenate(means)
    tail = (1 - level) / 2
    # "lower" and "higher": interpolation between a finite and an infinite mean would give nan or inf.
    low = np.quantile(resampled, tail, method="lower")
    high = np.quantile(resampled, 1 - tail, method="higher")
    value = float(values.mean())
    return Estimate(value, min(float(low), value), max(float(high), value), level)


def _groups(values: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Sums and sizes of the groups to resample: the rows themselves up to 10,000 rows."""
    if len(values) <= _MOST_GROUPS:
        return values, np.ones(len(values))
    dealt = rng.permutation(values)
    starts = np.linspace(0, len(values), _MOST_GROUPS, endpoint=False).astype(int)
    return np.add.reduceat(dealt, starts), np.diff(np.append(starts, len(values))).astype(float)
