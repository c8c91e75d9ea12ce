r"""
Integral of t times the trigamma function, and its argument less that integral, without cancellation.

.. math::

    G_n(x) = \int_0^x t\,\psi'(n + t)\,dt = x\,\psi(n + x) - \log \frac{\Gamma(n + x)}{\Gamma(n)}, \qquad
    g_n(x) = x - G_n(x).

:math:`G_n` is of second order for small `x`, and :math:`g_n` of the order of a logarithm for large `x`.
Gamma functions would cancel in both. So :math:`G_n` and :math:`g_n` are computed as

.. math::

    G_n(x) &= \sum_{i=n}^{m-1} h\Bigl(\frac xi\Bigr) + m\,\varphi(\rho) + \tfrac12 h(\rho) + \delta(m)
        - \delta(m + x) - x\,\lvert\delta'(m + x)\rvert, \qquad \rho = \frac xm, \\
    g_n(x) &= (n - \tfrac12) \log\Bigl(1 + \frac xn\Bigr) + \frac{x}{2 (n + x)}
        + x\,\lvert\delta'(n + x)\rvert + \delta(n + x) - \delta(n),

with :math:`h(r) = \log(1 + r) - r / (1 + r)`, :math:`\varphi(r) = r - \log(1 + r)` and the remainder
:math:`\delta` of Stirling's formula, whose three terms in :math:`G_n` are evaluated as one second difference.

Source: Olver, F. W. J. et al. (eds.). NIST Digital Library of Mathematical Functions, sections 5.11 and 5.15.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence
from xent.formulas.growing_function import DIGAMMA, polynomial
from xent.formulas.stirling_series import BERNOULLI, LEAST, numbers, stirling_series

__all__ = ["Amount", "Slope", "derivatives_of_integrals", "integrals"]

_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, start=1))


class Amount(NamedTuple):
    """
    Arguments `n` and `x`, with functions of their sum that stay finite where the sum overflows.

    Parameters
    ----------
    order : int
        The integer `n`.
    size : array
        The number `x`, or a lower bound on it where it exceeds a cap of the caller.
    log : array
        ``log((n + x) / n)``.
    inverse, share : array
        ``1 / (n + x)`` and ``x / (n + x)``.
    """

    order: int
    size: Array
    log: Array
    inverse: Array
    share: Array


class Slope(NamedTuple):
    r"""
    Derivatives of :math:`G_n` and :math:`g_n` in `x`, each times a power of ``n + x``.

    Parameters
    ----------
    large : array
        :math:`G_n'(x)`.
    small : array
        :math:`(n + x)\, g_n'(x)`.
    second_derivative : array
        :math:`(n + x)^2\, G_n''(x)`.
    excess : array
        `small` less `second_derivative`: the second derivative of :math:`g_n` in :math:`\log(n + x)`.
    """

    large: Array
    small: Array
    second_derivative: Array
    excess: Array

    @property
    def as_column(self) -> Slope:
        """Same derivatives with a last axis of length 1, to broadcast rows against classes."""
        return Slope(*(array[..., None] for array in self))


def integrals(amount: Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``G(x)``, the integral of ``t psi'(n + t)`` over t from 0 to x, and ``g(x) = x - G(x)``, elementwise.

    n is the order and x >= 0 the size of `amount`, which also holds ``log((n + x) / n)``, ``1 / (n + x)`` and
    ``x / (n + x)``; psi' is the trigamma function. Where the size is only a lower bound on x, G is that of
    the bound; g comes from the other three and is that of x, if ``n + x`` is at least 8. The caller then uses
    g.
    """
    n, x, least = amount.order, amount.size, max(amount.order, LEAST)
    ratio = x / least
    # Recurrence G_n(x) = G_{n+1}(x) + h(x / n), up to n = 8, from where on the series is accurate.
    large = xp.sum(_h(x[..., None] / numbers(n, least, x, xp=xp), xp=xp), axis=-1)
    large = large + least * _phi(ratio, xp.log1p(ratio), xp=xp) + _h(ratio, xp=xp) / 2
    large = large + ratio * (ratio / (1 + ratio)) * _second_difference(x, least)
    inverse = xp.clip(amount.inverse, max=1 / LEAST)
    derivatives, rests = _series(inverse)
    small = (n - 0.5) * amount.log + amount.share * (0.5 + derivatives) + (rests - _stirling_rest(n))
    # Below n + x = 8 the series does not apply, and x - G is then not a small difference.
    return large, xp.where(amount.inverse <= 1 / LEAST, small, x - large)


