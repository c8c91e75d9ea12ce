"""Paired comparison of two models on the same rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import clusters_of
from xent.scoring.estimate import Estimate
from xent.scoring.predictions import Predictions
from xent.scoring.row_scores import RowScores
from xent.scoring.sign_flips import sign_flip_p_value
from xent.scoring.slices import LEAST_ROWS, SliceColumn

__all__ = ["Comparison", "DifferingRow", "SliceDifference", "comparison", "mcnemar_p_value"]

Array = NDArray[np.float64]

_ROWS = 10
_SLICES = 20


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """
    Row on which the models differ most.

    Parameters
    ----------
    row : int
        Row number.
    label : str
        Class of the row.
    first, second : float
        Probability of this class by each model.
    """

    row: int
    label: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """
    Difference of the losses in one slice.

    Parameters
    ----------
    name : str
        Column and value that define the slice.
    rows : int
        Rows of finite losses in it.
    difference : Estimate
        Mean loss of the second model minus that of the first, in nats.
    """

    name: str
    rows: int
    difference: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    Second model against the first, on the same rows.

    Parameters
    ----------
    first, second : str
        Names of the models.
    rows, units : int
        Rows compared, and independent units among them.
    difference : Estimate
        Mean loss of the second minus that of the first, in nats, over rows where both losses are finite;
        negative if the second is better.
    p_value : float
        Sign-flip test over the units; nan if a loss is infinite in one model only, or in both on all rows.
    only_first_infinite, only_second_infinite, both_infinite : int
        Rows of weight to whose class one model, or both, gave probability 0.
    first_errors_only, second_errors_only : int
        Rows that one model alone misclassifies.
    error_difference : Estimate
        Error rate of the second minus that of the first.
    error_p_value : float
        McNemar's exact test of that difference; the sign-flip test for groups or weights.
    brier_difference : Estimate
        Difference of Brier scores, summed over classes.
    slices : tuple of SliceDifference
        Slices where the total difference is largest.
    differing : tuple of DifferingRow
        Rows where the losses differ most.
    adjusted_p_value : float
        `p_value` after Holm's correction for all comparisons of one report.
    """

    first: str
    second: str
    rows: int
    units: int
    difference: Estimate
    p_value: float
    only_first_infinite: int
    only_second_infinite: int
    both_infinite: int
    first_errors_only: int
    second_errors_only: int
    error_difference: Estimate
    error_p_value: float
    brier_difference: Estimate
    slices: tuple[SliceDifference, ...]
    differing: tuple[DifferingRow, ...]
    adjusted_p_value: float = math.nan


def comparison(
    names: tuple[str, str],
    pair: tuple[Predictions, Predictions],
    scores: tuple[RowScores, RowScores],
    columns: Sequence[SliceColumn] = (),
) -> Comparison:
    """
    Compare two models whose predictions have the same rows, classes, weights and groups.

    Parameters
    ----------
    names : tuple of str
        Names of the first and the second model.
    pair : tuple of Predictions
        Their predictions, row by row.
    scores : tuple of RowScores
        Scores of these rows.
    columns : sequence of SliceColumn
        Columns that cut the rows into slices.

    Returns
    -------
    Comparison
        Differences, second model less first, whose adjusted p-value is not set yet.

    Notes
    -----
    The difference of losses is over the rows where both are finite, and nan without such a row of weight; its
    p-value is nan in that case, and if one model alone has an infinite loss on a row of weight. Errors and
    Brier scores are compared on all rows. Intervals and p-values are over the independent units. The p-value
    of the errors is that of McNemar's test without weights and groups, and with them that of the sign-flip
    test. Of the slices of at least 30 rows of finite losses, those of largest absolute total difference are
    given, at most 20; and of the rows whose losses differ, those that differ most, at most ten.
    """
    first, second = scores
    predictions, clusters = pair[0], pair[0].clusters
    finite = np.isfinite(first.losses) & np.isfinite(second.losses)
    infinite = _infinite(first.losses, second.losses, predictions.weights)
    difference = np.zeros(len(finite))
    np.subtract(second.losses, first.losses, where=finite, out=difference)
    mean = _mean(predictions, difference, finite)
    unknown = math.isnan(mean.value) or any(infinite[:2])
    wrong = first.predicted != predictions.codes, second.predicted != predictions.codes
    only = int((wrong[0] & ~wrong[1]).sum()), int((wrong[1] & ~wrong[0]).sum())
    errors = wrong[1].astype(float) - wrong[0]
    independent = predictions.weights is None and not clusters.grouped
    return Comparison(
        first=names[0],
        second=names[1],
        rows=len(errors),
        units=clusters.count,
        difference=mean,
        p_value=math.nan if unknown else sign_flip_p_value(clusters.sums(difference)),
        only_first_infinite=infinite[0],
        only_second_infinite=infinite[1],
        both_infinite=infinite[2],
        first_errors_only=only[0],
        second_errors_only=only[1],
        error_difference=bootstrap_mean(errors, clusters=clusters),
        error_p_value=mcnemar_p_value(*only) if independent else sign_flip_p_value(clusters.sums(errors)),
        brier_difference=bootstrap_mean(second.squared - first.squared, clusters=clusters),
        slices=_slice_differences(predictions, difference, finite, columns),
        differing=_differing(pair, first.losses, second.losses),
    )


