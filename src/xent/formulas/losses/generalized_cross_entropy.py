r"""
Generalised cross-entropy: a family between cross-entropy and mean absolute error.

With the surprisal :math:`s` and :math:`u = e^{-s}` the probability,

.. math::

    \varphi = \frac{1 - u^q}{q} = -\frac{\mathrm{expm1}(-q s)}{q}, \quad \varphi' = u^q, \quad
    \varphi'' = -q\, u^q ,

and :math:`\varphi = s` for :math:`q = 0`. The power is the exponential of the product :math:`-q s` with its
rounding error, which, dropped, would cost as many units in the last place as the product has units. The power
does not underflow where only :math:`u` does.

Source: Zhang, Z., Sabuncu, M. (2018). Generalized cross entropy loss for training deep neural networks with
noisy labels. NeurIPS. Section 3.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from xent.arrays import Array, Namespace, is_jax, is_number
from xent.formulas.true_class import ClassProbability
from xent.precision.exact_product import exact_product

__all__ = ["GeneralizedCrossEntropy", "generalized", "power_of_prob"]

# exp(-2000) is 0 in float32 and float64.
_FAR = 2000.0


@dataclass(frozen=True)
class GeneralizedCrossEntropy:
    """
    Generalised cross-entropy as a function of the surprisal.

    Parameters
    ----------
    q : float in [0, 1]
        Exponent of the probability; 0 gives cross-entropy, 1 the complement of the probability.
    """

    q: float

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Loss, elementwise; in nats for ``q = 0``."""
        return generalized(of_label.surprisal, self.q, xp=xp)

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal."""
        return power_of_prob(of_label, self.q, xp=xp)

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal."""
        return -self.q * power_of_prob(of_label, self.q, xp=xp)


def generalized(surprisal: Array, q: Any, *, xp: Namespace) -> Array:
    """
    Generalised cross-entropy of a surprisal, ``(1 - exp(-q s)) / q``, elementwise; s itself for ``q = 0``.

    `q` is a number or an array of JAX of shape ().
    """
    if is_number(q, 0):
        return surprisal
    # A plain product suffices: for x <= 0, expm1(x) amplifies a relative error of x by at most 1.
    if not is_jax(q):
        return -xp.expm1(-q * surprisal) / q
    is_plain = q == 0
    return xp.where(is_plain, surprisal, -xp.expm1(-q * surprisal) / xp.where(is_plain, 1.0, q))


def power_of_prob(of_label: ClassProbability, q: float, *, xp: Namespace) -> Array:
    """
    Probability to the power `q` >= 0, elementwise, accurate also where the probability itself underflows.

    It is computed from the surprisal of `of_label` and its low-order part, for one class of each row or for
    every class. `q` is a number or an array of JAX of shape (). For ``q = 0`` it is 1; it is nan where the
    probability is.
    """
    surprisal = of_label.surprisal
    if is_number(q, 0):
        return 0 * of_label.complement + 1
    limits = xp.finfo(surprisal.dtype)
    top, rest = (q, 0.0) if is_jax(q) else _in_two(q, float(limits.eps))
    # Beyond the limit the power is 0; within it the exact product does not overflow.
    farthest = float(limits.max) ** 0.5
    farthest = xp.minimum(_FAR / q, farthest) if is_jax(q) else min(_FAR / q, farthest)
    near = xp.minimum(surprisal, xp.full_like(surprisal, farthest))
    product, missing = exact_product(near, xp.full_like(surprisal, top), xp=xp)
    return xp.exp(-product) * (1 - (missing + rest * near + q * of_label.surprisal_rest))


def _in_two(number: float, eps: float) -> tuple[float, float]:
    """`number` rounded to the digits of a dtype with machine epsilon `eps`, and the remainder."""
    mantissa, exponent = math.frexp(number)
    digits = round(1 - math.log2(eps))
    top = math.ldexp(round(math.ldexp(mantissa, digits)), exponent - digits)
    return top, number - top
