"""
The difference, and the sum, of two floats without rounding error, inside a Triton kernel.

Triton compiles additions without reassociation, and a fused product takes no part in them, so the steps are
those of `xent.kernels.cpu.exact_difference`.

Source: Knuth, D. E. (1998). The Art of Computer Programming 2, 3rd ed., section 4.2.2, theorem B.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["exact_difference", "exact_sum"]


@triton.jit
def exact_difference(a: tl.tensor, b: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """
    Pair ``hi, lo`` with ``hi + lo == a - b`` exactly: the rounded difference and its rounding error.

    `lo` is nan if `a` or `b` is nan or infinite, or if `hi` overflows.
    """
    hi = a - b
    a_as_seen = hi + b
    b_as_seen = a_as_seen - hi
    return hi, (a - a_as_seen) + (b_as_seen - b)


@triton.jit
def exact_sum(a: tl.tensor, b: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """
    Pair ``hi, lo`` with ``hi + lo == a + b`` exactly: the rounded sum and its rounding error.

    `lo` is nan if `a` or `b` is nan or infinite, or if `hi` overflows.
    """
    hi = a + b
    b_as_seen = hi - a
    a_as_seen = hi - b_as_seen
    return hi, (a - a_as_seen) + (b - b_as_seen)