def mcnemar_p_value(first_only: int, second_only: int) -> float:
    """
    Two-sided exact p-value of McNemar's test, from the numbers of rows that one model alone misclassifies.

    It is 1 if there is no such row.

    References
    ----------
    .. [1] McNemar, Q. (1947). Psychometrika 12, 153-157.

    Examples
    --------
    >>> mcnemar_p_value(1, 5), mcnemar_p_value(0, 0)
    (0.21875, 1.0)
    """
    n = first_only + second_only
    return min(1.0, 2 * float(binom.cdf(min(first_only, second_only), n, 0.5))) if n else 1.0


def _infinite(first: Array, second: Array, weights: Array | None) -> tuple[int, int, int]:
    """
    Rows of weight whose loss, (n,), is infinite in the first model alone, in the second alone, and in both.

    `weights`, (n,), of None are 1.
    """
    counted = np.ones(len(first), dtype=bool) if weights is None else weights > 0
    one, other = np.isinf(first) & counted, np.isinf(second) & counted
    return int((one & ~other).sum()), int((other & ~one).sum()), int((one & other).sum())


def _mean(predictions: Predictions, values: Array, kept: NDArray[np.bool_]) -> Estimate:
    """
    Weighted mean of the `kept` values, flags of shape (n,), with its 95 % interval over the units of the kept
    rows.

    All three numbers are nan if no row is kept or none of them has weight, the ends alone for a single unit.
    """
    if kept.all():
        return bootstrap_mean(values, clusters=predictions.clusters)
    weights = None if predictions.weights is None else predictions.weights[kept]
    if not kept.any() or (weights is not None and not weights.any()):
        return Estimate(math.nan, math.nan, math.nan)
    groups = None if predictions.groups is None else predictions.groups[kept]
    return bootstrap_mean(values[kept], clusters=clusters_of(int(kept.sum()), groups=groups, weights=weights))


def _slice_differences(
    predictions: Predictions, difference: Array, finite: NDArray[np.bool_], columns: Sequence[SliceColumn]
) -> tuple[SliceDifference, ...]:
    """
    At most 20 slices, those of largest absolute sum of `difference`, largest first.

    `difference`, (n,), has the loss of the second model less that of the first, 0 outside `finite`, (n,), the
    rows where both are finite. A slice is the rows of one value of one of `columns`, with at least 30 in
    `finite`, which alone count. The sum is unweighted, the mean in the result is weighted, with an interval.
    """
    found = []
    for column in columns:
        for k, label in enumerate(column.labels):
            inside = (column.codes == k) & finite
            if inside.sum() >= LEAST_ROWS:
                found.append((abs(float(difference[inside].sum())), f"{column.name} = {label}", inside))
    found.sort(key=lambda one: -one[0])
    return tuple(
        SliceDifference(name, int(inside.sum()), _mean(predictions, difference, inside))
        for _, name, inside in found[:_SLICES]
    )


def _differing(
    pair: tuple[Predictions, Predictions], first: Array, second: Array
) -> tuple[DifferingRow, ...]:
    """
    Rows of largest absolute difference of the losses `first` and `second`, (n,), of two models, the largest
    first.

    At most ten are returned, weights apart, each with its number, its class and the probability of that class
    by either model. A row whose loss is infinite in one model goes first, one of equal losses, or of infinite
    loss in both, is left out.
    """
    both = np.isinf(first) & np.isinf(second)
    size = np.abs(np.subtract(second, first, where=~both, out=np.zeros(len(first))))
    count = min(_ROWS, len(size))
    places = np.argpartition(-size, count - 1)[:count]
    places = places[np.argsort(-size[places], kind="stable")]
    one = pair[0]
    return tuple(
        DifferingRow(
            int(one.rows[i]),
            one.classes[one.codes[i]],
            float(np.exp(-first[i])),
            float(np.exp(-second[i])),
        )
        for i in places
        if size[i] > 0
    )
