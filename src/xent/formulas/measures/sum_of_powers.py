r"""
Logarithm of a sum of powers, to all digits however near to 1, small or large the sum is.

.. math:: \frac{1}{c} \log \sum_k w_k e^{t_k}

Near 1, and above, the logarithm is taken from how far the sum is from 1, which whoever asks knows without
cancellation. Below 1/2, and where the sum is no float, it is taken of the sum in units of the largest power.

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
    Logarithm of the sum over the last axis of ``weights * exp(exponents)``, divided.

    Parameters
    ----------
    sum_less_1 : DoubleWord of shape (...)
        How far the sum is from 1; ``inf`` where that is not known.
    weights, exponents : DoubleWord of shape (..., K)
        Positive numbers, and exponents of which `hi` may be infinite.
    divisor : Fraction
        :math:`c`.

    Returns
    -------
    array of shape (...)
        The quotient; infinite for a sum of 0 or infinity, and 0 without a sign for a sum of 1.
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
    # 0 + x, for -0 is no divergence.
    return xp.where(is_known | has_peak, 0 + found.rounded, peak / float(divisor))


def _in_units_of_largest(weights: DoubleWord, exponents: DoubleWord) -> tuple[Array, DoubleWord]:
    """The largest exponent, and the sum in units of its exponential."""
    xp = exponents.xp
    peak = xp.max(exponents.hi, axis=-1)
    present = (exponents.hi > -xp.inf) & xp.isfinite(peak)[..., None]
    zero = number(0, exponents.hi, xp=xp)
    unit = double_word(xp.where(present, peak[..., None], 0.0), xp=xp)
    below = where(present, exponents, zero) - unit
    return peak, where(present, weights * exp(below), zero).total()
