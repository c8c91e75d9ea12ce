r"""
Renyi divergence of an order, in nats.

.. math::

    R_\alpha(p \,\|\, q) = \frac{1}{\alpha - 1} \log \sum_k p_k^\alpha q_k^{1 - \alpha}
        = \frac{\mathrm{log1p}(\alpha (\alpha - 1) D_\alpha(p \,\|\, q))}{\alpha - 1}

with the alpha divergence :math:`D_\alpha`, whose terms are never negative. The second form, which takes the
sums of `p` and `q` as exactly 1, is used where the sum of powers is above 1/2 and does not overflow;
elsewhere the first.

Source: van Erven, T., Harremoes, P. (2014). Renyi divergence and Kullback-Leibler divergence. IEEE Trans.
Inf. Theory 60(7), equations 1 and 9.
"""

from __future__ import annotations

from fractions import Fraction

from xent.arrays import Array, Namespace
from xent.formulas.measures import alpha_divergence
from xent.formulas.measures.sum_of_powers import log_of_sum
from xent.precision.double_word import DoubleWord, double_word, number, where
from xent.precision.exponential import expm1
from xent.precision.logarithm import log_quotient

__all__ = [
    "value",
    "value_at_0",
    "value_at_infinity",
    "value_of_logs",
    "value_of_logs_at_0",
    "value_of_logs_at_infinity",
]

# exp(-50) is below half a unit in the last place of a sum of 1/2, so powers below it do not change the sum.
_UNSEEN = -50.0


def value(p: Array, q: Array, *, order: float, xp: Namespace) -> Array:
    """
    Divergence in nats for a finite `order` > 0 other than 1; from shape (..., K) to (...).

    It is the logarithm of the sum of ``p ** order * q ** (1 - order)``, divided by ``order - 1``, for `p` and
    `q` that sum to 1, which is taken as exact: of other sums it is not that logarithm. ``inf`` for disjoint
    supports, and above order 1 where only `q` is 0.
    """
    some_p, some_q = (double_word(xp.where(x != 0, x, 1.0), xp=xp) for x in (p, q))
    log_ratio = log_quotient(some_p, some_q)
    terms = alpha_divergence.terms(some_p, some_q, some_p - some_q, log_ratio, order=order)
    sum_of_terms = alpha_divergence.sum_of_terms(terms, p, q, order=order)
    exponents = _exponents(log_ratio, order, p == 0, q == 0)
    return _of_both_forms(sum_of_terms, some_p, exponents, order)


def value_of_logs(log_p: Array, log_q: Array, *, order: float, xp: Namespace) -> Array:
    """
    Divergence in nats, of shape (...), from the logarithms of `p` and `q`, (..., K), which may underflow.

    `order` is finite, > 0 and not 1; the sums of `p` and `q` are taken as exactly 1. The divergence is
    ``inf`` for disjoint supports, and above order 1 where only `q` is 0. Where the logarithms are close, ``p
    - q`` is computed as ``-p expm1(log_q - log_p)``: a difference of the exponentials would cancel.
    """
    without_p, without_q = log_p == -xp.inf, log_q == -xp.inf
    some_log_p, some_log_q = (double_word(xp.where(x > -xp.inf, x, 0.0), xp=xp) for x in (log_p, log_q))
    log_ratio = some_log_p - some_log_q
    p, q = xp.exp(log_p), xp.exp(log_q)
    some_p, some_q = (double_word(xp.where(x != 0, x, 1.0), xp=xp) for x in (p, q))
    near = log_ratio.hi > -1
    loss = expm1(where(near, -log_ratio, number(0, p, xp=xp)))
    difference = where(near, -(some_p * loss), some_p - some_q)
    terms = alpha_divergence.terms(some_p, some_q, difference, log_ratio, order=order)
    sum_of_terms = alpha_divergence.sum_of_terms(terms, p, q, order=order)
    exponents = _exponents(log_ratio, order, without_p, without_q, some_log_p)
    underflows = ((p == 0) | (q == 0)) & (exponents.hi > _UNSEEN)
    # Terms from underflowed p or q are wrong; inf tells `log_of_sum` to use the exponents instead.
    is_unknown = xp.any(underflows, axis=-1)
    known = DoubleWord(xp.where(is_unknown, xp.inf, sum_of_terms.hi), sum_of_terms.lo, xp)
    return _of_both_forms(known, number(1, p, xp=xp), exponents, order)