def derivatives_of_integrals(amount: Amount, *, xp: Namespace) -> Slope:
    """
    Derivatives in x of the integral G of ``t psi'(n + t)`` from 0 to x and of ``g(x) = x - G(x)``, scaled.

    They are ``G'``, ``(n + x) g'``, ``(n + x)**2 G''``, and the second less the third, elementwise, for order
    n and size x of `amount`; psi' is the trigamma function.
    """
    is_near = amount.inverse > 1 / LEAST
    first_derivative, second_derivative = _trigamma(amount, xp=xp)
    large = amount.share * first_derivative
    near = xp.where(is_near, amount.inverse, 1.0)
    inverse = xp.where(is_near, 0.0, amount.inverse)
    # With s = n + x and psi'(s) = 1/s + 1/(2 s**2) + sum of B_2k / s**(2k+1) (DLMF 5.15.8), the large parts
    # of s (1 - x psi'(s)) cancel on paper: n - x/s (1/2 + sum of B_2k / s**(2k-1)) remains.
    small = amount.order - amount.share * (0.5 + _bernoulli_sum(inverse, _one, -1))
    excess = amount.share * _bernoulli_sum(inverse, lambda k: 2.0 * k - 1, -1)
    excess = excess - amount.order * inverse * (0.5 + _bernoulli_sum(inverse, _one, -1))
    second_derivative_near, small_near = (
        (first_derivative - amount.share * second_derivative) / near,
        _lacking(amount.order, 1 / near, xp=xp),
    )
    small = xp.where(is_near, small_near, small)
    excess = xp.where(is_near, small_near - second_derivative_near, excess)
    return Slope(large, small, small - excess, excess)


def _lacking(order: int, total: Array, *, xp: Namespace) -> Array:
    """
    ``(1 - x * trigamma(total)) * total``, elementwise, with ``x = total - order``, for `total` of at most 8.

    The trigamma function is the telescoping sum of ``1 / (k**2 - 1/4)``, that is ``1 / (total - 1/2)``, less
    terms of fourth order. So 1 is cancelled analytically. For a large `total` those terms cancel.
    """
    shift = max(LEAST - order, 0)
    square = (total[..., None] + numbers(0, shift, total, xp=xp)) ** 2
    found = xp.sum(0.25 / (square * (square - 0.25)), axis=-1)
    last = total + shift
    tail = 1 / (last - 0.5) - polynomial(DIGAMMA.first_derivative, 1 / last, 0)
    return total * ((order - 0.5) / (total - 0.5) + (total - order) * (found + tail))


def _trigamma(amount: Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``s * psi'(s)`` and ``-s**2 * psi''(s)`` at the sum ``s = n + x`` of the amount, elementwise.

    `psi` is the digamma function.
    """
    shift = max(LEAST - amount.order, 0)
    inverse = amount.inverse[..., None]
    kept = 1 / (1 + numbers(0, shift, inverse, xp=xp) * inverse)
    steps = inverse * kept**2
    first_derivative, second_derivative = xp.sum(steps, axis=-1), xp.sum(2 * kept * steps, axis=-1)
    kept = 1 / (1 + shift * amount.inverse)
    last = amount.inverse * kept
    first_derivative = first_derivative + kept * polynomial(DIGAMMA.first_derivative, last, 1)
    return first_derivative, second_derivative + kept**2 * polynomial(DIGAMMA.second_derivative, last, 2)


def _h(ratio: Array, *, xp: Namespace) -> Array:
    """``log(1 + r) - r / (1 + r)``, which is of second order in `r`, without cancellation."""
    return _phi(-ratio / (1 + ratio), -xp.log1p(ratio), xp=xp)


def _phi(difference: Array, log_ratio: Array, *, xp: Namespace) -> Array:
    """``d - log(1 + d)``, of second order in `d`, without cancellation; `log_ratio` is ``log(1 + d)``."""
    return i_divergence.terms(xp.ones_like(difference), difference, log_ratio, xp=xp)


def _second_difference(x: Array, m: int) -> Array:
    r"""
    :math:`\delta(m)` less the value at `m` of the tangent of :math:`\delta` at ``m + x``, scaled.

    :math:`\delta` is the remainder of Stirling's formula, `m` at least 8 and `x` at least 0. The scale is
    ``(1 + x / m) / (x / m)**2``: then the part of each power ``m ** -j`` is a sum of positive terms.
    """
    inverse = 1 / (m + x)
    term, power, total = inverse, inverse, 0 * x
    for j in range(1, 2 * len(_STIRLING)):
        if j % 2:
            total = total + _STIRLING[j // 2] * term
        power = power * inverse
        term = term / m + (j + 1) * power
    return total


def _series(inverse: Array) -> tuple[Array, Array]:
    """
    ``-x * delta'(x)`` and ``delta(x)`` of Stirling's remainder, elementwise, given ``1 / x``.

    `x` is at least `LEAST`.
    """
    rest = _bernoulli_sum(inverse, lambda k: 1 / (2 * k * (2 * k - 1)), -1)
    return _bernoulli_sum(inverse, lambda k: 1 / (2 * k), -1), rest


def _one(_k: int) -> float:
    """Factor 1 of every term of `_bernoulli_sum`."""
    return 1.0


def _bernoulli_sum(inverse: Array, factor: Callable[[int], float], offset: int) -> Array:
    """
    Sum of ``factor(k) * B_2k * inverse ** (2 k + offset)`` over k = 1 .. 12, of the shape of `inverse`.

    `B_2k` are the Bernoulli numbers.
    """
    square = inverse * inverse
    total = 0 * inverse
    for k in range(len(BERNOULLI), 0, -1):
        total = total * square + factor(k) * BERNOULLI[k - 1]
    return total * inverse ** (2 + offset)


def _stirling_rest(n: int) -> float:
    """
    Remainder of Stirling's formula for the logarithm of the gamma function, at a positive integer.

    It is taken from `math.lgamma` below `LEAST`.
    """
    if n >= LEAST:
        return float(stirling_series(float(n)))
    return math.lgamma(n) - (n - 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
