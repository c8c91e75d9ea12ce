"""Isotonic regression by pooling adjacent violators, and the account that it gives (CORP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

__all__ = ["Corp", "Steps", "corp", "pool_adjacent_violators"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Non-decreasing function: `levels` at the distinct, rising `points`, both (m,), linear between them."""

    points: Array
    levels: Array

    def __call__(self, values: Array) -> Array:
        """Level at each value: linear between points, constant beyond the ends."""
        return np.asarray(np.interp(values, self.points, self.levels))


@dataclass(frozen=True, slots=True)
class Corp:
    """
    In-sample account of a score of binary forecasts: score = miscalibration - discrimination + uncertainty.

    Parameters
    ----------
    score : float
        Mean score of the forecasts.
    miscalibration, discrimination : float
        Loss that isotonic recalibration removes, and gain of the recalibrated forecasts over the base rate;
        both >= 0.
    uncertainty : float
        Score of the base rate.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def pool_adjacent_violators(forecasts: Array, events: Array, weights: Array | None = None) -> Steps:
    """
    Non-decreasing function of the forecasts that is closest to the events in weighted squares.

    Parameters
    ----------
    forecasts, events : ndarray of shape (n,)
        Forecasts in any scale, and outcomes; rows of equal forecasts are pooled first.
    weights : ndarray of shape (n,), optional
        Weight of each row; rows of weight 0 are ignored, and one must have weight.

    Returns
    -------
    Steps
        Distinct forecasts of rows with weight, rising, and the level of each.

    References
    ----------
    .. [1] Barlow, R. E. et al. (1972). Statistical Inference under Order Restrictions.
    """
    w = np.ones(len(forecasts)) if weights is None else weights
    kept = w > 0
    points, place = np.unique(forecasts[kept], return_inverse=True)
    mass = np.bincount(place, weights=w[kept], minlength=len(points))
    means = np.bincount(place, weights=(w * events)[kept], minlength=len(points)) / mass
    return Steps(points, np.asarray(isotonic_regression(means, weights=mass).x))


def corp(
    log_probs: tuple[Array, Array], events: NDArray[np.bool_], *, score: str, weights: Array | None = None
) -> Corp:
    """
    CORP account of binary forecasts, in nats for the log loss; Brier is the half that R reports.

    Parameters
    ----------
    log_probs : tuple of two ndarrays of shape (n,)
        Log-probabilities that the event fails to happen, and that it happens.
    events : ndarray of bool, of shape (n,)
        True where the event happened.
    score : {"log", "brier"}
        Score to account for.
    weights : ndarray of shape (n,), optional
        Weight of each row, with a positive sum; rows of weight 0 are ignored.

    Returns
    -------
    Corp
        Terms of the account; score and miscalibration are infinite if a row with weight has an infinite loss.

    References
    ----------
    .. [1] Dimitriadis, T., Gneiting, T. and Jordan, A. I. (2021). Stable reliability diagrams for
       probabilistic classifiers. PNAS 118(8).
    """
    w = np.ones(len(events)) if weights is None else weights
    w = w / w.sum()
    odds = log_probs[1] - log_probs[0]
    of = _log_score if score == "log" else _half_brier
    # Each side from sums of its own: 1 minus a share that weights round to 1 would be 0, or less.
    failing, happening = (
        np.clip(pool_adjacent_violators(sign * odds, happened, w)(sign * odds), 0.0, 1.0)
        for sign, happened in ((-1, (~events).astype(float)), (1, events.astype(float)))
    )
    rates = np.asarray([w @ ~events, w @ events])
    with np.errstate(divide="ignore"):
        recalibrated = of(np.log(failing), np.log(happening), events)
        fails, happens = np.log(rates / rates.sum())
        base = of(fails, happens, events)
    mean, refined, uncertain = (
        float(np.sum(np.where(w > 0, each, 0.0) * w)) for each in (of(*log_probs, events), recalibrated, base)
    )
    return Corp(mean, mean - refined, uncertain - refined, uncertain)


def _log_score(failing: Array, happening: Array, events: NDArray[np.bool_]) -> Array:
    """
    Log loss of each row in nats, (n,), from log-probabilities that the event fails and that it happens.

    `events`, (n,), is True where it happened; a log-probability may be one number for all rows.
    """
    return 0 - np.where(events, happening, failing)


def _half_brier(failing: Array, happening: Array, events: NDArray[np.bool_]) -> Array:
    """
    Half of each row's Brier score, (n,), from log-probabilities that the event fails and that it happens.

    `events`, (n,), is True where it happened; a log-probability may be one number for all rows.
    """
    return np.exp(np.where(events, failing, happening)) ** 2
