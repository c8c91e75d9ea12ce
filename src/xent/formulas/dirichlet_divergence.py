r"""
Divergence of a Dirichlet distribution from the uniform one, of the evidence against the label alone.

With evidence :math:`e_k` for each class but the label, :math:`E = \sum_k e_k` and :math:`K` classes,

.. math::

    D &= \log \frac{\Gamma(K + E)}{\Gamma(K) \prod_k \Gamma(1 + e_k)}
        + \sum_k e_k \bigl(\psi(1 + e_k) - \psi(K + E)\bigr) = \sum_k G_1(e_k) - G_K(E), \\
    \frac{\partial D}{\partial e_k} &= G_1'(e_k) - G_K'(E), \qquad
    G_n(x) = \int_0^x t\,\psi'(n + t)\,dt .

Little evidence makes both sums small, of second order, and `D` is of the same size as they. Much makes them
large, of first order, and `D` is only of the order of a logarithm: then it is
:math:`g_K(E) - \sum_k g_1(e_k)` with :math:`g_n(x) = x - G_n(x)`. Of each row the form of smaller terms is
taken, and of each derivative. No
term is a difference of gamma functions:

.. math::

    G_n(x) &= \sum_{i=n}^{m-1} h\Bigl(\frac xi\Bigr) + m\,\varphi(\rho) + \tfrac12 h(\rho) + \delta(m)
        - \delta(m + x) - x\,\lvert\delta'(m + x)\rvert, \qquad \rho = \frac xm, \\
    g_n(x) &= (n - \tfrac12) \log\Bigl(1 + \frac xn\Bigr) + \frac{x}{2 (n + x)}
        + x\,\lvert\delta'(n + x)\rvert + \delta(n + x) - \delta(n),

with :math:`h(r) = \log(1 + r) - r / (1 + r)`, :math:`\varphi(r) = r - \log(1 + r)` and what Stirling's
formula leaves, :math:`\delta`, whose terms in the first are taken as second differences.

Source: Sensoy, M., Kaplan, L., Kandemir, M. (2018). Evidential deep learning to quantify classification
uncertainty. NeurIPS 31, section 4; the series: NIST Digital Library of Mathematical Functions, 5.11.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, one_hot
from xent.formulas import i_divergence
from xent.formulas.dirichlet_surprisal import DIGAMMA, polynomial
from xent.formulas.evidence import Evidence, bend_less_spread, evidence_of
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.stirling_series import BERNOULLI, LEAST, numbers, stirling_series

__all__ = ["DirichletDivergence"]

# Where evidence is above the exponential of this, its size does not count, only its logarithm.
_CAP = 35.0
_FAR = 1e10

_STIRLING = tuple(b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI, start=1))


class _Amount(NamedTuple):
    """
    Evidence added to a number `order` of classes: that of one class, or of all.

    Parameters
    ----------
    order : int
        The concentration without any evidence.
    size : array
        The evidence, if it is not above a cap.
    log : array
        Logarithm of the concentration over `order`.
    inverse, share : array
        One over the concentration, and the evidence over it.
    """

    order: int
    size: Array
    log: Array
    inverse: Array
    share: Array


class _Slope(NamedTuple):
    """
    Derivatives of :math:`G` and :math:`g` in the evidence.

    Parameters
    ----------
    large, small : array
        First one of :math:`G`, and of :math:`g` times the concentration.
    bend : array
        Second one of :math:`G` times the square of the concentration.
    excess : array
        `small` less `bend`: the second one of :math:`g` in the logarithm of the concentration.
    """

    large: Array
    small: Array
    bend: Array
    excess: Array

    @property
    def as_column(self) -> _Slope:
        """One for each row, beside what has one for each class."""
        return _Slope(*(array[..., None] for array in self))


@dataclass(frozen=True)
class DirichletDivergence:
    """
    Divergence in nats, with its derivatives in the logits; all are nan where a label is no class.

    Parameters
    ----------
    evidence : str
        Kind of evidence.
    """

    evidence: str

    def value(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Divergence from the uniform distribution in nats, of shape (...)."""
        evidence = self._against(logits, labels, xp=xp)
        large, small = _potential(_of_all(evidence, xp=xp), xp=xp)
        larges, smalls = _potential(_of_each(evidence, xp=xp), xp=xp)
        larges, smalls = xp.sum(larges, axis=-1), xp.sum(smalls, axis=-1)
        is_small = large + larges < small + smalls
        found = xp.where(is_small, larges - large, small - smalls)
        return found + _undefined(logits, labels, xp=xp)

    def gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K); 0 at the label."""
        evidence = self._against(logits, labels, xp=xp)
        slopes = _slopes(evidence, xp=xp)
        return slopes + _undefined(logits, labels, xp=xp)[..., None]

    def value_and_gradient(self, logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(logits, labels, xp=xp), self.gradient(logits, labels, xp=xp)

    def hessian_vector_product(self, logits: Array, labels: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        evidence = self._against(logits, labels, xp=xp)
        each, every = _of_each(evidence, xp=xp), _of_all(evidence, xp=xp)
        shares = evidence.growth / evidence.total[..., None]
        moves = shares * xp.sum(shares * vectors, axis=-1)[..., None]
        own, shared = _slope(each, xp=xp), _slope(every, xp=xp).as_column
        of_small = evidence.relative_growth**2 * (own.bend * vectors) - shared.bend * moves
        size = xp.clip(each.inverse, min=math.exp(-_CAP))
        of_small = of_small + evidence.relative_bend / size * (own.large - shared.large) * vectors
        of_label = evidence.relative_growth**2 * own.excess + evidence.bend_of_log * own.small
        turned = bend_less_spread(evidence, vectors, xp=xp)
        of_large = shared.excess * moves + shared.small * turned - of_label * vectors
        product = xp.where(_is_small(each, every, own, shared), of_small, of_large)
        return product + _undefined(logits, labels, xp=xp)[..., None]

    def hessian(self, logits: Array, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _against(self, logits: Array, labels: Array, *, xp: Namespace) -> Evidence:
        """Evidence without that for the label."""
        is_label = one_hot(labels, logits, xp=xp) == 1
        return evidence_of(xp.where(is_label, -xp.inf, logits), self.evidence, xp=xp)


def _undefined(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    is_class = (labels >= 0) & (labels < logits.shape[-1])
    return xp.where(is_class, xp.zeros_like(logits[..., 0]), xp.nan)


def _of_each(evidence: Evidence, *, xp: Namespace) -> _Amount:
    size = evidence.share / xp.clip(evidence.inverse, min=math.exp(-_CAP))
    return _Amount(1, size, evidence.log, evidence.inverse, evidence.share)


def _of_all(evidence: Evidence, *, xp: Namespace) -> _Amount:
    order = evidence.concentrations.shape[-1]
    size = xp.sum(_of_each(evidence, xp=xp).size, axis=-1)
    is_far = size > _FAR
    far = evidence.log_unit + xp.log(evidence.total / order)
    log = xp.where(is_far, far, xp.log1p(size / order))
    share = xp.sum(evidence.scaled, axis=-1) / evidence.total
    return _Amount(order, size, log, evidence.unit / evidence.total, share)


def _potential(amount: _Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """``G(x)`` and ``x - G(x)``."""
    n, x, least = amount.order, amount.size, max(amount.order, LEAST)
    ratio = x / least
    large = xp.sum(_h(x[..., None] / numbers(n, least, x, xp=xp), xp=xp), axis=-1)
    large = large + least * _phi(ratio, xp.log1p(ratio), xp=xp) + _h(ratio, xp=xp) / 2
    large = large + ratio * (ratio / (1 + ratio)) * _second_difference(x, least)
    inverse = xp.clip(amount.inverse, max=1 / LEAST)
    slopes, rests = _series(inverse)
    small = (n - 0.5) * amount.log + amount.share * (0.5 + slopes) + (rests - _stirling_rest(n))
    return large, xp.where(amount.inverse <= 1 / LEAST, small, x - large)


def _slopes(evidence: Evidence, *, xp: Namespace) -> Array:
    each, every = _of_each(evidence, xp=xp), _of_all(evidence, xp=xp)
    own, shared = _slope(each, xp=xp), _slope(every, xp=xp).as_column
    size = xp.clip(each.inverse, min=math.exp(-_CAP))
    of_small = evidence.relative_growth / size * (own.large - shared.large)
    of_large = evidence.growth / evidence.total[..., None] * shared.small
    of_large = of_large - evidence.relative_growth * own.small
    return xp.where(_is_small(each, every, own, shared), of_small, of_large)


def _is_small(each: _Amount, every: _Amount, own: _Slope, shared: _Slope) -> Array:
    """Whether the derivatives themselves are smaller than what they lack to 1."""
    lacking: Array = own.small * each.inverse + shared.small * every.inverse[..., None]
    return own.large + shared.large < lacking


def _slope(amount: _Amount, *, xp: Namespace) -> _Slope:
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
    return _Slope(large, small, small - excess, excess)


def _lacking(order: int, total: Array, *, xp: Namespace) -> Array:
    """
    ``1 - x * trigamma(total)``, times the `total`, with ``x`` the evidence in it.

    The trigamma function is ``1 / (total - 1/2)``, a telescoping sum, less terms of the fourth order.
    """
    shift = max(LEAST - order, 0)
    square = (total[..., None] + numbers(0, shift, total, xp=xp)) ** 2
    found = xp.sum(0.25 / (square * (square - 0.25)), axis=-1)
    last = total + shift
    tail = 1 / (last - 0.5) - polynomial(DIGAMMA.slope, 1 / last, 0)
    return total * ((order - 0.5) / (total - 0.5) + (total - order) * (found + tail))


def _trigamma(amount: _Amount, *, xp: Namespace) -> tuple[Array, Array]:
    """Trigamma function times the concentration, and minus its derivative times the square of that."""
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
