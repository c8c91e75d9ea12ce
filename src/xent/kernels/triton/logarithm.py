"""
Logarithm of 1 plus a nonnegative float32, inside a Triton kernel; the twin of `xent.kernels.cpu.logarithm`.

`tl.log` is the device's approximation, whose error near 1 is as large as the result.

Source: Ng, K. C. (1993), `e_log.c` of the library fdlibm, and Muller, J.-M. (2016). Elementary Functions, 3rd
ed., section 11.3.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.triton.exact_difference import exact_sum

__all__ = ["log1p"]

_LOG2_HI = tl.constexpr(0.693145751953125)
_LOG2_LO = tl.constexpr(1.428606765330187e-06)
_ONE = tl.constexpr(0x3F800000)
# Bits of the square root of 1/2.
_ROOT = tl.constexpr(0x3F3504F3)


@triton.jit
def log1p(x: tl.tensor) -> tl.tensor:
    """
    ``log(1 + x)`` in float32 for ``0 <= x < 2**63``, within 2 units in the last place; nan at nan and
    ``inf``.

    For any other number it is undefined.
    """
    rounded, lost = exact_sum(1.0, x)
    exponent = (rounded.to(tl.int32, bitcast=True) - _ROOT) >> 23
    scaled = (rounded.to(tl.int32, bitcast=True) - (exponent << 23)).to(tl.float32, bitcast=True)
    # 2^-n: the rounding error is scaled like the sum.
    shrink = ((exponent << 23) * -1 + _ONE).to(tl.float32, bitcast=True)
    s = tl.fma(lost, shrink, scaled - 1.0)
    n = exponent.to(tl.float32)
    half_square = 0.5 * s * s
    t = tl.div_rn(s, s + 2.0)
    square = t * t
    series = tl.fma(square, 0.23583535850048065, 0.28537240624427795)
    series = tl.fma(tl.fma(series, square, 0.4000033736228943), square, 0.6666666269302368) * square
    small = tl.fma(t, half_square + series, n * _LOG2_LO)
    # Arithmetic on the bits of nan gives finite numbers; the last term is nan there.
    return tl.fma(n, _LOG2_HI, s - (half_square - small)) + (x - x)
