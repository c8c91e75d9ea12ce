"""
Exact difference of two floats, as an unevaluated sum of two floats (Knuth's TwoSum).

The rounding error of one subtraction is itself a float. In ``exp(a - b)`` that error, dropped, costs as many
units in the last place as the difference has units: a difference of 700 costs three decimal digits.

Source: Knuth, D. E. (1998). The Art of Computer Programming 2, 3rd ed., section 4.2.2, theorem B;
its behaviour next to overflow: Boldo, S., Graillat, S., Muller, J.-M. (2017). On the robustness of the
2Sum and Fast2Sum algorithms. ACM Trans. Math. Softw. 44(1). doi:10.1145/3054947.
"""

from __future__ import annotations

from xent.arrays import Array

__all__ = ["exact_difference"]


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
