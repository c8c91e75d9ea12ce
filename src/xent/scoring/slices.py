"""Loss in slices of the rows, beside the loss that the model itself expects there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import clusters_of
from xent.scoring.estimate import Estimate
from xent.scoring.multiple_tests import false_discovery_rates
from xent.scoring.predictions import Predictions
from xent.scoring.row_scores import RowScores
from xent.scoring.welch_test import larger_than_rest, larger_than_zero

__all__ = ["LEAST_ROWS", "Slice", "SliceColumn", "slice_losses"]

Array = NDArray[np.float64]

LEAST_ROWS = 30
"""Least number of rows of a slice."""

_RATE = 0.05
_MOST_VALUES = 100
_SHOWN = 40


@dataclass(frozen=True, slots=True, eq=False)
class SliceColumn:
    """
    Column that cuts the rows into slices.

    Parameters
    ----------
    name : str
        Name of the column.
    codes : ndarray of shape (n,)
        Slice of each row, -1 for none.
    labels : tuple of str
        Name of each slice.
    """

    name: str
    codes: NDArray[np.int64]
    labels: tuple[str, ...]


_Key = tuple[tuple[SliceColumn, int], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """
    Loss of one slice, in nats.

    Parameters
    ----------
    name : str
        Columns and values that define it.
    rows : int
        Number of rows.
    cross_entropy : Estimate
        Mean loss.
    expected : float
        Mean entropy of the forecasts: the loss that the model expects of itself.
    lift : float
        Loss minus `expected`.
    hard, wrong : float
        False-discovery rates: of a larger loss than in the other rows, and of a lift above 0; nan if fewer
        than two units have weight in the slice, for `hard` also if fewer than two have outside.
    """

    name: str
    rows: int
    cross_entropy: Estimate
    expected: float
    lift: float
    hard: float
    wrong: float

    @property
    def verdict(self) -> str:
        """
        ``"wrong"`` if the rate `wrong` is at most 0.05, else ``"hard"`` if `hard` is, else "".

        The model is too confident in a wrong slice; a hard one costs more, and the model says so.
        """
        if self.wrong <= _RATE:
            return "wrong"
        return "hard" if self.hard <= _RATE else ""


def slice_losses(
    predictions: Predictions,
    scores: RowScores,
    columns: Sequence[SliceColumn],
    *,
    least: int = LEAST_ROWS,
) -> tuple[Slice, ...]:
    """
    Slices of at least `least` rows by the columns and by pairs of them, the largest excess of loss first.

    The excess is the weighted mean loss of the slice above that of all rows, times its number of rows; an
    infinite loss goes first, then, if the mean of all rows is infinite, the largest mean loss; names decide
    between equal ones. Slices of all rows and ones without weight are left out, and so are a column's values,
    or a pair's, after the 100 most frequent. Both one-sided tests, of a larger loss than in the other rows
    and than the forecasts expect, compare weighted means over independent units by Student's t, the former
    with Welch's degrees of freedom of both sides, corrected for the skewness of losses, and are adjusted over
    all slices by Benjamini and Hochberg's procedure. If the mean loss of all rows is infinite nothing is
    tested: slices of infinite loss have rates of 0, others nan. At most 40 slices are returned.
    """
    found: list[Slice] = []
    tests: list[tuple[float, float]] = []
    keys: dict[str, _Key] = {}
    for key in _keys(columns, least):
        name = ", ".join(f"{column.name} = {column.labels[k]}" for column, k in key)
        inside = _inside(key)
        if predictions.weights is not None and not predictions.weights[inside].any():
            continue
        one, pair = _slice(predictions, scores, name, inside)
        found.append(one)
        tests.append(pair)
        keys[name] = key
    if not found:
        return ()
    hard, wrong = (false_discovery_rates(np.asarray(side)) for side in zip(*tests, strict=True))
    judged = [
        replace(one, hard=float(h), wrong=float(w)) for one, h, w in zip(found, hard, wrong, strict=True)
    ]
    mean = predictions.clusters.mean(scores.losses)
    judged.sort(key=lambda one: (-_excess(one, mean), one.name))
    return tuple(
        replace(one, cross_entropy=_interval(predictions, scores, _inside(keys[one.name])))
        for one in judged[:_SHOWN]
    )


def _excess(one: Slice, mean: float) -> float:
    """
    Loss of the slice above the `mean` of all rows, times its rows; ``inf`` for an infinite loss.

    For an infinite `mean` it is the mean loss of the slice.
    """
    if math.isinf(one.cross_entropy.value):
        return math.inf
    return (one.cross_entropy.value - mean) * one.rows if math.isfinite(mean) else one.cross_entropy.value


def _keys(columns: Sequence[SliceColumn], least: int) -> Iterator[_Key]:
    """
    Slices of at least `least` rows, not of all: those by a value of one column, then those by values of two.

    A key is a tuple of one or two pairs of a `SliceColumn` and the number of its value. Of a column, or a
    pair of columns, the 100 most frequent values are taken. Rows of value -1 are in no slice.
    """
    for column in columns:
        for k in _large(column.codes, len(column.labels), least):
            yield ((column, int(k)),)
    for a, b in itertools.combinations(columns, 2):
        width = len(b.labels)
        both = np.where((a.codes >= 0) & (b.codes >= 0), a.codes * width + b.codes, -1)
        for cell in _large(both, len(a.labels) * width, least):
            i, j = divmod(int(cell), width)
            yield ((a, i), (b, j))


def _inside(key: _Key) -> NDArray[np.bool_]:
    """Flags, (n,), True for the rows of a slice, which have the value of each pair in `key`."""
    return np.asarray(np.logical_and.reduce([column.codes == k for column, k in key]))


def _large(codes: NDArray[np.int64], size: int, least: int) -> NDArray[np.int64]:
    """
    Values with at least `least` rows, at most 100 of them, largest first, without one that holds all rows.

    `codes`, (n,), are 0 .. `size` - 1, or -1 for rows that have no value.
    """
    counts = np.bincount(codes[codes >= 0], minlength=size)
    order = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
    return order[(counts[order] >= max(least, 1)) & (counts[order] < len(codes))]


def _slice(
    predictions: Predictions, scores: RowScores, name: str, inside: NDArray[np.bool_]
) -> tuple[Slice, tuple[float, float]]:
    """
    `Slice` of the rows `inside`, (n,) flags, with weight, and unadjusted p-values of "hard" and "wrong".

    "Hard" is a larger mean loss than in the other rows, "wrong" one above the mean entropy of the forecasts.
    Means are weighted, in nats. The interval of the slice is its mean loss alone, its rates are 1; the caller
    fills them in. P-values are nan if fewer than two units have weight in the slice, for "hard" also if fewer
    than two have in the other rows, and 0 or 1 if nothing varies but for rounding. If the mean loss of all
    rows is infinite, both are 0 for a slice of infinite loss, of however many units, else nan.
    """
    clusters = predictions.clusters
    mass = clusters.sums(inside.astype(np.float64)).sum()
    loss, expected = (
        float(clusters.sums(np.where(inside, each, 0.0)).sum() / mass)
        for each in (scores.losses, scores.expected)
    )
    mean = clusters.mean(scores.losses)
    if math.isfinite(mean):
        # Equal losses, as of uniform forecasts, differ from their mean and their expectation by rounding.
        rounding = 8 * np.finfo(float).eps * mean
        excess = scores.losses - scores.expected
        hard = larger_than_rest(scores.losses, inside, clusters, rounding=rounding)
        wrong = larger_than_zero(excess, inside, clusters, rounding=rounding)
    else:
        wrong = hard = 0.0 if math.isinf(loss) else math.nan
    one = Slice(name, int(inside.sum()), Estimate(loss, loss, loss), expected, loss - expected, 1.0, 1.0)
    return one, (hard, wrong)


def _interval(predictions: Predictions, scores: RowScores, inside: NDArray[np.bool_]) -> Estimate:
    """
    Mean loss of the rows `inside`, (n,) flags, in nats, with its 95 % interval over the units among these
    rows.

    The ends are nan for a single unit.
    """
    groups = None if predictions.groups is None else predictions.groups[inside]
    weights = None if predictions.weights is None else predictions.weights[inside]
    clusters = clusters_of(int(inside.sum()), groups=groups, weights=weights)
    return bootstrap_mean(scores.losses[inside], clusters=clusters, least=0.0)
