"""
Squared earth mover's distance between softmax probabilities and targets, over ordered classes.

Equal to `squared_emd` with targets :math:`t` in place of the one-hot coding of the label: :math:`r = p - t`.
The residual is that of `softmax_squared_error_of_targets`, which does not cancel when a probability is near
1.

Source: Hou, L., Yu, C.-P., Samaras, D. (2016). Squared earth mover's distance-based loss for training deep
neural networks. arXiv:1611.05916, section 3; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.softmax_squared_error_of_targets import residuals_of_targets
from xent.formulas.losses.squared_emd import distance, distance_and_gradient, distance_curvature_product
from xent.formulas.softmax import softmax
from xent.precision.exact_difference import Logits

__all__ = ["SquaredEMDOfTargets", "squared_emd_of_targets"]


@dataclass(frozen=True)
class SquaredEMDOfTargets:
    """
    Squared earth mover's distance from targets, with derivatives in the logits.

    The data of every method are the targets, of shape (..., K), whose rows must sum to 1. A row without a
    softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Squared earth mover's distance from `targets`, of shape (...)."""
        return distance(residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp), xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, targets, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        model = softmax(logits, xp=xp)
        return distance_and_gradient(model, residuals_of_targets(model, targets, xp=xp), xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        model = softmax(logits, xp=xp)
        return distance_curvature_product(model, residuals_of_targets(model, targets, xp=xp), vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)


squared_emd_of_targets = SquaredEMDOfTargets()
