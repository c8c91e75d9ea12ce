"""
The one way to time functions beside each other: in one process, on the same arrays, in rotating turns.

A turn lasts a few milliseconds at least, so that short calls are not lost in the clock; what is reported is
the time of a call in each counted turn.
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
    """Median of `times` as a share of that of `others`: below 1 where the first are faster."""
    return statistics.median(times) / statistics.median(others)


def machine(*packages: str) -> str:
    """Versions of Python and `packages`, and the processor, in one line."""
    versions = [f"{name} {metadata.version(name)}" for name in packages]
    return ", ".join([f"Python {platform.python_version()}", *versions, platform.machine()])


def _repeats(function: Callable[..., Any], arrays: tuple[Any, ...]) -> int:
    with warnings.catch_warnings():
        # What a rival warns of is its own affair, once.
        warnings.simplefilter("ignore")
        function(*arrays)
    return max(1, round(_TURN / _seconds(function, arrays, 1)))


def _seconds(function: Callable[..., Any], arrays: tuple[Any, ...], repeats: int) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        function(*arrays)
    return (time.perf_counter() - began) / repeats
