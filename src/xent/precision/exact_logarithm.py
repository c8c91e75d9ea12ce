r"""
Natural logarithm of a float, with half as many digits again as a float has.

.. math:: \log y = k \log 2 + 2 \left( s + \frac{s^3}{3} + \frac{s^5}{5} + \dots \right), \qquad
    s = \frac{2^{-k} y - 1}{2^{-k} y + 1},

with the `k` for which :math:`|s|` is least. The first four terms and :math:`k \log 2` are double words; the
others add up to a ten-millionth of a part of 1, so theirs need be floats only. For differences of a logarithm
with a number next to it, of which `log_quotient` would leave too little.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.4.
"""

from __future__ import annotations

import math
from fractions import Fraction

from xent.arrays import Array, Namespace, constant
from xent.precision.double_word import DoubleWord, double_word
from xent.precision.logarithm import power_of_2

__all__ = ["exact_logarithm"]

# The floats next to log 2 and to what is left of it.
_LOG_2 = Fraction(0.6931471805599453) + Fraction(2.3190468138462996e-17)
_SERIES = tuple(Fraction(2, 2 * n + 3) for n in range(16))
_DOUBLE = 3


def exact_logarithm(numbers: Array, *, xp: Namespace) -> DoubleWord:
    """
    Logarithm of positive finite numbers above the subnormal ones.

    Examples
    --------
    >>> import numpy as np
    >>> log_3 = exact_logarithm(np.asarray([3.0]), xp=np)
    >>> float(log_3.hi[0]), round(float(log_3.lo[0]) * 1e17, 4)  # 1.09861228866810969139524523692...
    (1.0986122886681098, -9.0713)
    """
    k = constant(xp.round(xp.log2(numbers)))
    one = _number(Fraction(1), numbers, xp=xp)
    # A number of the largest exponent has a power of 2 beyond the smallest: half of it is taken at a time.
    half = xp.floor(k / 2)
    part = double_word(numbers * power_of_2(-half, xp=xp) * power_of_2(half - k, xp=xp), xp=xp)
    s = (part - one) / (part + one)
    x = s * s
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
    One number in the precision and of the shape of `like`.

    Of a sum with a known constant, less that constant, XLA makes the other summand: it has to look unknown.
    """
    digits = round(1 - math.log2(float(xp.finfo(like.dtype).eps)))
    hi = _to_digits(value, digits)
    return DoubleWord(0 * like + hi, 0 * like + _to_digits(value - Fraction(hi), digits), xp)


def _to_digits(value: Fraction, digits: int) -> float:
    mantissa, exponent = math.frexp(float(value))
    return math.ldexp(round(mantissa * 2.0**digits), exponent - digits)
