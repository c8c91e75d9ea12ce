"""Share of rows with a property, with an interval over rows or groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import Clusters
from xent.scoring.estimate import Estimate
from xent.scoring.wilson import wilson_interval

__all__ = ["share_of_part", "share_of_rows"]


def share_of_rows(happened: NDArray[np.bool_], clusters: Clusters) -> Estimate:
    """
    Weighted share of the rows for which `happened`, (n,), is True, with a 95 % interval in 0 .. 1.

    The interval is Wilson's for independent rows without weights. Otherwise it is the studentised bootstrap
    over the units of `clusters`, or, if no row of weight, or every one, has the property, Wilson's for Kish's
    effective number of units. Its ends are nan for a single unit whose share is neither 0 nor 1.
    """
    if clusters.weights is None and not clusters.grouped:
        return wilson_interval(int(happened.sum()), len(happened))
    found = bootstrap_mean(happened.astype(float), clusters=clusters)
    if found.value in {0.0, 1.0}:
        units = clusters.effective
        of_units = wilson_interval(found.value * units, units)
        return Estimate(found.value, of_units.low, of_units.high, found.level)
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.level)


def share_of_part(
    happened: NDArray[np.bool_], part: NDArray[np.integer[Any]], clusters: Clusters
) -> Estimate:
    """
    Weighted share of the rows `part` for which `happened`; nan, with the interval [0, 1], without weight.

    Parameters
    ----------
    happened : ndarray of bool of shape (m,)
        Property of each row of `part`.
    part : ndarray of shape (m,)
        Places of the rows among those of `clusters`.
    clusters : Clusters
        Units and weights of all rows.

    Notes
    -----
    The interval is Wilson's for the number of independent rows with the same variance [1]_, at most that of
    rows with weight. Where units do not differ, as if no row, or every row, has the property, it is for
    Kish's effective number of units.

    References
    ----------
    .. [1] Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small expected
       number of positive counts estimated from survey data. Survey Methodology 24, 193-201.
    """
    if clusters.weights is None and not clusters.grouped:
        return wilson_interval(int(happened.sum()), len(happened))
    weights = np.ones(len(part)) if clusters.weights is None else clusters.weights[part]
    total = float(weights.sum())
    if not total > 0:
        return wilson_interval(0, 0)
    share = min(float((weights * happened).sum()) / total, 1.0)
    # Units, not the piles that a bootstrap draws: these are 2,000 at most.
    _, unit = np.unique(part if clusters.unit is None else clusters.unit[part], return_inverse=True)
    mass = np.bincount(unit, weights=weights)
    units = int(np.count_nonzero(mass))
    residuals = np.bincount(unit, weights=weights * (happened - share))
    effective = total**2 / float(mass @ mass)
    spread = float(residuals @ residuals)
    if 0 < share < 1 and units > 1 and spread > 0:
        variance = units / (units - 1) * spread / total**2
        effective = min(share * (1 - share) / variance, float(np.count_nonzero(weights)))
    found = wilson_interval(share * effective, effective)
    return Estimate(share, min(found.low, share), max(found.high, share), found.level)
