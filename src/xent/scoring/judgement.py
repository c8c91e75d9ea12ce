"""What held-out predictions are worth: the results, without how they are computed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.scoring.estimate import Estimate

__all__ = ["ClassShare", "Judgement", "ReliabilityBin", "SurprisingRow"]


@dataclass(frozen=True, slots=True)
class ClassShare:
    """What one class costs: `rows` held out, mean loss in nats, share of the whole loss, error rate."""

    label: str
    rows: int
    cross_entropy: float
    share: float
    error: float


@dataclass(frozen=True, slots=True)
class SurprisingRow:
    """A held-out row that the model did not expect: its surprisal in bits, and what it expected instead."""

    row: int
    label: str
    predicted: str
    probability: float
    predicted_probability: float
    surprisal: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """
    Predicted probabilities of one bin against what happened: `count` predictions in ``(low, high]``.

    `predicted` is their mean, `observed` the share that came true with its interval.
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: Estimate


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What predictions of held-out rows are worth, losses in nats.

    Parameters
    ----------
    rows : int
        Held-out rows.
    cross_entropy : Estimate
        Mean surprisal of the true class, with a bootstrap interval.
    prior_entropy : float
        Entropy of the classes' frequencies among these rows: what knowing nothing else costs.
    error : Estimate
        Share of rows whose most probable class is not the true one, with a Wilson interval.
    classes : tuple of ClassShare
        Each class, in the order of the model's classes.
    surprising : tuple of SurprisingRow
        The most surprising rows, worst first.
    confusion : tuple of tuple of int
        Rows by true class, columns by predicted class.
    reliability : tuple of ReliabilityBin
        Every class's predicted probabilities, pooled, against what happened; for two classes, the
        probabilities of the second.
    calibration_error : float
        Mean absolute difference between `predicted` and `observed` over the bins, weighted by count.
    """

    rows: int
    cross_entropy: Estimate
    prior_entropy: float
    error: Estimate
    classes: tuple[ClassShare, ...]
    surprising: tuple[SurprisingRow, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float

    @property
    def skill(self) -> float:
        """Share of the prior's entropy that the model removes: 1 is perfect, 0 is knowing nothing."""
        if self.prior_entropy == 0:
            return math.nan
        return 1 - self.cross_entropy.value / self.prior_entropy

    @property
    def bits(self) -> Estimate:
        """The cross-entropy in bits."""
        return self.cross_entropy.rescaled(lambda nats: nats / math.log(2))

    @property
    def perplexity(self) -> Estimate:
        """``exp`` of the cross-entropy: how many equally likely classes would be as hard to guess."""
        return self.cross_entropy.rescaled(_exp)


def _exp(x: float) -> float:
    # Beyond 709 nats math.exp raises where the field writes inf.
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
