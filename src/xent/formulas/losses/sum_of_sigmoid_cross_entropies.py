r"""
Sum of the sigmoid cross-entropies of a row's logits: one value for several binary questions.

For logits :math:`z_k`, masses :math:`a_k` for and :math:`b_k` against the event of each, and
:math:`\sigma(z) = 1 / (1 + e^{-z})`,

.. math::

    \ell = \sum_k a_k \log(1 + e^{-z_k}) + b_k \log(1 + e^{z_k}), \quad
    \frac{\partial \ell}{\partial z_k} = b_k\,\sigma(z_k) - a_k\,\sigma(-z_k), \quad
    \nabla^2 \ell = \mathrm{diag}\bigl((a_k + b_k)\,\sigma(z_k)\,\sigma(-z_k)\bigr).

No term is negative. An entry whose two masses are 0 adds nothing. Losses of ordered classes are such sums.

Source: Cao, W., Mirjalili, V., Raschka, S. (2020). Rank consistent ordinal regression for neural networks.
Pattern Recognition Letters 140, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, unit_vectors
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["SumOfSigmoidCrossEntropies", "sum_of_sigmoid_cross_entropies"]


@dataclass(frozen=True)
class SumOfSigmoidCrossEntropies:
    """
    Sum of sigmoid cross-entropies in nats, with derivatives in the logits.

    The data of every method are two masses, of each event and of its opposite, both of shape (..., K).
    """

    def value(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Sum of the cross-entropies of a row in nats, of shape (...)."""
        return xp.sum(sigmoid_cross_entropy.value(logits, mass_for, mass_against, xp=xp), axis=-1)

    def gradient(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return sigmoid_cross_entropy.gradient(logits, mass_for, mass_against, xp=xp)

    def value_and_gradient(
        self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        args = logits, mass_for, mass_against
        return self.value(*args, xp=xp), self.gradient(*args, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, mass_for: Array, mass_against: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, of shape (..., K)."""
        args = logits, mass_for, mass_against, vectors
        return sigmoid_cross_entropy.hessian_vector_product(*args, xp=xp)

    def hessian(self, logits: Logits, mass_for: Array, mass_against: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); diagonal."""
        diagonal = sigmoid_cross_entropy.hessian(logits, mass_for, mass_against, xp=xp)
        return diagonal[..., None] * unit_vectors(high_and_low(logits).rounded, xp=xp)


sum_of_sigmoid_cross_entropies = SumOfSigmoidCrossEntropies()
