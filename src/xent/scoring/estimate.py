"""A number with the interval it is known to within."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    A value with the ends of its interval, all in one unit.

    Parameters
    ----------
    value, low, high : float
        ``low <= value <= high``.
    level : float
        Coverage that the interval aims at.
    """

    value: float
    low: float
    high: float
    level: float = 0.95

    def rescaled(self, function: Callable[[float], float], /) -> Estimate:
        """The same estimate in another unit; `function` must not decrease."""
        return Estimate(function(self.value), function(self.low), function(self.high), self.level)
