"""
Widest recalibration map that the rows bear, fitted without a ridge: what all simpler ones might overlook.

The map of least cross-fitted loss is often the identity where there are few rows, also if the model is
miscalibrated. The likelihood ratio of the widest map bounds what was overlooked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.candidates import Candidate, beta, matrix_scaling, temperature, vector_scaling
from xent.calibration.maps import StructuredScaling, Temperature
from xent.calibration.structured_scaling import structured_scaling
from xent.scoring.likelihood_ratio import Widest, gain_of
from xent.scoring.predictions import Predictions
from xent.scoring.row_scores import losses_of, squared_losses_of

__all__ = ["widest_map"]

Array = NDArray[np.float64]

# Share of the candidates' ridge: too weak to shrink the gain, strong enough for a minimum where rows are
# separable.
_STRENGTH = 1e-4


@dataclass(frozen=True, slots=True)
class _Scores:
    """
    Scores of the rows with the map, and mean divergences of its forecasts from those of the model.

    Parameters
    ----------
    losses, squared : ndarray of shape (n,)
        Log loss in nats, and Brier score, of each row after the map.
    relative_entropy, squared_distance : float
        Weighted mean divergences that belong to both scores.
    """

    losses: Array
    squared: Array
    relative_entropy: float
    squared_distance: float


def widest_map(
    part: Predictions, suitable: Sequence[Candidate], *, whole: bool, encloses: bool
) -> tuple[Widest, Widest]:
    """
    Limits of what recalibration removes from the log loss and from the Brier score, by the widest map.

    Parameters
    ----------
    part : Predictions
        Rows to fit to, of finite loss.
    suitable : sequence of Candidate
        Maps that there are rows enough for; isotonic regression, which has no likelihood ratio, is ignored.
        Without any other the temperature is fitted.
    whole : bool
        True if these are all rows of the account.
    encloses : bool
        True if no map of the account is isotonic regression; it is handed on, and moves no limit.

    Returns
    -------
    tuple of two Widest
        Ends of 95 % intervals for the log loss, in nats, and for the Brier score. Their `refined` is None
        unless `whole`; the ends for the Brier score are 0 if the map changes no forecast.

    Notes
    -----
    The likelihood ratio speaks of the log loss. For the Brier score its ends are multiplied by the ratio of
    the two divergences of the model's forecasts from the map's, the terms' own definitions.
    """
    fitted, coefficients = _fitted(part, suitable)
    scores = _scores(part, fitted)
    gain = gain_of(part.losses - scores.losses, part.clusters, min(coefficients, _free(part)))
    ratio = scores.squared_distance / scores.relative_entropy if scores.relative_entropy > 0 else 0.0
    low, high = gain.interval()
    return (
        Widest(low, high, scores.losses + gain.bias if whole else None, encloses),
        Widest(low * ratio, high * ratio, scores.squared + gain.bias * ratio if whole else None, encloses),
    )


def _fitted(part: Predictions, suitable: Sequence[Candidate]) -> tuple[Any, int]:
    """
    Widest map of the `suitable` candidates, fitted to `part`, and its number of coefficients.

    It is the first of beta, matrix scaling and vector scaling that is suitable, else the temperature,
    suitable or not. The scalings follow the best temperature, with a ridge that hardly matters. The number is
    3, K (K - 1), 2 K - 1 or 1: coefficients that change no forecast are not counted.
    """
    log_probs, codes, weights = part.log_probs, part.codes, part.weights
    kinds = {one.fit for one in suitable}
    K = log_probs.shape[1]
    if beta in kinds:
        return beta(log_probs, codes, weights), 3
    first, full = _unmixed(part), matrix_scaling in kinds
    if kinds.isdisjoint({matrix_scaling, vector_scaling}):
        return first, 1
    found = structured_scaling(first(log_probs), codes, weights, full=full, strength=_STRENGTH)
    # Centred logits have K - 1 dimensions, and a constant added to all of them changes nothing.
    identified = K * (K - 1) if full else 2 * K - 1
    return StructuredScaling(first, found.matrix, found.shift, found.gap), identified


def _free(part: Predictions) -> int:
    """
    Most coefficients that any map of these rows can have, at least 1.

    They are those of one distribution over the classes of rows with weight for each distinct forecast.
    """
    seen = np.unique(part.codes if part.weights is None else part.codes[part.weights > 0])
    # A random projection tells forecasts apart; a matrix product would round equal ones by their places.
    direction = np.random.default_rng(0).standard_normal(part.log_probs.shape[1])
    forecasts = np.unique((np.exp(part.log_probs, order="C") * direction).sum(axis=1))
    return max(1, len(forecasts) * (len(seen) - 1))


def _unmixed(part: Predictions) -> Temperature:
    """
    Best temperature, with a share of the uniform distribution only if a probability is 0.

    The share is no coefficient, and moves the loss: where few rows gain little, it would make the gain
    negative.
    """
    first = temperature(part.log_probs, part.codes, part.weights)
    return replace(first, mix=0.0) if np.isfinite(part.log_probs).all() else first


def _scores(part: Predictions, fitted: Any) -> _Scores:
    """
    Scores of the rows of `part` with the map `fitted`, and the divergences of its forecasts from those of the
    model.

    Log losses are in nats, Brier scores summed over classes, both (n,) and unweighted. With p a forecast of
    the map and q that of the model, the divergences are weighted means of ``sum p log(p / q)``, in which
    classes with p or q of 0 add nothing, and of ``sum (p - q)**2``.
    """
    moved = fitted(part.log_probs)
    before, after = np.exp(part.log_probs), np.exp(moved)
    # A class to which either gives no probability costs nothing here; losses of the rows are finite.
    possible = np.isfinite(part.log_probs) & (after > 0)
    change = np.where(possible, moved, 0.0) - np.where(possible, part.log_probs, 0.0)
    mean = part.clusters.mean
    return _Scores(
        losses=losses_of(moved, part.codes),
        squared=squared_losses_of(moved, part.codes),
        relative_entropy=mean((after * change).sum(axis=1)),
        squared_distance=mean(((after - before) ** 2).sum(axis=1)),
    )
