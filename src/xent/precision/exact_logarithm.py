r"""
Natural logarithm of a float, with half as many digits again as a float has.

.. math:: \log y = k \log 2 + 2 \left( s + \frac{s^3}{3} + \frac{s^5}{5} + \dots \right), \qquad
    s = \frac{2^{-k} y - 1}{2^{-k} y + 1},

with the `k` for which :math:`|s|` is least, so that :math:`|s| < 0.172`. The first four terms and
:math:`k \log 2` are double words. The remaining terms add up to less than 1e-7 of the first, so plain floats
suffice for them. For differences between a logarithm and a number close to it, which cancel most of the
digits that `log_quotient` gives.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.4.
"""

from __future__ import annotations

import math
from fractions import Fraction

from xent.arrays import Array, Namespace, constant
from xent.precision.double_word import DoubleWord, double_word
from xent.precision.logarithm import power_of_2

__all__ = ["exact_logarithm"]

# log 2 as a double word of float64: the nearest float, and the float nearest to the remainder.
_LOG_2 = Fraction(0.6931471805599453) + Fraction(2.3190468138462996e-17)
_SERIES = tuple(Fraction(2, 2 * n + 3) for n in range(16))
_DOUBLE = 3


def exact_logarithm(numbers: Array, *, xp: Namespace) -> DoubleWord:
    """
    Natural logarithm of positive, finite, normal floats, as a double word, with half as many digits again.

    Zero, negative, subnormal and non-finite numbers are not handled; callers replace them first.

    Examples
    --------
    >>> import numpy as np
    >>> log_3 = exact_logarithm(np.asarray([3.0]), xp=np)
    >>> float(log_3.hi[0]), round(float(log_3.lo[0]) * 1e17, 4)  # 1.09861228866810969139524523692...
    (1.0986122886681098, -9.0713)
    """
    k = constant(xp.round(xp.log2(numbers)))
    one = _number(Fraction(1), numbers, xp=xp)
    # 2 ** -k lies below the normal floats for the largest exponents; two factors of half that exponent do
    # not.
    half = xp.floor(k / 2)
    part = double_word(numbers * power_of_2(-half, xp=xp) * power_of_2(half - k, xp=xp), xp=xp)
    s = (part - one) / (part + one)
    x = s * s
    # The tail, in plain floats; `0 * x.hi` gives the constant the shape of the array.
    series = float(_SERIES[-1]) + 0 * x.hi
    for coefficient in reversed(_SERIES[_DOUBLE:-1]):
        series = series * x.hi + float(coefficient)
    total = double_word(series, xp=xp)
    for coefficient in reversed(_SERIES[:_DOUBLE]):
        total = total * x + _number(coefficient, numbers, xp=xp)
    near_1 = s.scaled(2.0) + s * x * total
    return double_word(k, xp=xp) * _number(_LOG_2, numbers, xp=xp) + near_1


def _number(value: Fraction, like: Array, *, xp: Namespace) -> DoubleWord:
    """
    Double word of one number for each entry of `like`, in its dtype; nan where `like` is not finite.

    XLA simplifies ``(c + x) - c`` with a known constant ``c`` to ``x``, which would remove the rounding error
    that an exact sum computes. Adding ``0 * like`` hides from the compiler that the number is constant.
    """
    digits = round(1 - math.log2(float(xp.finfo(like.dtype).eps)))
    hi = _to_digits(value, digits)
    return DoubleWord(0 * like + hi, 0 * like + _to_digits(value - Fraction(hi), digits), xp)


def _to_digits(value: Fraction, digits: int) -> float:
    """`value` as a float, rounded to at most `digits` significant binary digits, ties to even."""
    mantissa, exponent = math.frexp(float(value))
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
