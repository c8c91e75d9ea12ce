"""
Timing of functions beside each other: in one process, on the same arrays, in rotating turns.

A turn lasts a few milliseconds at least, so that the clock resolves short calls; the time of one call is
reported for each counted turn.
"""

from __future__ import annotations

import platform
import statistics
import time
import warnings
from collections.abc import Callable, Mapping
from importlib import metadata
from typing import Any

__all__ = ["machine", "percentiles", "seconds_in_turns", "share"]

_TURN = 2e-3


def seconds_in_turns(
    providers: Mapping[str, Callable[..., Any]], arrays: tuple[Any, ...], *, turns: int
) -> dict[str, list[float]]:
    """Seconds of a call of each provider in each counted turn, after one that warms up."""
    repeats = {name: _repeats(function, arrays) for name, function in providers.items()}
    names = list(repeats)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(turns):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            seconds[name].append(_seconds(providers[name], arrays, repeats[name]))
    return seconds


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """The 20th, 50th and 80th percentile."""
    low, middle, high = (sorted(times)[round(q * (len(times) - 1))] for q in (0.2, 0.5, 0.8))
    return low, middle, high


def share(times: list[float], others: list[float]) -> float:
    """Median of `times` divided by the median of `others`: below 1 if `times` are shorter."""
    return statistics.median(times) / statistics.median(others)


def machine(*packages: str) -> str:
    """Versions of Python and `packages`, and the architecture of the processor, in one line."""
    versions = [f"{name} {metadata.version(name)}" for name in packages]
    return ", ".join([f"Python {platform.python_version()}", *versions, platform.machine()])


def _repeats(function: Callable[..., Any], arrays: tuple[Any, ...]) -> int:
    with warnings.catch_warnings():
        # A rival's warnings are hidden in its first call.
        warnings.simplefilter("ignore")
        function(*arrays)
    return max(1, round(_TURN / _seconds(function, arrays, 1)))


def _seconds(function: Callable[..., Any], arrays: tuple[Any, ...], repeats: int) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        function(*arrays)
    return (time.perf_counter() - began) / repeats
