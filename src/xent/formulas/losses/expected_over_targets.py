r"""
Expectation over targets of a loss of the true class: the loss of each class, weighted by its target.

For a function :math:`\varphi` of the surprisal :math:`s_k = -\log p_k`, targets :math:`t`,
:math:`a_k = p - e_k` and :math:`J = \mathrm{diag}(p) - p p^\top`,

.. math::

    \ell = \sum_k t_k \varphi(s_k), \quad
    \nabla \ell = \sum_k t_k \varphi'(s_k)\,a_k, \quad
    \nabla^2 \ell\,v = \sum_k t_k \varphi''(s_k)\,a_k \langle a_k, v \rangle
        + \Bigl(\sum_k t_k \varphi'(s_k)\Bigr) J v.

The gradient is that of the cross-entropy of the targets :math:`t_k \varphi'(s_k)`. One-hot targets give the
loss of a label.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.108 to 4.110; the chain
rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.every_class import EveryClass, every_class
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.softmax_cross_entropy_of_targets import gradient_of_model
from xent.formulas.true_class import Phi
from xent.precision.exact_difference import Logits

__all__ = ["ExpectedOverTargets"]


@dataclass(frozen=True)
class ExpectedOverTargets:
    """
    Expected loss of targets, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K); they need not sum to 1. A row
    without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.

    Parameters
    ----------
    phi : Phi
        Loss as a function of the surprisal of the true class.
    """

    phi: Phi

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Expected loss, of shape (...); a class of target 0 adds nothing, even at an infinite loss."""
        return self._value(every_class(logits, xp=xp), targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self._gradient(every_class(logits, xp=xp), targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        classes = every_class(logits, xp=xp)
        return self._value(classes, targets, xp=xp), self._gradient(classes, targets, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of ``sum(targets * phi(surprisals))`` in the logits with `vectors`, all (...,
        K).

        A row without a softmax, which is all ``-inf`` or holds nan or ``+inf``, has nan. A positive target at
        a logit of ``-inf`` leaves it finite, although the loss may be infinite.
        """
        classes = every_class(logits, xp=xp)
        slopes = xp.sum(self._slopes(classes, targets, xp=xp), axis=-1)[..., None]
        is_top = classes.model.is_top
        # A constant added to a vector changes nothing. Without the entry at the top, the mean does not cancel
        # with the entry at that class when its probability is near 1.
        shifted = (vectors - xp.sum(vectors * is_top, axis=-1)[..., None]) * (1 - is_top)
        # `along` is the product of a_k with the vector.
        along = xp.sum(classes.prob * shifted, axis=-1)[..., None] - shifted
        bends = targets * self.phi.second_derivative(classes, xp=xp) * along
        below_top = xp.sum(bends * (1 - is_top), axis=-1)[..., None]
        others = below_top + (xp.sum(bends * is_top, axis=-1)[..., None] - bends) * (1 - is_top)
        turned = classes.prob * others - bends * classes.complement
        return turned + slopes * classes.model.jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K)."""
        return hessian_by_columns(self, logits, targets, xp=xp)

    def _value(self, classes: EveryClass, targets: Array, *, xp: Namespace) -> Array:
        """Expected loss, of shape (...), given the classes of each row; a class of target 0 adds nothing."""
        costs = self.phi.value(classes, xp=xp)
        # A class of logit -inf and target 0 costs 0, but 0 * inf is nan.
        return xp.sum(targets * xp.where((targets == 0) & xp.isinf(costs), 0.0, costs), axis=-1)

    def _gradient(self, classes: EveryClass, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K), given the classes of each row."""
        return gradient_of_model(classes.model, self._slopes(classes, targets, xp=xp), xp=xp)

    def _slopes(self, classes: EveryClass, targets: Array, *, xp: Namespace) -> Array:
        """Target of each class times the derivative of its loss in its surprisal, of shape (..., K)."""
        return targets * self.phi.first_derivative(classes, xp=xp)
