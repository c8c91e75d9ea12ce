"""Loss beside infinite rows, clipped losses, Brier score, accuracy and the area under the curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.scoring.bootstrap import bootstrap_mean
from xent.scoring.clusters import FEW_CLUSTERS, clusters_of
from xent.scoring.estimate import Estimate
from xent.scoring.predictions import Predictions
from xent.scoring.ranking import area_under_curve
from xent.scoring.row_scores import RowScores
from xent.scoring.shares import share_of_rows

__all__ = ["CLIPS", "LossSummary", "TopAccuracy", "loss_summary"]

Array = NDArray[np.float64]

CLIPS = (1e-15, 1e-7)
"""Probabilities at which other tools clip predictions."""

_SHOWN = 10
_TOPS = (1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class TopAccuracy:
    """
    Share of rows whose true class is among the `k` most probable ones.

    Parameters
    ----------
    k : int
        Number of classes looked at, at least 1.
    accuracy : Estimate
        The share, weighted, with its interval.
    """

    k: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class LossSummary:
    """
    Mean loss of the rows with what surrounds it, in nats.

    Parameters
    ----------
    units : int
        Number of independent units that intervals draw: groups, or rows without groups.
    grouped : bool
        True if the units are groups.
    infinite : int
        Rows of weight whose true class has probability 0, and so an infinite loss.
    infinite_rows : tuple of int
        Numbers of the first ten of them.
    finite : Estimate
        Mean loss of the other rows; nan if these have no weight.
    clipped : tuple of (float, float)
        Probability at which predictions are clipped from both sides, and the mean loss after that.
    expected : Estimate
        Mean entropy of the forecasts: the loss that the model itself expects.
    prior_loss : float
        Loss of the constant forecast that skill is measured against.
    prior_bias : float
        Amount by which that loss is too small on average because it was fitted to these very rows,
        ``(K - 1) / 2n`` for K classes that occur and n units; 0 for a prior from elsewhere.
    skill : Estimate
        ``1 - loss / prior_loss``; nan if `prior_loss` is 0 or infinite.
    brier : Estimate
        Brier score as the sum over classes; for two classes others report half of it.
    top : tuple of TopAccuracy
        Accuracy among the k most probable classes.
    area : Estimate
        Area under the ROC curve: of the second class, or the mean over classes against the rest.
    effective_units : float
        Units of equal weight whose mean varies as much.
    """

    units: int
    grouped: bool
    infinite: int
    infinite_rows: tuple[int, ...]
    finite: Estimate
    clipped: tuple[tuple[float, float], ...]
    expected: Estimate
    prior_loss: float
    prior_bias: float
    skill: Estimate
    brier: Estimate
    top: tuple[TopAccuracy, ...]
    area: Estimate
    effective_units: float = math.inf

    @property
    def few_units(self) -> bool:
        """
        True if there are fewer units, counted as ones of equal weight, than coverage is tested for.

        That is 500 rows, or `FEW_CLUSTERS` groups.
        """
        return min(self.units, round(self.effective_units, 6)) < (FEW_CLUSTERS if self.grouped else 500)

    @property
    def half_brier(self) -> Estimate:
        """Half of the Brier score: what others report for two classes."""
        return self.brier.rescaled(lambda score: score / 2)


def loss_summary(predictions: Predictions, scores: RowScores, prior: Array | None = None) -> LossSummary:
    """
    Summary of `predictions`, whose rows have `scores`: means by weight, losses in nats, intervals over the
    units.

    `prior`, (K,), are class probabilities from elsewhere, such as the shares in training; None for the shares
    of these rows by weight. Skill is 1 less the loss over that of the prior. Infinite rows, those of weight
    alone, are counted, and the first ten named in the order of the rows. Accuracy is given for the 1, 2, 3, 5
    and 10 most probable classes, 1 always, others if fewer than K.
    """
    clusters, K = predictions.clusters, len(predictions.classes)
    counted = np.ones(len(scores.losses), bool) if predictions.weights is None else predictions.weights > 0
    lost = np.flatnonzero(np.isinf(scores.losses) & counted)
    shares, bias = _prior(predictions, prior)
    with np.errstate(divide="ignore"):
        prior_losses = -np.log(shares)[predictions.codes]
    prior_loss = clusters.mean(prior_losses)
    return LossSummary(
        units=clusters.count,
        grouped=clusters.grouped,
        infinite=len(lost),
        infinite_rows=tuple(int(predictions.rows[i]) for i in lost[:_SHOWN]),
        finite=_finite_mean(predictions, scores.losses),
        clipped=tuple((eps, clusters.mean(_clipped(scores.losses, eps))) for eps in CLIPS),
        expected=bootstrap_mean(scores.expected, clusters=clusters, least=0.0),
        prior_loss=prior_loss,
        prior_bias=bias,
        skill=_skill(predictions, scores.losses, prior_losses, prior_loss),
        brier=bootstrap_mean(scores.squared, clusters=clusters, least=0.0),
        top=tuple(TopAccuracy(k, share_of_rows(scores.rank < k, clusters)) for k in _TOPS if k == 1 or k < K),
        area=area_under_curve(predictions),
        effective_units=clusters.effective,
    )


def _prior(predictions: Predictions, prior: Array | None) -> tuple[Array, float]:
    """
    Probabilities of the constant forecast, (K,), and the bias of its loss in nats, >= 0.

    They are `prior`, (K,), without bias, or for None the shares of the classes by weight. These were fitted
    to the rows and cost too little, by (k - 1) / 2n for k classes with weight and n units, groups or rows,
    counted whatever their weight.
    """
    if prior is not None:
        return prior, 0.0
    K = len(predictions.classes)
    mass = np.bincount(predictions.codes, weights=predictions.weights, minlength=K)
    seen = int((mass > 0).sum())
    return mass / mass.sum(), (seen - 1) / (2 * predictions.clusters.count)


def _finite_mean(predictions: Predictions, losses: Array) -> Estimate:
    """
    Weighted mean of the finite `losses`, (n,), in nats, with its 95 % interval over the units of their rows.

    All three numbers are nan if none is finite or these have no weight, the ends alone for a single unit.
    """
    finite = np.isfinite(losses)
    if finite.all():
        return bootstrap_mean(losses, clusters=predictions.clusters, least=0.0)
    if not finite.any():
        return Estimate(math.nan, math.nan, math.nan)
    groups = None if predictions.groups is None else predictions.groups[finite]
    weights = None if predictions.weights is None else predictions.weights[finite]
    if weights is not None and not weights.sum() > 0:
        return Estimate(math.nan, math.nan, math.nan)
    clusters = clusters_of(int(finite.sum()), groups=groups, weights=weights)
    return bootstrap_mean(losses[finite], clusters=clusters, least=0.0)


def _clipped(losses: Array, eps: float) -> Array:
    """Losses, (n,), of true classes whose probabilities are clipped to ``eps .. 1 - eps``."""
    return np.clip(losses, -math.log1p(-eps), -math.log(eps))


def _skill(predictions: Predictions, losses: Array, prior_losses: Array, prior_loss: float) -> Estimate:
    """
    Skill with the interval of the difference of losses, in units of the prior's loss.

    `losses` and `prior_losses`, (n,), are those of the rows. All are nan if the mean `prior_loss` is 0 or
    infinite.
    """
    if not 0 < prior_loss < math.inf:
        return Estimate(math.nan, math.nan, math.nan)
    gain = bootstrap_mean(losses - prior_losses, clusters=predictions.clusters)
    return Estimate(
        1 - predictions.clusters.mean(losses) / prior_loss,
        -gain.high / prior_loss,
        -gain.low / prior_loss,
        gain.level,
    )
