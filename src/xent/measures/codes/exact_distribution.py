"""Probabilities as exact rational numbers, without rounding of the stored values."""

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
    Distribution in which symbol i has exactly the given probability, ``weights[i] / scale``.

    Parameters
    ----------
    weights : tuple of int
        Weight of each symbol, >= 0.
    scale : int
        Weight that stands for probability 1: the sum of the weights if normalised, else the common
        denominator of the given numbers.
    unit_roundoff : Fraction
        Largest relative error of one rounding to the dtype of the given numbers; 0 for integers and
        fractions.
    """

    weights: tuple[int, ...]
    scale: int
    unit_roundoff: Fraction

    @property
    def possible(self) -> tuple[int, ...]:
        """Indices, from 0, of the symbols of positive probability."""
        return tuple(k for k, weight in enumerate(self.weights) if weight)

    @property
    def probs(self) -> NDArray[np.float64]:
        """Probabilities as 64-bit floats, (K,), each rounded once."""
        # A quotient of two Python integers is correctly rounded, however long they are.
        return np.asarray([weight / self.scale for weight in self.weights])

    def normalized(self) -> ExactDistribution:
        """Distribution with the same weights over their sum."""
        return ExactDistribution(self.weights, sum(self.weights), self.unit_roundoff)

    def surprisal_digits(self, radix: int, *, exactly: bool = False) -> tuple[int | None, ...]:
        """
        Surprisal of each symbol in digits, rounded up to a whole number; None for a probability of 0.

        `exactly` True compares the exact probabilities. False, the default, treats a probability that differs
        from a power of the radix by less than one rounding as that power.
        """
        slack = Fraction(0) if exactly else self.unit_roundoff
        known: dict[int, int] = {}
        for weight in set(self.weights) - {0}:
            known[weight] = _digits(weight, self.scale, radix, slack)
        return tuple(known.get(weight) for weight in self.weights)


def exact_distribution(probs: Any, *, caller: str, argument: str, normalize: bool) -> ExactDistribution:
    """
    Check a distribution over K symbols and convert it to exact rational numbers.

    The result holds an integer weight of each symbol, the weight that stands for probability 1, and the unit
    roundoff of the given dtype (0 for integers and fractions). `normalize` True accepts any weights >= 0 and
    divides them by their sum; otherwise the numbers stay as given, also if they sum to 1 up to rounding only.

    Raises
    ------
    DTypeError
        If `probs` does not hold real numbers or fractions.
    ShapeError
        If `probs` does not have exactly one axis, or has no entry.
    DomainError
        If an entry is negative, not finite or masked, or the sum differs from 1 by more than the square root
        of the dtype's epsilon (with `normalize`: is 0).
    """
    array = _numbers(probs, caller, argument)
    entries = array.tolist()
    if array.dtype != object:
        _check(array, lambda x: ~np.isfinite(x), "be finite", caller, argument)
    _check(array, lambda x: x < 0, "be >= 0", caller, argument)
    weights, scale = _over_one_denominator(entries)
    rounded = array.dtype.kind == "f"
    eps = float(np.finfo(array.dtype).eps) if rounded else 0.0
    total = sum(weights)
    if not normalize:
        _check_sum(total, scale, math.sqrt(eps), caller, argument)
    elif not total:
        raise DomainError(caller, argument, "hold a weight > 0", got="only zeros")
    return ExactDistribution(weights, total if normalize else scale, Fraction(eps) / 2)


def _numbers(probs: Any, caller: str, argument: str) -> NDArray[Any]:
    """
    `probs` as an array of one axis of real numbers, or of integers and `Fraction` objects.

    Raises `DTypeError` for other entries, `ShapeError` for no entry or another number of axes, `DomainError`
    for a masked entry. Other values are not checked.
    """
    array = numpy_array(probs, caller=caller, argument=argument)
    fractions = array.dtype == object and all(isinstance(x, int | Fraction) for x in array.flat)
    if array.dtype.kind not in "iuf" and not fractions:
        raise DTypeError(caller, argument, "hold real numbers or fractions", got=str(array.dtype))
    if array.ndim != 1 or not array.size:
        rule = "have one axis with at least one symbol"
        raise ShapeError(caller, argument, rule, got=f"shape {array.shape}")
    return array


def _check(
    array: NDArray[Any], violates: Callable[[Any], Any], rule: str, caller: str, argument: str
) -> None:
    """
    Raise `DomainError` for the first entry for which `violates`, a function to a mask, is True; `rule` says
    what is due.
    """
    wrong = np.flatnonzero(violates(array))
    if wrong.size:
        first = int(wrong[0])
        raise DomainError(caller, argument, rule, got=f"{array[first]}", index=(first,))


def _check_sum(total: int, scale: int, tolerance: float, caller: str, argument: str) -> None:
    """Raise `DomainError` if ``total / scale`` differs from 1 by more than `tolerance`."""
    if abs(total - scale) > Fraction(tolerance) * scale:
        hint = "Pass `normalize=True` to divide by the sum, as for counts."
        raise DomainError(caller, argument, "sum to 1", got=f"{total / scale:.9g}", hint=hint)


def _over_one_denominator(entries: Sequence[Any]) -> tuple[tuple[int, ...], int]:
    """
    Numerators of `entries`, numbers with a method ``as_integer_ratio``, over their least common denominator,
    and this denominator.
    """
    ratios = [entry.as_integer_ratio() for entry in entries]
    scale = math.lcm(*(denominator for _, denominator in ratios))
    return tuple(numerator * (scale // denominator) for numerator, denominator in ratios), scale


def _digits(weight: int, scale: int, radix: int, slack: Fraction) -> int:
    """
    Least number of digits d >= 0 with ``weight * radix**d >= scale``, for a positive weight.

    A product below `scale` passes too if its relative error is less than `slack`; an error equal to `slack`
    takes one digit more.
    """
    # First guess in floats, lowered so that rounding cannot make it too large; the loop is exact.
    guess = (math.log(scale) - math.log(weight)) / math.log(radix)
    digits = max(0, math.floor(guess * (1 - 1e-12)) - 1)
    scaled = weight * radix**digits
    # A rounded power lies within a relative error of slack; 0.25 minus one unit in the last place does not.
    while scale - scaled > 0 and (scale - scaled) * slack.denominator >= slack.numerator * scale:
        digits, scaled = digits + 1, scaled * radix
    return digits
