r"""
Integral of the trigamma function times its distance from where it starts, in two forms.

.. math::

    G_n(x) = \int_0^x t\,\psi'(n + t)\,dt = x\,\psi(n + x) - \log \frac{\Gamma(n + x)}{\Gamma(n)}, \qquad
    g_n(x) = x - G_n(x).

The first is of second order for small `x`, and the second of the order of a logarithm for large. Neither is
found from gamma functions, which would cancel, but as

.. math::

    G_n(x) &= \sum_{i=n}^{m-1} h\Bigl(\frac xi\Bigr) + m\,\varphi(\rho) + \tfrac12 h(\rho) + \delta(m)
        - \delta(m + x) - x\,\lvert\delta'(m + x)\rvert, \qquad \rho = \frac xm, \\
    g_n(x) &= (n - \tfrac12) \log\Bigl(1 + \frac xn\Bigr) + \frac{x}{2 (n + x)}
        + x\,\lvert\delta'(n + x)\rvert + \delta(n + x) - \delta(n),

with :math:`h(r) = \log(1 + r) - r / (1 + r)`, :math:`\varphi(r) = r - \log(1 + r)` and what Stirling's
formula leaves, :math:`\delta`, whose terms in the first are taken as second differences.

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

__all__ = ["Amount", "Slope", "integrals", "slope_of_integrals"]

_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, start=1))


class Amount(NamedTuple):
    """
    Arguments `x` and `n`, and the sum of the two, which may overflow.

    Parameters
    ----------
    order : int
        The number `n`.
    size : array
        The number `x`, if it is not above a cap.
    log : array
        Logarithm of the sum over `n`.
    inverse, share : array
        One over the sum, and `x` over it.
    """

    order: int
    size: Array
    log: Array
    inverse: Array
    share: Array


class Slope(NamedTuple):
    """
    Derivatives of :math:`G_n` and :math:`g_n`.

    Parameters
    ----------
    large, small : array
        First one of :math:`G_n`, and of :math:`g_n` times the sum of the arguments.
    bend : array
        Second one of :math:`G_n` times the square of that sum.
    excess : array
        `small` less `bend`: the second one of :math:`g_n` in the logarithm of the sum.
    """

    large: Array
    small: Array
    bend: Array
    excess: Array

    @property
    def as_column(self) -> Slope:
        """One for each row, beside what has one for each class."""
        return Slope(*(array[..., None] for array in self))


def integrals(amount: Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """:math:`G_n(x)`, and :math:`g_n(x)`."""
    n, x, least = amount.order, amount.size, max(amount.order, LEAST)
    ratio = x / least
    large = xp.sum(_h(x[..., None] / numbers(n, least, x, xp=xp), xp=xp), axis=-1)
    large = large + least * _phi(ratio, xp.log1p(ratio), xp=xp) + _h(ratio, xp=xp) / 2
    large = large + ratio * (ratio / (1 + ratio)) * _second_difference(x, least)
    inverse = xp.clip(amount.inverse, max=1 / LEAST)
    slopes, rests = _series(inverse)
    small = (n - 0.5) * amount.log + amount.share * (0.5 + slopes) + (rests - _stirling_rest(n))
    return large, xp.where(amount.inverse <= 1 / LEAST, small, x - large)


def slope_of_integrals(amount: Amount, *, xp: Namespace) -> Slope:
    """Their derivatives."""
    is_near = amount.inverse > 1 / LEAST
    slope, bend = _trigamma(amount, xp=xp)
    large = amount.share * slope
    near = xp.where(is_near, amount.inverse, 1.0)
    inverse = xp.where(is_near, 0.0, amount.inverse)
    small = amount.order - amount.share * (0.5 + _bernoulli_sum(inverse, _one, -1))
    excess = amount.share * _bernoulli_sum(inverse, lambda k: 2.0 * k - 1, -1)
    excess = excess - amount.order * inverse * (0.5 + _bernoulli_sum(inverse, _one, -1))
    bend_near, small_near = (slope - amount.share * bend) / near, _lacking(amount.order, 1 / near, xp=xp)
    small = xp.where(is_near, small_near, small)
    excess = xp.where(is_near, small_near - bend_near, excess)
    return Slope(large, small, small - excess, excess)


def _lacking(order: int, total: Array, *, xp: Namespace) -> Array:
    """
    ``1 - x * trigamma(total)``, times the `total`, with ``x`` what it is above `order`.

    The trigamma function is ``1 / (total - 1/2)``, a telescoping sum, less terms of the fourth order.
    """
    shift = max(LEAST - order, 0)
    square = (total[..., None] + numbers(0, shift, total, xp=xp)) ** 2
    found = xp.sum(0.25 / (square * (square - 0.25)), axis=-1)
    last = total + shift
    tail = 1 / (last - 0.5) - polynomial(DIGAMMA.slope, 1 / last, 0)
    return total * ((order - 0.5) / (total - 0.5) + (total - order) * (found + tail))


def _trigamma(amount: Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """Trigamma function of the sum times the sum, and minus its derivative times the square of that."""
    shift = max(LEAST - amount.order, 0)
    inverse = amount.inverse[..., None]
    kept = 1 / (1 + numbers(0, shift, inverse, xp=xp) * inverse)
    steps = inverse * kept**2
    slope, bend = xp.sum(steps, axis=-1), xp.sum(2 * kept * steps, axis=-1)
    kept = 1 / (1 + shift * amount.inverse)
    last = amount.inverse * kept
    slope = slope + kept * polynomial(DIGAMMA.slope, last, 1)
    return slope, bend + kept**2 * polynomial(DIGAMMA.bend, last, 2)


def _h(ratio: Array, *, xp: Namespace) -> Array:
    """``log(1 + r) - r / (1 + r)``, which is of second order."""
    return _phi(-ratio / (1 + ratio), -xp.log1p(ratio), xp=xp)


def _phi(difference: Array, log_ratio: Array, *, xp: Namespace) -> Array:
    """``d - log(1 + d)``, which is of second order."""
    return i_divergence.terms(xp.ones_like(difference), difference, log_ratio, xp=xp)


def _second_difference(x: Array, m: int) -> Array:
    """
    Stirling's rest at `m` less its tangent from ``m + x``.

    Over the square of ``x / m`` and times ``1 + x / m``: that of ``m ** -j`` is a sum of positive terms.
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
    """Minus the derivative of Stirling's rest, times its argument, and the rest itself."""
    rest = _bernoulli_sum(inverse, lambda k: 1 / (2 * k * (2 * k - 1)), -1)
    return _bernoulli_sum(inverse, lambda k: 1 / (2 * k), -1), rest


def _one(_k: int) -> float:
    return 1.0


def _bernoulli_sum(inverse: Array, factor: Callable[[int], float], offset: int) -> Array:
    """Sum of ``factor(k) * B_2k * inverse ** (2 k + offset)``."""
    square = inverse * inverse
    total = 0 * inverse
    for k in range(len(BERNOULLI), 0, -1):
        total = total * square + factor(k) * BERNOULLI[k - 1]
    return total * inverse ** (2 + offset)


def _stirling_rest(n: int) -> float:
    if n >= LEAST:
        return float(stirling_series(float(n)))
    return math.lgamma(n) - (n - 0.5) * math.log(n) + n - 0.5 * math.log(2 * math.pi)