def value_at_0(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Divergence of order 0 in nats, of shape (...): ``-log`` of the mass of `q` where `p` is positive.

    It is the limit of small orders; ``inf`` for disjoint supports.
    """
    beyond = xp.sum(xp.where(p > 0, 0.0, q), axis=-1)
    within = xp.sum(xp.where(p > 0, q, 0.0), axis=-1)
    # A mass near 1 is known better by its complement.
    return 0 - xp.where(beyond < 1 / 2, xp.log1p(-beyond), xp.log(within))


def value_of_logs_at_0(log_p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """
    Divergence of order 0 in nats, of shape (...), given the logarithms of `p` and `q`, (..., K).

    It is ``-log`` of the mass of `q` where `log_p` is above ``-inf``, also if that mass underflows; ``inf``
    for disjoint supports.
    """
    within = xp.where(log_p > -xp.inf, log_q, -xp.inf)
    beyond = xp.sum(xp.where(log_p > -xp.inf, 0.0, xp.exp(log_q)), axis=-1)
    peak = xp.max(within, axis=-1)
    unit = xp.where(peak > -xp.inf, peak, 0.0)
    log_mass = unit + xp.log(xp.sum(xp.exp(within - unit[..., None]), axis=-1))
    return 0 - xp.where(beyond < 1 / 2, xp.log1p(-beyond), log_mass)


def value_at_infinity(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Divergence of infinite order in nats: the maximum of ``log(p / q)`` over `p` > 0, of shape (...).

    It is ``inf`` if `q` is 0 at one of these outcomes.
    """
    some_p, some_q = (double_word(xp.where(x != 0, x, 1.0), xp=xp) for x in (p, q))
    log_ratio = xp.where(q == 0, xp.inf, log_quotient(some_p, some_q).rounded)
    return xp.max(xp.where(p == 0, -xp.inf, log_ratio), axis=-1)


def value_of_logs_at_infinity(log_p: Array, log_q: Array, *, xp: Namespace) -> Array:
    """
    Divergence of infinite order in nats, (...), given the logarithms of `p` and `q`, (..., K).

    It is the largest ``log_p - log_q``. Outcomes with `log_p` ``-inf`` are left out, whatever `log_q`;
    ``inf`` if `log_q` alone is ``-inf``.
    """
    return xp.max(xp.where(log_p == -xp.inf, -xp.inf, log_p - log_q), axis=-1)


def _exponents(
    log_ratio: DoubleWord, order: float, without_p: Array, without_q: Array, log_p: DoubleWord | None = None
) -> DoubleWord:
    """
    Logarithms of ``p ** order * q ** (1 - order)``, elementwise; for `log_p` None, of that number over `p`.

    `log_ratio` is ``log(p / q)``; the masks are True where `p` or `q` is 0. There the result is ``-inf``
    where `p` is 0; where only `q` is 0, ``inf`` for an order above 1 and else ``-inf``.
    """
    xp = log_ratio.xp
    found = log_ratio * number(Fraction(order) - 1, log_ratio.hi, xp=xp)
    found = found if log_p is None else log_p + found
    of_p = xp.inf if order > 1 else -xp.inf
    of_one = xp.where(without_p, -xp.inf, xp.where(without_q, of_p, 0 * found.hi))
    return where(without_p | without_q, double_word(of_one, xp=xp), found)


def _of_both_forms(
    sum_of_terms: DoubleWord, weights: DoubleWord, exponents: DoubleWord, order: float
) -> Array:
    """
    Divergence in nats, of shape (...), from the sum of terms or the exponents, whichever is accurate.

    The sum of terms of the alpha divergence decides where the sum of powers is above 1/2 and both are below
    the square root of the largest float; ``inf`` stands for an unknown one. Elsewhere the result is the
    logarithm of the sum of ``weights * exp(exponents)`` over ``order - 1``; both must be valid everywhere.
    """
    xp, like = sum_of_terms.xp, sum_of_terms.hi
    rate = Fraction(order) - 1
    is_float = like < float(xp.finfo(like.dtype).max) ** 0.5
    scale = number(rate * Fraction(order), like, xp=xp)
    sum_less_1 = where(is_float, sum_of_terms, number(0, like, xp=xp)) * scale
    sum_less_1 = DoubleWord(xp.where(is_float, sum_less_1.hi, xp.inf), sum_less_1.lo, xp)
    found = log_of_sum(sum_less_1, weights, exponents, divisor=rate)
    # The logarithm of 1 + x is x there; times a small rate, which is divided out again, x would underflow.
    is_linear = xp.abs(sum_less_1.hi) < float(xp.finfo(like.dtype).eps) ** 2
    return xp.where(is_linear, (sum_of_terms * number(Fraction(order), like, xp=xp)).rounded, found)
