r"""
Any loss that is a function of the true class's probability alone, and its derivatives in the logits.

For a loss :math:`\varphi(s)` of the surprisal :math:`s = -\log p_y`, :math:`a = p - e_y` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math::

    \ell = \varphi(s), \quad \nabla \ell = \varphi'(s)\,a, \quad
    \nabla^2 \ell = \varphi''(s)\,a a^\top + \varphi'(s)\,J.

Cross-entropy is :math:`\varphi(s) = s`. The entry of :math:`a` at the label is minus the probability of all
other classes, and :math:`\langle a, v \rangle` is taken of ``v - v_y``, so neither cancels where the model
is sure.

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
    """A function of a class's surprisal; each result is of the shape of that."""

    def value(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """The loss."""

    def slope(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its derivative in the surprisal."""

    def bend(self, of_label: ClassProbability, *, xp: Namespace) -> Array:
        """Its second derivative in the surprisal."""


@dataclass(frozen=True)
class FunctionOfTrueClass:
    """
    A loss of labels with its derivatives; all are nan where a label is no class.

    Parameters
    ----------
    phi : Phi
        The loss as a function of the true class's probability.
    """

    phi: Phi

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """The loss, of shape (...)."""
        return self.phi.value(true_class(logits, labels, xp=xp), xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(true_class(logits, labels, xp=xp), xp=xp)

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
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
        bend = (self.phi.bend(of_label, xp=xp) * along)[..., None]
        slope = self.phi.slope(of_label, xp=xp)[..., None]
        return bend * slopes + slope * of_label.model.jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); in general not positive semidefinite."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _gradient(self, of_label: TrueClass, *, xp: Namespace) -> Array:
        return self.phi.slope(of_label, xp=xp)[..., None] * of_label.slopes
