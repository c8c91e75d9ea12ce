r"""
Exponential of the difference of two float32, inside a Triton kernel.

`tl.exp` multiplies its argument by :math:`1 / \log 2` with a rounding error that grows with it, and so does
the rounding error of a difference of logits. Here the difference is kept as high + low, and, as in
`xent.kernels.cpu.exponential`, :math:`e^x = 2^n e^r` with :math:`n` the integer nearest to
:math:`x / \log 2`. The high part of :math:`\log 2` ends in zeros, so its product with :math:`n` is exact.

Kernels are compiled without the fusion of products and sums that they do not ask for by `tl.fma`, so they
round alike on every device and in the interpreter.

Results are *magnified*, by :math:`2^{64}`, until a sum of them is complete: exponentials that would be
subnormal, and lose digits, add up without loss.
"""

from __future__ import annotations

import triton
import triton.language as tl

from xent.kernels.triton.exact_difference import exact_difference

__all__ = ["MAGNIFICATION", "REDUCTION", "exponential", "magnified_exponential"]

# Multiplies a number to magnify it, and a magnified one to undo that.
MAGNIFICATION = tl.constexpr(2.0**64)
REDUCTION = tl.constexpr(2.0**-64)
_LOG2_HI = tl.constexpr(0.693145751953125)
_LOG2_LO = tl.constexpr(1.428606765330187e-06)
_PER_LOG2 = tl.constexpr(1.4426950408889634)
# Floats near it are 1 apart: adding it rounds to an integer, which is then in the low bits of the sum.
_UNIT = tl.constexpr(1.5 * 2**23)
# Exponent of the magnified 1, biased.
_MAGNIFIED_ONE = tl.constexpr((127 + 64) << 23)
# Below, the result is 0: a million of such exponentials would still round to 0.
_ZERO_BELOW = tl.constexpr(-120.0)


@triton.jit
def magnified_exponential(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """
    ``exp(a - b)`` times 2^64 in float32, within 1 unit in the last place, for a difference up to 16.

    It is 0 for a difference below -120, ``-inf`` included, and nan where `a` or `b` is nan or both are the
    same infinity. For a larger difference it is undefined.
    """
    hi, lo = exact_difference(a, b)
    is_zero = hi < _ZERO_BELOW
    high, low = tl.where(is_zero, 0.0, hi), tl.where(is_zero, 0.0, lo)
    shifted = tl.fma(high, _PER_LOG2, _UNIT)
    n = shifted - _UNIT
    # The first term is exact. The low-order parts are added to each other first, then to it.
    r = tl.fma(n, -_LOG2_HI, high) + tl.fma(n, -_LOG2_LO, low)
    # The polynomial with the smallest maximum relative error, that of `xent.kernels.cpu.exponential`.
    q = tl.fma(r, 0.001381447073072195, 0.008368778973817825)
    q = tl.fma(tl.fma(q, r, 0.04166839271783829), r, 0.1666651964187622)
    q = tl.fma(q, r, 0.4999999403953552)
    # A product, not an addition of exponents: it keeps nan.
    power = ((shifted.to(tl.int32, bitcast=True) << 23) + _MAGNIFIED_ONE).to(tl.float32, bitcast=True)
    return tl.where(is_zero, 0.0, tl.fma(tl.fma(q, r, 1.0), r, 1.0) * power)


@triton.jit
def exponential(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """
    ``exp(a - b)`` in float32 for a difference up to 16, special cases as `magnified_exponential` has them.

    It underflows gradually: results below 2^-126 have fewer digits.
    """
    return magnified_exponential(a, b) * REDUCTION
