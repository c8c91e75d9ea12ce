r"""
Logarithm of 1 plus a nonnegative number.

With :math:`1 + x = 2^n (1 + s)`, :math:`\sqrt{1/2} \le 1 + s < \sqrt 2` and :math:`t = s / (2 + s)`,

.. math::

    \log(1 + x) = n \log 2 + \log(1 + s), \qquad
    \log(1 + s) = 2 \operatorname{artanh} t = s - \frac{s^2}{2} + t \left(\frac{s^2}{2} + t^2 g(t^2)\right).

The rounding error of :math:`1 + x` is added to :math:`s`, so a small `x` keeps all its digits. :math:`g` is
the polynomial with the smallest maximum relative error, found by the exchange algorithm.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.3; the arrangement of the sum is Ng,
K. C. (1993), `e_log.c` of the library fdlibm.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from llvmlite import ir

from xent.kernels.cpu.exact_difference import exact_sum
from xent.kernels.vector_code import Value, bits, convert, floats, fma

__all__ = ["log1p"]


@dataclass(frozen=True)
class _Constants:
    """
    Numbers of one precision.

    `log2_hi` and `log2_lo` add up to log 2. `digits` is the number of bits of the fraction, `one` the bit
    pattern of 1 and `root` that of sqrt(1/2). `polynomial` holds the coefficients of g by rising power.
    """

    log2_hi: float
    log2_lo: float
    digits: int
    one: int
    root: int
    polynomial: tuple[float, ...]


# The last bits of log2_hi are 0, so its product with n is exact.
_SINGLE = _Constants(
    log2_hi=0.693145751953125,
    log2_lo=1.428606765330187e-06,
    digits=23,
    one=0x3F800000,
    root=struct.unpack("<i", struct.pack("<f", math.sqrt(0.5)))[0],
    polynomial=(0.6666666269302368, 0.4000033736228943, 0.28537240624427795, 0.23583535850048065),
)
_DOUBLE = _Constants(
    log2_hi=0.69314718036912381649,
    log2_lo=1.90821492927058770002e-10,
    digits=52,
    one=0x3FF0000000000000,
    root=struct.unpack("<q", struct.pack("<d", math.sqrt(0.5)))[0],
    polynomial=(
        0.6666666666666735, 0.39999999999411173, 0.2857142874324279, 0.222221984782187,
        0.18183569614632797, 0.1531390666802053, 0.1479747140912622,
    ),
)  # fmt: skip


def log1p(x: Value) -> Value:
    """
    ``log(1 + x)`` for ``0 <= x < 2**63`` in the precision of `x`, 32 or 64 bits; nan at nan.

    The error is below 2 units in the last place; the largest that was found is 1.4 units, near x = 0.43. The
    result for a number outside this range is undefined.
    """
    numbers = _DOUBLE if isinstance(x.element, ir.DoubleType) else _SINGLE
    rounded, lost = exact_sum(x.like(1.0), x)
    exponent = (bits(rounded) - numbers.root) >> numbers.digits
    scaled = floats(bits(rounded) - (exponent << numbers.digits))
    shrink = floats(numbers.one - (exponent << numbers.digits))
    s = fma(lost, shrink, scaled - 1.0)
    # `shrink` is 2^-n: the rounding error is scaled like the sum.
    n = convert(exponent, x.element)
    half_square = 0.5 * s * s
    t = s / (s + 2.0)
    small = fma(t, half_square + _series(t * t, numbers), n * numbers.log2_lo)
    return fma(n, numbers.log2_hi, s - (half_square - small)) + _nan_of(x)


def _series(square: Value, numbers: _Constants) -> Value:
    """
    ``g(square) * square`` with the polynomial g of `numbers`: the series after its first term.

    `square` is that of t, as the module's docstring defines it.
    """
    g = square.like(numbers.polynomial[-1])
    for coefficient in reversed(numbers.polynomial[:-1]):
        g = fma(g, square, coefficient)
    return g * square


def _nan_of(x: Value) -> Value:
    """0, or nan at nan: arithmetic on the bit pattern of nan gives finite numbers."""
    return x - x
