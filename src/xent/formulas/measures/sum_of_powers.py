r"""
Logarithm of a weighted sum of exponentials, accurate for sums near 1, small or large.

.. math:: \frac{1}{c} \log \sum_k w_k e^{t_k}

For a sum above 1/2 the logarithm is ``log1p`` of the sum less 1, which the caller knows without cancellation.
For a smaller sum, or one that overflows, the largest exponential is factored out.

Source: Blanchard, P. et al. (2021). Accurately computing the log-sum-exp and softmax functions. IMA J. Numer.
Anal. 41(4).
"""

from __future__ import annotations

from fractions import Fraction

from xent.arrays import Array
from xent.precision.double_word import DoubleWord, double_word, number, where
from xent.precision.exponential import exp
from xent.precision.logarithm import log_quotient

__all__ = ["log_of_sum"]


def log_of_sum(
    sum_less_1: DoubleWord, weights: DoubleWord, exponents: DoubleWord, *, divisor: Fraction
) -> Array:
    """
    Logarithm of the sum over the last axis of ``weights * exp(exponents)``, divided by `divisor`.

    Parameters
    ----------
    sum_less_1 : DoubleWord of shape (...)
        That sum less 1, which decides where it is above -1/2 and below the square root of the largest float;
        ``inf`` where the caller does not know it.
    weights, exponents : DoubleWord of shape (..., K)
        Positive numbers, and exponents, whose `hi` may be infinite; they decide elsewhere.
    divisor : Fraction
        Number :math:`c`, nonzero.

    Returns
    -------
    array of shape (...)
        The quotient; infinite for a sum of 0 or infinity, and 0 of either sign for a sum of 1.
    """
    xp, like = sum_less_1.xp, sum_less_1.hi
    one, zero = (number(value, like, xp=xp) for value in (1, 0))
    is_known = (like > -1 / 2) & (like < float(xp.finfo(like.dtype).max) ** 0.5)
    excess = where(is_known, sum_less_1, zero)
    peak, total = _in_units_of_largest(weights, exponents)
    has_peak = xp.isfinite(peak)
    total = where(has_peak & ~is_known, total, one)
    excess = where(is_known, excess, -(one - total))
    log_of_total = log_quotient(where(is_known, one + excess, total), one, excess)
    unit = double_word(xp.where(has_peak & ~is_known, peak, 0.0), xp=xp)
    found = (unit + log_of_total) / number(divisor, like, xp=xp)
    return xp.where(is_known | has_peak, found.rounded, peak / float(divisor))


def _in_units_of_largest(weights: DoubleWord, exponents: DoubleWord) -> tuple[Array, DoubleWord]:
    """
    Largest exponent, of shape (...), and the sum of ``weights * exp(exponents - largest)`` over the last
    axis.

    Exponents of ``-inf`` add nothing. If the largest is infinite, the sum is 0.
    """
    xp = exponents.xp
    peak = xp.max(exponents.hi, axis=-1)
    present = (exponents.hi > -xp.inf) & xp.isfinite(peak)[..., None]
    zero = number(0, exponents.hi, xp=xp)
    unit = double_word(xp.where(present, peak[..., None], 0.0), xp=xp)
    below = where(present, exponents, zero) - unit
    return peak, where(present, weights * exp(below), zero).total()
