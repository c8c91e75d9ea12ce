r"""
Alpha divergence, in nats: one family of divergences whose terms are never negative.

.. math::

    D_\alpha(p \,\|\, q) = \frac{1}{\alpha (\alpha - 1)}
        \sum_k \left( p_k^\alpha q_k^{1 - \alpha} - \alpha p_k - (1 - \alpha) q_k \right)

is the Kullback-Leibler divergence at order 1 and its reverse at order 0; Tsallis's is :math:`\alpha
D_\alpha`.

With :math:`r = \log(p / q)` and :math:`z = \alpha r` a term is :math:`q r^2 \sum_{n \ge 2} c_n z^{n - 2} /
n!`, where :math:`c_n = 1 + \alpha^{-1} + \dots + \alpha^{2 - n}`. This form is used where `p` and `q` are
near, and holds at every order. Elsewhere a term is :math:`(p E - (p - q)) / \alpha` with
:math:`E = (e^{(\alpha - 1) r} - 1) / (\alpha - 1)`, which is `r` at order 1. An order below 1/2 is turned
into one above by exchanging `p` and `q`.

A power multiplies the relative error of the logarithm by its exponent, and the difference loses up to a
factor of 8 to cancellation: double words absorb both.

Source: Cichocki, A., Amari, S. (2010). Families of alpha- beta- and gamma-divergences. Entropy 12(6).
"""

from __future__ import annotations

import functools
import math
from fractions import Fraction

from xent.arrays import Array, Namespace
from xent.precision.double_word import DoubleWord, double_word, number, where
from xent.precision.exponential import expm1, highest_exponent
from xent.precision.logarithm import log_quotient

__all__ = ["sum_of_terms", "terms", "value"]

_NEAR = 0.3
_TERMS = 16
# For abs(alpha - 1) below this, E is r to working precision, and the division by alpha - 1 is avoided.
_NO_RATE = 2.0**-100


def value(p: Array, q: Array, *, order: float, xp: Namespace) -> Array:
    """
    Alpha divergence in nats of a finite `order`, of `p` and `q` of shape (..., K); of shape (...).

    Zeros are treated as `sum_of_terms` says.
    """
    possible = (p != 0) & (q != 0)
    some_p, some_q = (double_word(xp.where(possible, x, 1.0), xp=xp) for x in (p, q))
    found = terms(some_p, some_q, some_p - some_q, log_quotient(some_p, some_q), order=order)
    return sum_of_terms(found, p, q, order=order).rounded


def sum_of_terms(found: DoubleWord, p: Array, q: Array, *, order: float) -> DoubleWord:
    """
    Sum over the last axis of the terms `found`, of shape (..., K), completed where `p` or `q` is 0.

    Entries of `found` at these outcomes are ignored. A term is ``p / (1 - order)`` where only `q` is 0,
    ``inf`` for orders of 1 or more; ``q / order`` where only `p` is 0, ``inf`` for orders of 0 or less; and 0
    where both are 0.
    """
    xp = found.xp
    of_p = p / (1 - order) if order < 1 else xp.where(p > 0, xp.inf, p)
    of_q = q / order if order > 0 else xp.where(q > 0, xp.inf, q)
    of_one = double_word(xp.where(q == 0, of_p, of_q), xp=xp)
    return where((p != 0) & (q != 0), found, of_one).total()


