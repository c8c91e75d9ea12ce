"""
The difference, and the sum, of two floats without rounding error; the kernels' twin of
`xent.precision.exact_difference`.

Source: Knuth, D. E. (1998). The Art of Computer Programming 2, 3rd ed., section 4.2.2, theorem B.
"""

from __future__ import annotations

from xent.kernels.vector_code import Value

__all__ = ["exact_difference", "exact_sum"]


def exact_difference(a: Value, b: Value) -> tuple[Value, Value]:
    """
    ``hi + lo == a - b`` exactly, `hi` the rounded difference, unless `hi` overflows.

    `lo` is nan if `a` or `b` is infinite or nan.
    """
    hi = a - b
    a_as_seen = hi + b
    b_as_seen = a_as_seen - hi
    return hi, (a - a_as_seen) + (b_as_seen - b)


def exact_sum(a: Value, b: Value) -> tuple[Value, Value]:
    """``hi + lo == a + b`` exactly, `hi` the rounded sum; `lo` is nan if `hi` is infinite or nan."""
    hi = a + b
    b_as_seen = hi - a
    a_as_seen = hi - b_as_seen
    return hi, (a - a_as_seen) + (b - b_as_seen)
