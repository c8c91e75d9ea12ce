r"""
Cross-entropy of one logit under a sigmoid for a target :math:`t`: masses :math:`t` and :math:`1 - t`.

The kernel computes this case, the commonest, in one pass; `sigmoid_cross_entropy` has the derivatives.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.90.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.precision.exact_difference import Logits

__all__ = ["SigmoidCrossEntropyOfTargets", "sigmoid_cross_entropy_of_targets"]


@dataclass(frozen=True)
class SigmoidCrossEntropyOfTargets:
    """
    Cross-entropy in nats, elementwise, with derivatives in the logits.

    The data of every method are the targets, in [0, 1] and of the shape of the logits.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Cross-entropy in nats, elementwise."""
        return sigmoid_cross_entropy.value(logits, targets, 1 - targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the logits, elementwise."""
        return sigmoid_cross_entropy.gradient(logits, targets, 1 - targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise."""
        return sigmoid_cross_entropy.value_and_gradient(logits, targets, 1 - targets, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return sigmoid_cross_entropy.hessian_vector_product(logits, targets, 1 - targets, vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the logits, elementwise."""
        return sigmoid_cross_entropy.hessian(logits, targets, 1 - targets, xp=xp)


sigmoid_cross_entropy_of_targets = SigmoidCrossEntropyOfTargets()
