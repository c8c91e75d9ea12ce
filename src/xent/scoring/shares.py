"""Share of rows with a property, with an interval over rows or groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import Clusters
from xent.scoring.estimate import Estimate
from xent.scoring.wilson import wilson_interval

__all__ = ["share_of_rows"]


def share_of_rows(happened: NDArray[np.bool_], clusters: Clusters) -> Estimate:
    """
    Weighted share of the rows for which `happened`.

    Wilson's interval for independent rows of equal weight; the studentised bootstrap over units otherwise,
    and Wilson's for as many rows as there are units where no row, or every row, has the property.
    """
    if clusters.weights is None and not clusters.grouped:
        return wilson_interval(int(happened.sum()), len(happened))
    found = bootstrap_mean(happened.astype(float), clusters=clusters)
    if found.value in {0.0, 1.0}:
        of_units = wilson_interval(found.value * clusters.count, clusters.count)
        return Estimate(found.value, of_units.low, of_units.high, found.level)
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.level)
