r"""
Cross-entropy of one logit under a sigmoid, with one weight for the event and one for its opposite.

For a logit :math:`z`, :math:`\sigma(z) = 1 / (1 + e^{-z})` and masses :math:`a` of the event and
:math:`b` of its opposite (:math:`t` and :math:`1 - t` for a target :math:`t` in [0, 1]),

.. math::

    \ell = a \log(1 + e^{-z}) + b \log(1 + e^{z}), \quad
    \frac{d\ell}{dz} = b\,\sigma(z) - a\,\sigma(-z), \quad
    \frac{d^2\ell}{dz^2} = (a + b)\,\sigma(z)\,\sigma(-z).

Evaluated as ``(a + b) log1p(exp(-|z|))`` plus ``|z|`` times the mass of the less probable side: two terms
>= 0. The derivative has one term for each side; ``sigmoid(z) - t`` would cancel when both are near 0 or 1.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.90 and 4.91.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.sigmoid import sigmoid, small_exponential
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["SigmoidCrossEntropy", "sigmoid_cross_entropy"]


@dataclass(frozen=True)
class SigmoidCrossEntropy:
    """
    Cross-entropy in nats, elementwise, with derivatives in the logits.

    The data of every method are the mass of the event and the mass of its opposite, both >= 0.
    """

    def value(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """
        Cross-entropy in nats, elementwise: ``-mass_for log(sigmoid(z)) - mass_against log(sigmoid(-z))``.

        z are the logits; the masses are >= 0 and need not sum to 1. A mass of 0 costs 0 even at an infinite
        logit. A positive mass on the side that an infinite logit excludes costs ``inf``.
        """
        high = high_and_low(logits).rounded
        share = xp.where(high > 0, mass_against, mass_for)
        # An infinite logit whose improbable side has mass 0 costs 0, but 0 * inf is nan.
        distance = xp.where((share == 0) & xp.isinf(high), 0.0, xp.abs(high))
        certain = (mass_for + mass_against) * xp.log1p(small_exponential(logits, xp=xp))
        return share * distance + certain

    def gradient(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the logits, elementwise."""
        above, below = sigmoid(logits, xp=xp)
        return mass_against * above - mass_for * below

    def value_and_gradient(
        self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise."""
        args = logits, mass_for, mass_against
        return self.value(*args, xp=xp), self.gradient(*args, xp=xp)

    def hessian(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the logits, elementwise."""
        above, below = sigmoid(logits, xp=xp)
        return (mass_for + mass_against) * (above * below)

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(logits, mass_for, mass_against, xp=xp) * vectors


sigmoid_cross_entropy = SigmoidCrossEntropy()
