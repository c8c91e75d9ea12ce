r"""
Composition of a loss with an elementwise map of the logits, which may depend on the label.

For maps :math:`g_k` of the single logits and a loss :math:`f` of the adjusted ones,

.. math::

    \ell(z) = f(g(z)), \quad \nabla \ell = g' \odot \nabla f, \quad
    \nabla^2 \ell\,v = g' \odot \left(\nabla^2 f\,(g' \odot v)\right) + g'' \odot \nabla f \odot v .

Source: the chain rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from xent.arrays import Array, Formula, Namespace
from xent.formulas.adjusted_logits import AdjustedLogits
from xent.formulas.hessian_by_columns import hessian_by_columns

__all__ = ["AdjustedByLabel", "Adjustment"]


# Map of (logits, labels, *data, xp=) to adjusted logits with their elementwise derivatives: a frozen object,
# equal for equal parameters.
Adjustment: TypeAlias = Callable[..., AdjustedLogits]


@dataclass(frozen=True)
class AdjustedByLabel:
    """
    Loss of labels on adjusted logits, with derivatives in the logits before the adjustment.

    Parameters
    ----------
    adjustment : Adjustment
        Map of the logits; it is given the labels and all further data.
    formula : Formula
        Loss of the adjusted logits; its only data are the labels.
    """

    adjustment: Adjustment
    formula: Formula

    def value(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """Loss of each row, of shape (...); `data` are those of the adjustment besides the labels."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        return self.formula.value(adjusted.logits, labels, xp=xp)

    def gradient(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        return adjusted.first_derivative * self.formula.gradient(adjusted.logits, labels, xp=xp)

    def value_and_gradient(
        self, logits: Array, labels: Array, *data: Array, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        value, gradient = self.formula.value_and_gradient(adjusted.logits, labels, xp=xp)
        return value, adjusted.first_derivative * gradient

    def hessian_vector_product(
        self, logits: Array, labels: Array, *data_and_vectors: Array, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of `value` in the logits before the adjustment with vectors, both (..., K).

        `labels` have shape (...). `data_and_vectors` are the further data of the adjustment, if it has any,
        and last the vectors.
        """
        *data, vectors = data_and_vectors
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        product = self.formula.hessian_vector_product(
            adjusted.logits, labels, adjusted.first_derivative * vectors, xp=xp
        )
        gradient = self.formula.gradient(adjusted.logits, labels, xp=xp)
        return adjusted.first_derivative * product + adjusted.second_derivative * gradient * vectors

    def hessian(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K), by its columns."""
        return hessian_by_columns(self, logits, labels, *data, xp=xp)
