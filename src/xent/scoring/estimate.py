"""Estimate of a number, with a confidence interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    Value with the ends of its confidence interval, all in one unit.

    Parameters
    ----------
    value, low, high : float
        ``low <= value <= high``; `value` may be nan if nothing is known, the ends if no interval is known.
    level : float
        Nominal coverage of the interval.
    """

    value: float
    low: float
    high: float
    level: float = 0.95

    def rescaled(self, function: Callable[[float], float], /) -> Estimate:
        """Estimate in another unit: `function` of `value`, `low` and `high`; `function` must not decrease."""
        return Estimate(function(self.value), function(self.low), function(self.high), self.level)
