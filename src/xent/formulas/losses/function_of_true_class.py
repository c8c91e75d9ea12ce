r"""
Loss that is a function of the true class's probability alone, with derivatives in the logits.

For a loss :math:`\varphi(s)` of the surprisal :math:`s = -\log p_y`, :math:`a = p - e_y` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math::

    \ell = \varphi(s), \quad \nabla \ell = \varphi'(s)\,a, \quad
    \nabla^2 \ell = \varphi''(s)\,a a^\top + \varphi'(s)\,J.

Cross-entropy is :math:`\varphi(s) = s`. The entry of :math:`a` at the label is minus the probability of all
other classes, and :math:`\langle a, v \rangle` is computed from ``v - v_y``, so neither cancels when
:math:`p_y` is near 1.

Source: the chain rule on Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.106.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.true_class import ClassProbability, TrueClass, true_class
from xent.precision.exact_logits import Logits

__all__ = ["FunctionOfTrueClass", "Phi"]


class Phi(Protocol):
    """Function of a class's surprisal, with derivatives; results have the shape of the surprisal."""

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Loss, elementwise."""

    def first_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Derivative of `value` in the surprisal."""

    def second_derivative(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Second derivative of `value` in the surprisal."""


@dataclass(frozen=True)
class FunctionOfTrueClass:
    """
    Loss of labels, with derivatives in the logits; nan where the label is out of range.

    Parameters
    ----------
    phi : Phi
        Loss as a function of the surprisal of the true class.
    """

    phi: Phi

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Loss of each row, of shape (...)."""
        return self.phi.value(true_class(logits, labels, xp=xp), xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(true_class(logits, labels, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        of_label = true_class(logits, labels, xp=xp)
        return self.phi.value(of_label, xp=xp), self._gradient(of_label, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        of_label = true_class(logits, labels, xp=xp)
        slopes = of_label.slopes
        at_label = xp.sum(vectors * of_label.one_hot, axis=-1)[..., None]
        along = xp.sum(slopes * (vectors - at_label) * (1 - of_label.one_hot), axis=-1)
        second_derivative = (self.phi.second_derivative(of_label, xp=xp) * along)[..., None]
        first_derivative = self.phi.first_derivative(of_label, xp=xp)[..., None]
        return second_derivative * slopes + first_derivative * of_label.model.jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _gradient(self, of_label: TrueClass, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, given the label's probability."""
        return self.phi.first_derivative(of_label, xp=xp)[..., None] * of_label.slopes