def terms(
    p: DoubleWord, q: DoubleWord, difference: DoubleWord, log_ratio: DoubleWord, *, order: float
) -> DoubleWord:
    """
    Terms of the alpha divergence, elementwise.

    A term is ``(p**a q**(1 - a) - a p - (1 - a) q) / (a (a - 1))`` with ``a = order``, and its limit at 0 and
    1.

    Parameters
    ----------
    p, q : DoubleWord
        Positive numbers.
    difference, log_ratio : DoubleWord
        ``p - q`` and ``log(p / q)``.
    order : float
        Order alpha, any finite number.

    Returns
    -------
    DoubleWord
        Numbers >= 0, whose `hi` may be ``inf``.
    """
    rate = Fraction(order) - 1
    if order < 1 / 2:
        p, q, difference, log_ratio, rate = q, p, -difference, -log_ratio, -Fraction(order)
    zero = number(0, p.hi, xp=p.xp)
    near = p.xp.abs(log_ratio.hi) * max(1.0, float(1 + rate)) < _NEAR
    close = q * (log_ratio * log_ratio) * _series(where(near, log_ratio, zero), 1 + rate)
    return where(near, close, _far_terms(p, difference, log_ratio, rate))


def _series(log_ratio: DoubleWord, order: Fraction) -> DoubleWord:
    """
    Sum over n >= 2 of ``c_n z ** (n - 2) / n!`` with ``z = order * log_ratio``, up to n = 15, elementwise.

    It is the factor of ``q * log_ratio**2`` in the term of near `p` and `q`; ``c_n`` is ``1 + order**-1 + ...
    + order**(2 - n)``. `order` is at least 1/2, and ``abs(order * log_ratio)`` and ``abs(log_ratio)`` are
    below 0.3.
    """
    z = log_ratio * number(order, log_ratio.hi, xp=log_ratio.xp)
    *others, last = _coefficients(order)
    series = last + 0 * z.hi
    for coefficient in reversed(others):
        series = series * z.hi + coefficient
    return number(Fraction(1, 2), z.hi, xp=z.xp) + z * double_word(series, xp=z.xp)


@functools.lru_cache(maxsize=64)
def _coefficients(order: Fraction) -> tuple[float, ...]:
    """
    Coefficients ``c_n / n!``, n = 3 .. 15, of the powers 1, 2, ... of z in `_series`.

    ``c_n`` is ``1 + order**-1 + ... + order**(2 - n)``. The sums are exact, and rounded once.
    """
    sums = (sum(order**-j for j in range(n - 1)) for n in range(3, _TERMS))
    return tuple(float(found / math.factorial(n)) for n, found in enumerate(sums, start=3))


def _far_terms(p: DoubleWord, difference: DoubleWord, log_ratio: DoubleWord, rate: Fraction) -> DoubleWord:
    """
    Terms of the alpha divergence of order ``1 + rate``, at least 1/2, for `p` and `q` that are not near.

    `difference` is ``p - q`` and `log_ratio` ``log(p / q)``, all elementwise. A term is ``inf`` on overflow.
    """
    xp = p.xp
    share = number(1 / (1 + rate), p.hi, xp=xp)
    if abs(rate) < _NO_RATE:
        return (p * log_ratio - difference) * share
    highest = highest_exponent(p.hi.dtype, xp=xp)
    # The exponential may overflow although p times it does not, so it is computed as a product.
    half_exponent = log_ratio * number(rate / 2, p.hi, xp=xp)
    representable = ~(half_exponent.hi >= highest)
    # exp(2 x) - 1 = (exp(x) - 1) (exp(x) + 1): a factor overflows only where the product does.
    root = expm1(where(representable, half_exponent, number(0, p.hi, xp=xp)))
    largest = xp.where(representable, p.hi * root.hi / float(rate * (1 + rate)) * (root.hi + 2), xp.inf)
    moderate = xp.abs(largest) < math.exp(highest) * float(xp.finfo(p.hi.dtype).eps)
    root = where(moderate, root, number(0, p.hi, xp=xp))
    other = number(2, p.hi, xp=xp) + root
    # Near order 1 the root is about as small as the rate: p times the root alone would underflow.
    small, large = (root * number(1 / rate, p.hi, xp=xp), 1) if abs(rate) < 1 / 2 else (root, 1 / rate)
    gain = p * small * other * number(large, p.hi, xp=xp)
    return where(moderate, (gain - difference) * share, double_word(largest, xp=xp))
