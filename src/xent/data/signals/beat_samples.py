"""Samples of a heartbeat, synthetic or recorded: their number, rate, times relative to R, and names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "SAMPLES", "sample_names", "sample_times"]

SAMPLES = 128
"""Number of samples of a beat."""

RATE = 128
"""Samples a second."""

_BEFORE_R = 0.4


def sample_times() -> NDArray[np.float64]:
    """Time of each sample in seconds relative to R, (SAMPLES,): -0.4 to 0.592."""
    return np.arange(SAMPLES) / RATE - _BEFORE_R


def sample_names() -> list[str]:
    """Column of each sample: ``mV at -400 ms`` to ``mV at +592 ms``."""
    return [f"mV at {round(1000 * time):+d} ms" for time in sample_times()]
