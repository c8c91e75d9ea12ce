r"""
A loss of logits that are first adjusted, each by a map of its own that may know the label.

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


# From logits, labels, further data and ``xp=`` to adjusted logits with the derivatives of each in its own; a
# frozen object, the same for equal parameters.
Adjustment: TypeAlias = Callable[..., AdjustedLogits]


@dataclass(frozen=True)
class AdjustedByLabel:
    """
    A formula of labels on adjusted logits, with its derivatives in those that are given.

    Parameters
    ----------
    adjustment : Adjustment
        What is done to the logits; it takes the labels and all further data.
    formula : Formula
        The loss; it takes the labels alone.
    """

    adjustment: Adjustment
    formula: Formula

    def value(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """The loss, of shape (...)."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        return self.formula.value(adjusted.logits, labels, xp=xp)

    def gradient(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        return adjusted.slope * self.formula.gradient(adjusted.logits, labels, xp=xp)

    def value_and_gradient(
        self, logits: Array, labels: Array, *data: Array, xp: Namespace
    ) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        value, gradient = self.formula.value_and_gradient(adjusted.logits, labels, xp=xp)
        return value, adjusted.slope * gradient

    def hessian_vector_product(
        self, logits: Array, labels: Array, *data_and_vectors: Array, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with vectors, the last of the data, of shape (..., K)."""
        *data, vectors = data_and_vectors
        adjusted = self.adjustment(logits, labels, *data, xp=xp)
        product = self.formula.hessian_vector_product(
            adjusted.logits, labels, adjusted.slope * vectors, xp=xp
        )
        gradient = self.formula.gradient(adjusted.logits, labels, xp=xp)
        return adjusted.slope * product + adjusted.bend * gradient * vectors

    def hessian(self, logits: Array, labels: Array, *data: Array, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K)."""
        return hessian_by_columns(self, logits, labels, *data, xp=xp)
