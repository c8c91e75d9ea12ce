"""Area under the ROC curve of one class against the rest, with an interval over rows or groups."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from xent.scoring.auc import area_and_influence
from xent.scoring.clusters import Clusters
from xent.scoring.estimate import Estimate
from xent.scoring.predictions import Predictions

__all__ = ["area_under_curve"]

Array = NDArray[np.float64]

_MOST_CLASSES = 200


def area_under_curve(predictions: Predictions, *, level: float = 0.95) -> Estimate:
    r"""
    Probability that a row of a class has a higher forecast of it than another row; ties count half.

    Parameters
    ----------
    predictions : Predictions
        Checked predictions, whose weights apply; for two classes the second is looked at, for more each
        against the rest, and the areas of classes that occur are averaged.
    level : float
        Nominal coverage of the interval.

    Returns
    -------
    Estimate
        Area with DeLong's interval on the logit scale, computed from sums over independent units, of no width
        for an area of 0 or 1. Area and ends are nan if no class is both present and absent, in rows of
        weight, or there are more than 200 classes; the ends alone for a single unit.

    References
    ----------
    .. [1] DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Biometrics 44, 837-845.
    .. [2] Obuchowski, N. A. (1997). Nonparametric analysis of clustered ROC curve data. Biometrics 53,
       567-578.
    """
    K = len(predictions.classes)
    weights = np.ones(len(predictions.codes)) if predictions.weights is None else predictions.weights
    found = []
    for k in [1] if K == 2 else range(K) if K <= _MOST_CLASSES else ():
        positive = predictions.codes == k
        if 0 < (weights * positive).sum() < weights.sum():
            found.append(area_and_influence(predictions.log_probs[:, k].copy(), positive, weights))
    if not found:
        return Estimate(math.nan, math.nan, math.nan, level)
    value = float(np.mean([area for area, _ in found]))
    influence = np.mean([part for _, part in found], axis=0)
    return _interval(value, influence, predictions.clusters, level)


def _interval(value: float, influence: Array, clusters: Clusters, level: float) -> Estimate:
    """
    Area `value` with its interval of coverage `level`, on the logit scale, from the rows' `influence`, (n,).

    The influence of a row is the derivative of the area by its weight; weighted sums over the units of
    `clusters` give the standard error. The ends are nan for a single unit; otherwise they are the value
    itself if it is 0 or 1, where the logit is infinite.
    """
    if clusters.size < 2:
        return Estimate(value, math.nan, math.nan, level)
    # The influences hold no weights yet; `sums` multiplies by them.
    sums = clusters.sums(influence)
    error = math.sqrt(clusters.size / (clusters.size - 1) * float(sums @ sums))
    if not 0 < value < 1:
        return Estimate(value, value, value, level)
    reach = NormalDist().inv_cdf((1 + level) / 2) * error / (value * (1 - value))
    centre = math.log(value / (1 - value))
    low, high = (1 / (1 + math.exp(-(centre + sign * reach))) for sign in (-1, 1))
    return Estimate(value, low, high, level)
