"""
Rounding of float32 to the nearest bfloat16, ties to even, inside a Triton kernel.

A device's own conversion does this. Triton's interpreter cuts the low bits off instead, so there, and only
there, kernels round before the conversion, which is then exact.
"""

from __future__ import annotations

import triton
import triton.language as tl

__all__ = ["rounded_to_bfloat16"]


@triton.jit
def rounded_to_bfloat16(x: tl.tensor) -> tl.tensor:
    """Nearest bfloat16 of each number, ties to even, as float32; nan stays nan."""
    bits = x.to(tl.int32, bitcast=True)
    nearest = ((bits + 0x7FFF + ((bits >> 16) & 1)) & -0x10000).to(tl.float32, bitcast=True)
    return tl.where(x == x, nearest, x)  # noqa: PLR0124 - the test for nan
