r"""
Exponential function and ``expm1`` of double words.

.. math::

    e^x = 2^k + 2^k (e^f - 1), \qquad f = x - k \log 2, \quad |f| \le \tfrac12 \log 2,

with :math:`e^f - 1 = f + f^2/2 + f^3/6 + \dots`. The first two terms are double words. The others add up to
less than a fortieth of :math:`e^f - 1`, so plain floats suffice for them.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.1.
"""

from __future__ import annotations

import math
from typing import Any

from xent.arrays import Array, Namespace, constant
from xent.precision.double_word import DoubleWord, double_word, number
from xent.precision.exact_difference import exact_difference
from xent.precision.logarithm import multiple_of_log_2, power_of_2

__all__ = ["exp", "expm1", "highest_exponent"]

_SERIES = tuple(1 / math.factorial(n) for n in range(3, 16))


def exp(x: DoubleWord, *, power: int = 0) -> DoubleWord:
    """
    ``exp(x) * 2 ** power``, elementwise, for a product of at most half the largest float.

    It is a double word; above that limit it is undefined. The result is 0 where it is below the smallest
    float. Adding ``power * log(2)`` to `x` would do the same with fewer digits, and with fewer still where a
    compiler fuses that sum with a product in `x`.
    """
    xp = x.xp
    limits = xp.finfo(x.hi.dtype)
    lowest = math.log2(float(limits.smallest_normal)) + math.log2(float(limits.eps)) - power
    scale, near_0 = _in_parts(x, lowest, power)
    scale = xp.where(x.hi < lowest * math.log(2), 0.0, scale)
    return (number(1, x.hi, xp=xp) + near_0).scaled(scale)


def expm1(x: DoubleWord) -> DoubleWord:
    """
    ``exp(x) - 1`` for `x` of at most `highest_exponent`; -1 for `x` far below 0.

    The relative error is small near ``x = 0`` too, where ``exp(x) - 1`` would cancel.
    """
    lowest = 3 * math.log2(float(x.xp.finfo(x.hi.dtype).eps))
    scale, near_0 = _in_parts(x, lowest)
    return near_0.scaled(scale) + DoubleWord(*exact_difference(scale, 1 + 0 * scale), x.xp)


def highest_exponent(dtype: Any, *, xp: Namespace) -> float:
    """Logarithm of half the largest float of `dtype`; the exponential of it does not overflow."""
    return math.log(float(xp.finfo(dtype).max) / 2)


def _in_parts(x: DoubleWord, lowest: float, power: int = 0) -> tuple[Array, DoubleWord]:
    """
    ``2 ** (k + power)``, and ``exp(f) - 1`` as a double word, for ``x = k log 2 + f`` with an integer `k`.

    f is at most half of log 2 in size. Where `k` would be below `lowest`, it is `lowest` and `f` is 0.
    """
    xp = x.xp
    k = constant(xp.round(x.hi / math.log(2)))
    below = k < lowest
    k = xp.where(below, lowest, k)
    f = x - multiple_of_log_2(k, xp=xp)
    f = DoubleWord(xp.where(below, 0.0, f.hi), xp.where(below, 0.0, f.lo), xp)
    series = _SERIES[-1] + 0 * f.hi
    for coefficient in reversed(_SERIES[:-1]):
        series = series * f.hi + coefficient
    # Plain floats from f ** 3 on: the tail is at most 1/40 of the result, and so are its rounding errors.
    tail = double_word(f.hi * f.hi * f.hi * series, xp=xp)
    return power_of_2(k + power, xp=xp), f + ((f * f).scaled(0.5) + tail)
