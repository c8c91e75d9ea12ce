"""
Unevaluated sums of two floats: the exact difference of two floats (Knuth's TwoSum), and exact logits.

The rounding error of one subtraction is itself a float. In ``exp(a - b)`` that error, dropped, costs as many
units in the last place as the difference has units: a difference of 700 costs three decimal digits.

Source: Knuth, D. E. (1998). The Art of Computer Programming 2, 3rd ed., section 4.2.2, theorem B;
its behaviour next to overflow: Boldo, S., Graillat, S., Muller, J.-M. (2017). On the robustness of the
2Sum and Fast2Sum algorithms. ACM Trans. Math. Softw. 44(1). doi:10.1145/3054947.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from xent.arrays import Array

__all__ = ["ExactLogits", "Logits", "exact_difference", "high_and_low"]


class ExactLogits(NamedTuple):
    """
    Logits ``rounded + rest``.

    Parameters
    ----------
    rounded : array of shape (..., K)
        Logits rounded to floats. Automatic differentiation goes through this part alone.
    rest : array of shape (..., K)
        Low-order part: the rounding error of `rounded`, a constant to automatic differentiation.
    """

    rounded: Array
    rest: Array


# The logits argument of a formula: a plain array, or one with its rounding errors.
Logits: TypeAlias = Array | ExactLogits


def high_and_low(logits: Logits) -> ExactLogits:
    """`logits` as rounded values and rounding errors; for a plain array, `rest` is the Python number 0.0."""
    return logits if isinstance(logits, ExactLogits) else ExactLogits(logits, 0.0)


def exact_difference(a: Array, b: Array) -> tuple[Array, Array]:
    """
    Pair `hi`, `lo` with ``hi + lo == a - b`` exactly and ``hi`` the rounded difference.

    Parameters
    ----------
    a, b : array
        Minuend and subtrahend, in any order of size. If one of them or the difference is not finite, `lo`
        is nan.

    Returns
    -------
    hi, lo : array
        Rounded difference, and its rounding error.

    Examples
    --------
    >>> exact_difference(1.0, 1e-17)
    (1.0, -1e-17)
    """
    hi = a - b
    # TwoSum, not the three operations of Fast2Sum: that needs abs(a) >= abs(b).
    a_as_seen = hi + b
    b_as_seen = a_as_seen - hi
    return hi, (a - a_as_seen) + (b_as_seen - b)
