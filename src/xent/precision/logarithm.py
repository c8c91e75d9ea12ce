r"""
Natural logarithm of a quotient of double words.

.. math::

    \log \frac{a}{b} = k \log 2 + 2 \left( s + \frac{s^3}{3} + \frac{s^5}{5} + \dots \right), \qquad
    s = \frac{a - 2^k b}{a + 2^k b},

with the `k` for which :math:`|s|` is least. The first term of the series is a double word; the others add up
to less than a hundredth of it, so plain floats suffice for them. Near 1 the quotient is never formed: if `a`
and `b` differ only in their last digits, the logarithm still has all of its own.

Source: Muller, J.-M. (2016). Elementary Functions, 3rd ed., section 11.4.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace, constant
from xent.precision.double_word import DoubleWord, double_word, where

__all__ = ["log_quotient", "multiple_of_log_2", "power_of_2"]

# log 2 = 2839 / 4096 + remainder: the first part has 12 binary digits, so its product with an exponent
# (at most 11 digits) is exact in float32 and float64.
_LOG_2 = 0.693115234375, 3.1946184945309415e-05
_SERIES = tuple(2 / (2 * n + 3) for n in range(11))


def log_quotient(a: DoubleWord, b: DoubleWord, difference: DoubleWord | None = None) -> DoubleWord:
    """
    Logarithm of ``a / b`` for positive finite numbers.

    Parameters
    ----------
    a, b : DoubleWord
        Numerator and denominator, positive and finite, which is not checked.
    difference : DoubleWord, optional
        ``a - b``, if the caller knows it more accurately than a subtraction would compute it. The value is
        used where `a` and `b` lie within a factor of about 1.4; default: the subtraction.

    Returns
    -------
    DoubleWord
        The logarithm; 0 where ``a == b``.
    """
    xp = a.xp
    # `k` only has to be near the best exponent: with a neighbouring one the series still converges, so the
    # rounding errors of these two logarithms do not matter.
    k = constant(xp.round(xp.log2(a.hi) - xp.log2(b.hi)))
    # Scale the smaller number up, never the larger one down: that could underflow.
    a_here, b_here = _raised(a, xp.clip(-k, min=0.0)), _raised(b, xp.clip(k, min=0.0))
    gap = a_here - b_here
    if difference is not None:
        gap = where(k == 0, difference, gap)
    s = gap / (a_here + b_here)
    x = s.hi * s.hi
    series = _SERIES[-1] + 0 * x
    for coefficient in reversed(_SERIES[:-1]):
        series = series * x + coefficient
    near_1 = s.scaled(2.0) + double_word(s.hi * x * series, xp=xp)
    return multiple_of_log_2(k, xp=xp) + near_1


def multiple_of_log_2(k: Array, *, xp: Namespace) -> DoubleWord:
    """``k log 2``, elementwise, for integers `k` of up to 11 binary digits, stored in a floating dtype."""
    top, rest = _LOG_2
    return double_word(k * top, xp=xp) + double_word(k * rest, xp=xp)


def power_of_2(k: Array, *, xp: Namespace) -> Array:
    """``2 ** k``, elementwise, for integers `k` stored in a floating dtype, which is that of the result."""
    return xp.pow(2 + 0 * k, k)


def _raised(a: DoubleWord, k: Array) -> DoubleWord:
    """
    ``a * 2 ** k``, elementwise, for integers `k` >= 0.

    It is computed by two factors, since ``2 ** k`` itself may overflow where the product does not.
    """
    half = a.xp.floor(k / 2)
    return a.scaled(power_of_2(half, xp=a.xp)).scaled(power_of_2(k - half, xp=a.xp))
