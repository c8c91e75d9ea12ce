"""Temperature of a network's probabilities, chosen by the rows held out from training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.calibration.candidates import CANDIDATES
from xent.calibration.cross_fitting import cross_fitted
from xent.calibration.maps import Identity
from xent.scoring.predictions import checked_predictions

__all__ = ["LEAST_ROWS", "TemperatureChoice", "temperature_choice", "without_temperature"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

LEAST_ROWS = 500
"""Held-out rows below which no temperature is fitted: its error would cost more than it gains."""

_CANDIDATES = tuple(one for one in CANDIDATES if one.name in {"identity", "temperature"})


@dataclass(frozen=True, slots=True, eq=False)
class TemperatureChoice:
    """
    Map of log-probabilities, with the reason for it.

    Parameters
    ----------
    map : Identity or Temperature
        Map that is applied to the network's log-probabilities.
    reason : str
        One sentence.
    """

    map: Any
    reason: str


def without_temperature(reason: str) -> TemperatureChoice:
    """Choice of the identity, for the `reason`, one sentence."""
    return TemperatureChoice(Identity(), reason)


def temperature_choice(
    log_probs: Array, codes: Codes, weights: Array, groups: Codes | None = None
) -> TemperatureChoice:
    """
    Temperature if it lowers the cross-fitted loss by more than its standard error, else the identity.

    For fewer than 500 rows, or rows of a single group, it is the identity too. The result has the reason.

    Parameters
    ----------
    log_probs : ndarray of shape (n, K)
        Predictions of the held-out rows, in nats.
    codes, weights : ndarray of shape (n,)
        Class and weight of each row.
    groups : ndarray of shape (n,), optional
        Group of each row; folds consist of whole groups.
    """
    n = len(codes)
    if n < LEAST_ROWS:
        return without_temperature(
            f"No temperature: {n} held-out rows are too few to fit one (at least {LEAST_ROWS})."
        )
    if groups is not None and len(np.unique(groups)) == 1:
        return without_temperature("No temperature: the held-out rows are one group, which has no folds.")
    classes = tuple(str(k) for k in range(log_probs.shape[1]))
    predictions = checked_predictions(
        log_probs, codes, classes=classes, sample_weight=weights, groups=groups, caller="NeuralClassifier.fit"
    )
    found = cross_fitted(predictions, candidates=_CANDIDATES)
    if found is None or found.chosen.name == "identity":
        return without_temperature(
            f"No temperature: on {n:,} held-out rows, cross-fitted, it gains no more than its standard error."
        )
    losses = dict(found.candidates)
    gain = losses["identity"] - losses["temperature"]
    return TemperatureChoice(
        found.map,
        f"Temperature {1 / found.map.inverse:.3g}, fitted to {n:,} held-out rows: "
        f"cross-fitted it gains {gain:.2g} nats.",
    )
