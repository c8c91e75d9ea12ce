r"""
The difference of two floats without loss, as an unevaluated sum of two floats.

The rounding error of one subtraction is itself a float. In ``exp(a - b)`` it costs as many units in
the last place as the difference has, so a gap of 700 ruins three digits; kept, it costs none.

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
        Minuend and subtrahend; they and their difference have to be finite, or `lo` is nan.

    Returns
    -------
    hi, lo : array
        The rounded difference and what rounding took from it.

    Examples
    --------
    >>> exact_difference(1.0, 1e-17)
    (1.0, -1e-17)
    """
    hi = a - b
    a_as_seen = hi + b
    b_as_seen = a_as_seen - hi
    return hi, (a - a_as_seen) + (b_as_seen - b)
