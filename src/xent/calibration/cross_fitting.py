"""
Recalibration that no row sees its own label in: maps chosen and fitted within folds.

Rows of one group, and rows of equal predictions, which may be copies, stay in one fold. For the rows of a
fold the map is chosen by the losses that every candidate leaves on the rows outside the fold, each of them
fitted without the row's own fold; ties go to the simpler map by one standard error.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.candidates import CANDIDATES, Candidate
from xent.calibration.widest_map import widest_map
from xent.scoring.clusters import Clusters, clusters_of
from xent.scoring.likelihood_ratio import Widest
from xent.scoring.predictions import Predictions
from xent.scoring.row_scores import losses_of, squared_losses_of

__all__ = ["CrossFitted", "cross_fitted", "folds_of"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Folds = NDArray[np.int8]

_FOLDS = 5
# Maps are fitted to at most so many rows: their coefficients are few.
_MOST_ROWS = 20_000
_BLOCK = 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class CrossFitted:
    """
    Recalibrated scores of the rows.

    Parameters
    ----------
    chosen : Candidate
        Candidate chosen on all rows, or on 20,000 of them if more have weight.
    map : RecalibrationMap
        That candidate, fitted to the same rows.
    fold : ndarray of shape (n,)
        Fold of each row.
    maps : tuple of RecalibrationMap
        Map for the rows of each fold, chosen and fitted without them.
    names : tuple of str
        Names of these maps.
    losses, squared : tuple of two ndarrays of shape (n,)
        Log losses and Brier scores of the rows: by the map of their fold, and by `map`.
    candidates : tuple of (str, float)
        Candidates tried, with their cross-fitted loss.
    widest : tuple of two Widest, or None
        Limits of the accounts of log loss and Brier score by the widest map, because few rows may hide what
        it would remove; None if maps were fitted to a part of the rows and no fold chose the identity, or a
        loss is infinite.
    """

    chosen: Candidate
    map: Any
    fold: Folds
    maps: tuple[Any, ...]
    names: tuple[str, ...]
    losses: tuple[Array, Array]
    squared: tuple[Array, Array]
    candidates: tuple[tuple[str, float], ...]
    widest: tuple[Widest, Widest] | None = None

    @property
    def seen_by(self) -> str:
        """Name of the map that the most folds chose, the simplest of equally frequent ones."""
        counts = Counter(self.names)
        return max((one.name for one in CANDIDATES if one.name in counts), key=lambda name: counts[name])

    def recalibrated(self, log_probs: Array) -> Array:
        """
        Recalibrated log-probabilities, a new array (n, K), each row by the map of its fold, which has not
        seen it.

        `log_probs`, (n, K), in nats, are those of the rows that were cross-fitted, in their order.
        """
        out = np.empty_like(log_probs)
        for k, each in enumerate(self.maps):
            rows = np.flatnonzero(self.fold == k)
            out[rows] = each(log_probs[rows])
        return out


def cross_fitted(
    predictions: Predictions, *, candidates: tuple[Candidate, ...] = CANDIDATES, seed: int = 0
) -> CrossFitted | None:
    """
    Choose, fit and apply maps within folds; None if the rows of positive weight are all in one fold.

    Parameters
    ----------
    predictions : Predictions
        Predictions of rows that the model was not trained on.
    candidates : tuple of Candidate
        Maps to choose from, simplest first.
    seed : int
        Seed of the folds, and of the rows drawn to fit to.

    Returns
    -------
    CrossFitted or None
        Maps and scores, in the order of the rows; None for a single unit, too, which is one fold.

    Notes
    -----
    Units are groups or, without groups, rows of equal predictions, or each row if fewer than 50 predictions
    differ; each is in one of 5 folds, or of as many as there are units. Maps are chosen by and fitted to rows
    of positive weight, 20,000 drawn at random if there are more, and applied to all.

    The map for a fold is chosen by the rows outside it, whose losses are those by maps fitted without the
    row's own fold, and is fitted to all rows outside it. The choice is the first candidate whose mean loss is
    within one standard error of the least. Only candidates for this number of classes are tried that have at
    most 600 coefficients (isotonic regression may have more), with 20 groups, or rows without groups, outside
    a fold for each; those of at most one coefficient always are, and the first alone if there are none.
    """
    fold = folds_of(predictions, seed=seed)
    count, sample = int(fold.max()) + 1, _sample(predictions, fold, seed)
    part, of_part = predictions.subset(sample), fold[sample]
    if of_part.min() == of_part.max():
        return None
    suitable = _suitable(candidates, part, count)
    fitted = [[_fit(one, part, of_part != k) for k in range(count)] for one in suitable]
    table = np.stack([_losses_by_fold(part, of_part, maps) for maps in fitted])
    picks = [_choice(table[:, of_part != k], _units(part, of_part != k)) for k in range(count)]
    overall = _choice(table, part.clusters)
    whole = _fit(suitable[overall], part, np.ones(len(of_part), dtype=bool))
    maps = tuple(fitted[pick][k] for k, pick in enumerate(picks))
    outside, inside = _both_scores(predictions, fold, maps, whole)
    names = tuple(suitable[pick].name for pick in picks)
    return CrossFitted(
        chosen=suitable[overall],
        map=whole,
        fold=fold,
        maps=maps,
        names=names,
        losses=(outside[0], inside[0]),
        squared=(outside[1], inside[1]),
        candidates=tuple(
            (one.name, part.clusters.mean(losses)) for one, losses in zip(suitable, table, strict=True)
        ),
        widest=_widest(part, suitable, names, suitable[overall].name, whole=len(sample) == len(fold)),
    )


def _widest(
    part: Predictions, suitable: list[Candidate], names: tuple[str, ...], overall: str, *, whole: bool
) -> tuple[Widest, Widest] | None:
    """
    Limits of both accounts by the widest map that suits `part`, which is all rows if `whole`.

    None for more rows than maps are fitted to, which leave nothing to overlook, unless a fold chose the
    identity; and for an infinite loss, of which no map has a finite gain. `names` are the choices of the
    folds, `overall` is that of all rows.
    """
    if (not whole and "identity" not in names) or not np.isfinite(part.losses).all():
        return None
    return widest_map(part, suitable, whole=whole, encloses="isotonic" not in {*names, overall})


def _suitable(candidates: tuple[Candidate, ...], part: Predictions, folds: int) -> list[Candidate]:
    """
    Candidates for which there are units enough outside a fold, in their order; those of at most one
    coefficient always. The first candidate alone if none is suitable. `folds` is the number of folds.
    """
    K, least = len(part.classes), part.clusters.count * (folds - 1) // folds
    found = [one for one in candidates if one.suits(K, least) or one.coefficients(K, least) <= 1]
    return found or list(candidates[:1])


def folds_of(predictions: Predictions, *, seed: int = 0) -> Folds:
    """
    Number of the fold of each row, 0 .. 4, (n,), an int8; equal for the rows of a unit.

    Units are groups or, without groups, rows of equal predictions; each row is a unit of its own if fewer
    than 50 predictions are distinct. Units are dealt at random by `seed`, as many to each fold but for one,
    whatever their classes and sizes. There are as many folds as units if these are fewer than 5.
    """
    n = len(predictions.codes)
    if predictions.groups is not None:
        _, unit = np.unique(predictions.groups, return_inverse=True)
    else:
        unit = _copies(predictions.log_probs)
        if unit.max() + 1 < 10 * _FOLDS:
            # So few different predictions are those of a coarse model; its rows are no copies.
            unit = np.arange(n)
    count = int(unit.max()) + 1
    order = np.random.default_rng(seed).permutation(count)
    return (order % max(1, min(_FOLDS, count))).astype(np.int8)[unit]


def _copies(log_probs: Array) -> Codes:
    """
    Number, from 0, of the distinct prediction of each row, of shape (n,); equal rows have equal numbers.

    Rows are compared by a random projection of their probabilities, so that equal numbers mean equal rows
    almost surely. Numbers rise with the projection.
    """
    # A random projection tells rows apart; one sort of numbers is far cheaper than one of rows.
    direction = np.random.default_rng(0).standard_normal(log_probs.shape[1])
    step = max(1, _BLOCK // log_probs.shape[1])
    # Sums along rows in C order: a matrix product rounds a row by its place, and would tell copies apart.
    parts = [
        (np.exp(log_probs[i : i + step], order="C") * direction).sum(axis=1)
        for i in range(0, len(log_probs), step)
    ]
    key = np.concatenate(parts)
    order = np.argsort(key)
    place = np.empty(len(key), dtype=np.int64)
    place[order] = np.cumsum(np.append(False, np.diff(key[order]) != 0))
    return place


def _sample(predictions: Predictions, fold: Folds, seed: int) -> Codes:
    """
    Numbers, ascending, of the rows of positive weight that maps are fitted to.

    They are all such rows, or 20,000 drawn at random if there are more.
    """
    rows = np.arange(len(fold)) if predictions.weights is None else np.flatnonzero(predictions.weights > 0)
    if len(rows) <= _MOST_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, _MOST_ROWS, replace=False))


def _fit(candidate: Candidate, part: Predictions, rows: NDArray[np.bool_]) -> Any:
    """Map of `candidate` fitted to the rows of `part` for which `rows`, (n,) flags, is True."""
    weights = None if part.weights is None else part.weights[rows]
    return candidate.fit(part.log_probs[rows], part.codes[rows], weights)


def _losses_by_fold(part: Predictions, fold: Folds, maps: list[Any]) -> Array:
    """
    Loss in nats, unweighted, of each row of `part`, (n,), by the map that was fitted without its fold.

    `fold`, (n,), has the fold of each row, from 0, `maps` one map for each fold, in order. A loss may be
    infinite.
    """
    losses = np.empty(len(fold))
    for k, each in enumerate(maps):
        rows = np.flatnonzero(fold == k)
        losses[rows] = losses_of(each(part.log_probs[rows]), part.codes[rows])
    return losses


def _units(part: Predictions, rows: NDArray[np.bool_]) -> Clusters:
    """
    Independent units of the rows of `part` for which `rows`, (n,) flags, is True: groups, or the rows without
    any.
    """
    weights = None if part.weights is None else part.weights[rows]
    groups = None if part.groups is None else part.groups[rows]
    return clusters_of(int(rows.sum()), groups=groups, weights=weights)


def _choice(table: Array, clusters: Clusters) -> int:
    """
    Number of the first candidate whose mean loss is within one standard error of the least.

    `table`, (m, n), has the losses of the n rows by each of m candidates, the simplest first. Means have the
    weights of `clusters`, and the standard error is that of the paired difference from the best candidate,
    the first of equal ones, between their units. A candidate of infinite mean loss is not chosen, unless all
    are infinite: then the first is.
    """
    means = np.asarray([clusters.mean(losses) for losses in table])
    best = int(np.argmin(means))
    for c in range(best):
        if not math.isfinite(means[c]):
            continue
        difference = clusters.sums(table[c] - table[best]) - (means[c] - means[best]) * clusters.mass
        if means[c] - means[best] <= math.sqrt(float(difference @ difference)) / clusters.mass.sum():
            return c
    return best


def _both_scores(
    predictions: Predictions, fold: Folds, maps: tuple[Any, ...], whole: Any
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """
    Scores of the rows by the map of their fold, and by `whole`; each is a pair of log loss and Brier score,
    as of `_scores`.
    """
    return _scores(predictions, fold, maps), _scores(predictions, np.zeros_like(fold), (whole,))


def _scores(predictions: Predictions, fold: Folds, maps: tuple[Any, ...]) -> tuple[Array, Array]:
    """
    Log loss in nats, (n,), and Brier score, summed over classes, (n,), of each row by the map of its fold.

    `fold`, (n,), numbers the entries of `maps`. Losses may be infinite; rows of weight 0 have scores too.
    """
    n, K = predictions.log_probs.shape
    losses, squared = np.empty(n), np.empty(n)
    step = max(1, _BLOCK // K)
    for k, each in enumerate(maps):
        rows = np.flatnonzero(fold == k)
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            moved, codes = each(predictions.log_probs[some]), predictions.codes[some]
            losses[some], squared[some] = losses_of(moved, codes), squared_losses_of(moved, codes)
    return losses, squared
