"""Results of judging held-out predictions; `judge` computes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.scoring.estimate import Estimate

__all__ = ["ClassShare", "Judgement", "ReliabilityBin", "SurprisingRow"]


@dataclass(frozen=True, slots=True)
class ClassShare:
    """
    Score of one class on held-out rows.

    Parameters
    ----------
    label : str
        Name of the class.
    rows : int
        Held-out rows of the class.
    cross_entropy : float
        Mean loss of these rows in nats; nan if they have no weight.
    share : float
        Share of these rows in the loss of all rows; nan if that loss is 0 or infinite.
    error : float
        Share of these rows whose most probable class is another; nan if they have no weight.
    """

    label: str
    rows: int
    cross_entropy: float
    share: float
    error: float


@dataclass(frozen=True, slots=True)
class SurprisingRow:
    """
    Held-out row of high loss.

    Parameters
    ----------
    row : int
        Row number.
    label, predicted : str
        True class, and most probable class.
    probability, predicted_probability : float
        Predicted probabilities of these two classes.
    surprisal : float
        Loss of the row in bits.
    """

    row: int
    label: str
    predicted: str
    probability: float
    predicted_probability: float
    surprisal: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """
    Predicted probabilities in ``(low, high]``, compared with observed frequencies.

    Parameters
    ----------
    low, high : float
        Ends of the bin; the first bin includes 0.
    count : int
        Number of predictions of rows with weight in the bin.
    predicted : float
        Mean of these predictions.
    observed : Estimate
        Share of them that came true, with its interval.
    share : float
        Share of the bin in all predictions, by the weights of the rows.
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: Estimate
    share: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    Score of predictions on held-out rows, losses in nats.

    Means, shares and the calibration error are weighted by the weights of the rows; numbers of rows and the
    confusion matrix are not.

    Parameters
    ----------
    rows : int
        Number of held-out rows.
    cross_entropy : Estimate
        Mean surprisal of the true class, with a bootstrap interval.
    prior_entropy : float
        Entropy of the class frequencies among these rows: the least loss of a constant prediction.
    error : Estimate
        Share of rows whose most probable class is not the true one, with a Wilson interval; with a bootstrap
        interval for weights or groups.
    classes : tuple of ClassShare
        Each class, in the order of the model's classes.
    surprising : tuple of SurprisingRow
        Rows of highest loss, highest first; rows of weight 0 are not among them.
    confusion : tuple of tuple of int
        Counts by true class (outer) and predicted class (inner).
    reliability : tuple of ReliabilityBin
        Predicted probabilities against observed frequencies: of the most probable class of each row, or for
        two classes of the second. Empty bins are left out.
    calibration_error : float
        Mean absolute difference between `predicted` and `observed` over the bins, weighted by `share`.
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
        """
        Share of the prior entropy that the model removes: 1 for a perfect model, 0 for the class frequencies.

        The share is negative for a model worse than the best constant prediction, and nan if all rows have
        one class.
        """
        if self.prior_entropy == 0:
            return math.nan
        return 1 - self.cross_entropy.value / self.prior_entropy

    @property
    def bits(self) -> Estimate:
        """Cross-entropy in bits, with its interval."""
        return self.cross_entropy.rescaled(lambda nats: nats / math.log(2))

    @property
    def perplexity(self) -> Estimate:
        """``exp`` of the cross-entropy: k means as hard to guess as one of k equally likely classes."""
        return self.cross_entropy.rescaled(_exp)


def _exp(x: float) -> float:
    """``exp(x)``, ``inf`` on overflow."""
    # math.exp raises OverflowError above 709, where NumPy returns inf.
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
