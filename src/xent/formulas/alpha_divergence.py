r"""
Divergences of an order, in nats: one family whose terms are never negative.

.. math::

    D_\alpha(p \,\|\, q) = \frac{1}{\alpha (\alpha - 1)}
        \sum_k \left( p_k^\alpha q_k^{1 - \alpha} - \alpha p_k - (1 - \alpha) q_k \right)

is the Kullback-Leibler divergence at order 1 and its reverse at order 0. Renyi's divergence is
:math:`\mathrm{log1p}(\alpha (\alpha - 1) D_\alpha) / (\alpha - 1)`, Tsallis's :math:`\alpha D_\alpha`.

With :math:`r = \log(p / q)` a term is :math:`q \sum_{n \ge 2} c_n r^n / n!`, where :math:`c_n = 1 + \alpha +
\dots + \alpha^{n-2}`: used where `p` and `q` are near, it has no gap at any order. Elsewhere it is :math:`(p
E - (p - q)) / \alpha` with :math:`E = \mathrm{expm1}((\alpha - 1) r) / (\alpha - 1)`, which is `r` at order
1. An order below 1/2 swaps `p` and `q` and becomes one above.

Source: Cichocki, A., Amari, S. (2010). Families of alpha- beta- and gamma-divergences. Entropy 12(6); van
Erven, T., Harremoes, P. (2014). Renyi divergence and Kullback-Leibler divergence. IEEE Trans. Inf. Theory
60(7).
"""

from __future__ import annotations

import math

from xent.arrays import Array, Namespace

__all__ = ["renyi", "value"]

_TERMS = 18


def value(p: Array, q: Array, *, order: float, xp: Namespace) -> Array:
    """Divergence of a finite `order`, of `p` and `q` of shape (..., K); of shape (...)."""
    if order < 1 / 2:
        p, q, order = q, p, 1 - order
    difference = p - q
    possible = (p > 0) & (q > 0)
    some_p, some_q = xp.where(possible, p, 1.0), xp.where(possible, q, 1.0)
    near = xp.abs(difference) * max(1.0, order) < 0.5 * some_q
    moderate = xp.abs(difference) < 0.5 * some_q
    excess = xp.where(possible & moderate, difference, 0.0) / some_q
    close = q * _series(xp.log1p(excess), order)
    ratio = xp.log(xp.where(moderate, 1.0, some_p / some_q)) + xp.where(moderate, xp.log1p(excess), 0.0)
    gain = _gain(some_p / some_q, ratio, order - 1, xp=xp)
    far = (some_p * gain - (some_p - some_q)) / order
    terms = xp.where(possible, xp.where(near, close, far), _where_one_is_0(p, q, order, xp=xp))
    return xp.sum(terms, axis=-1)


def renyi(p: Array, q: Array, log_p: Array, log_q: Array, *, order: float, xp: Namespace) -> Array:
    """Renyi's divergence of an order that is neither 0, 1 nor infinite, also where exponentials underflow."""
    sum_less_1 = order * (order - 1) * value(p, q, order=order, xp=xp)
    moderate = (sum_less_1 > -0.5) & (sum_less_1 < 1)
    close = xp.log1p(xp.where(moderate, sum_less_1, 0.0)) / (order - 1)
    return xp.where(moderate, close, _renyi_of_logs(log_p, log_q, order, xp=xp))


def _renyi_of_logs(log_p: Array, log_q: Array, order: float, *, xp: Namespace) -> Array:
    possible = (log_p > -xp.inf) & (log_q > -xp.inf)
    exponents = order * xp.where(possible, log_p, 0.0) + (1 - order) * xp.where(possible, log_q, 0.0)
    exponents = xp.where(possible, exponents, -xp.inf)
    peak = xp.max(exponents, axis=-1)[..., None]
    peak = xp.where(peak == -xp.inf, 0.0, peak)
    log_sum = peak[..., 0] + xp.log(xp.sum(xp.exp(exponents - peak), axis=-1))
    impossible = xp.any((log_p > -xp.inf) & (log_q == -xp.inf), axis=-1)
    return xp.where(impossible & (order > 1), xp.inf, log_sum / (order - 1))


def _where_one_is_0(p: Array, q: Array, order: float, *, xp: Namespace) -> Array:
    of_p = p / (1 - order) if order < 1 else xp.where(p > 0, xp.inf, p)
    return xp.where(q == 0, of_p, q / order)


def _series(r: Array, order: float) -> Array:
    coefficients = [math.fsum(order**j for j in range(n - 1)) / math.factorial(n) for n in range(2, _TERMS)]
    series = coefficients[-1] + 0 * r
    for coefficient in reversed(coefficients[:-1]):
        series = series * r + coefficient
    return r * r * series


def _gain(ratio: Array, log_ratio: Array, rate: float, *, xp: Namespace) -> Array:
    """``(ratio**rate - 1) / rate``, and its limit, the logarithm, at rate 0."""
    if rate == 0:
        return log_ratio
    exponent = rate * log_ratio
    near = xp.abs(exponent) < 1
    # A power is more accurate than an exponential of a large logarithm.
    return xp.where(near, xp.expm1(xp.where(near, exponent, 0.0)), xp.pow(ratio, rate) - 1) / rate
