"""Probabilities as the exact rational numbers that they are stored as."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["ExactDistribution", "exact_distribution"]


@dataclass(frozen=True, slots=True)
class ExactDistribution:
    """
    Symbol i has probability ``weights[i] / scale``, exactly as given.

    Parameters
    ----------
    weights : tuple of int
        One for each symbol, >= 0.
    scale : int
        Their sum where that was to be normalised; otherwise what a probability of 1 would have been.
    unit_roundoff : Fraction
        Relative error of one rounding of what was given; 0 for whole numbers and fractions.
    """

    weights: tuple[int, ...]
    scale: int
    unit_roundoff: Fraction

    @property
    def possible(self) -> tuple[int, ...]:
        """Symbols of positive probability."""
        return tuple(k for k, weight in enumerate(self.weights) if weight)

    @property
    def probs(self) -> NDArray[np.float64]:
        """Its probabilities, each rounded once."""
        # A quotient of two Python integers is correctly rounded, however long they are.
        return np.asarray([weight / self.scale for weight in self.weights])

    def normalized(self) -> ExactDistribution:
        """The same weights as parts of their sum."""
        return ExactDistribution(self.weights, sum(self.weights), self.unit_roundoff)

    def surprisal_digits(self, radix: int, *, exactly: bool = False) -> tuple[int | None, ...]:
        """
        Least whole number of digits that no surprisal exceeds; None for a probability of 0.

        Unless `exactly`, a probability that differs from a power of the radix by less than one rounding
        counts as that power.
        """
        slack = Fraction(0) if exactly else self.unit_roundoff
        known: dict[int, int] = {}
        for weight in set(self.weights) - {0}:
            known[weight] = _digits(weight, self.scale, radix, slack)
        return tuple(known.get(weight) for weight in self.weights)


def exact_distribution(probs: Any, *, where: str, argument: str, normalize: bool) -> ExactDistribution:
    """
    Read a distribution over K symbols, or with `normalize` any weights, to the last digit.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers.
    ShapeError
        If it has not exactly one axis, or no symbol.
    DomainError
        If an entry is negative or not finite, or the sum is not 1 (normalised: is 0).
    """
    array = _numbers(probs, where, argument)
    entries = array.tolist()
    if array.dtype != object:
        _check(array, lambda x: ~np.isfinite(x), "be finite", where, argument)
    _check(array, lambda x: x < 0, "be >= 0", where, argument)
    weights, scale = _over_one_denominator(entries)
    rounded = array.dtype.kind == "f"
    eps = float(np.finfo(array.dtype).eps) if rounded else 0.0
    total = sum(weights)
    if not normalize:
        _check_sum(total, scale, math.sqrt(eps), where, argument)
    elif not total:
        raise DomainError(where, argument, "hold a weight > 0", got="only zeros")
    return ExactDistribution(weights, total if normalize else scale, Fraction(eps) / 2)


def _numbers(probs: Any, where: str, argument: str) -> NDArray[Any]:
    array = numpy_array(probs, where=where, argument=argument)
    fractions = array.dtype == object and all(isinstance(x, int | Fraction) for x in array.flat)
    if array.dtype.kind not in "iuf" and not fractions:
        raise DTypeError(where, argument, "hold real numbers or fractions", got=str(array.dtype))
    if array.ndim != 1 or not array.size:
        rule = "have one axis with at least one symbol"
        raise ShapeError(where, argument, rule, got=f"shape {array.shape}")
    return array


def _check(array: NDArray[Any], violates: Callable[[Any], Any], rule: str, where: str, argument: str) -> None:
    wrong = np.flatnonzero(violates(array))
    if wrong.size:
        first = int(wrong[0])
        raise DomainError(where, argument, rule, got=f"{array[first]}", index=(first,))


def _check_sum(total: int, scale: int, tolerance: float, where: str, argument: str) -> None:
    if abs(total - scale) > Fraction(tolerance) * scale:
        hint = "Pass `normalize=True` to divide by the sum, as for counts."
        raise DomainError(where, argument, "sum to 1", got=f"{total / scale:.9g}", hint=hint)


def _over_one_denominator(entries: Sequence[Any]) -> tuple[tuple[int, ...], int]:
    ratios = [entry.as_integer_ratio() for entry in entries]
    scale = math.lcm(*(denominator for _, denominator in ratios))
    return tuple(numerator * (scale // denominator) for numerator, denominator in ratios), scale


def _digits(weight: int, scale: int, radix: int, slack: Fraction) -> int:
    # A guess that rounding cannot carry above the truth; from there on all is exact.
    guess = (math.log(scale) - math.log(weight)) / math.log(radix)
    digits = max(0, math.floor(guess * (1 - 1e-12)) - 1)
    scaled = weight * radix**digits
    # Beyond u = slack no rounding of a power lies, so 0.25 less one unit is not taken for 0.25.
    while scale - scaled > 0 and (scale - scaled) * slack.denominator >= slack.numerator * scale:
        digits, scaled = digits + 1, scaled * radix
    return digits
