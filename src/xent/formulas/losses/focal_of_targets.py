r"""
Focal loss of targets: the focal loss of every class, weighted by its target.

For surprisals :math:`s_k = -\log p_k` under a softmax :math:`p`, targets :math:`t`, the focal loss
:math:`\varphi(s)` of a class, :math:`a_k = t_k\, \varphi'(s_k)` with the sum :math:`A`, and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math::

    \ell = \sum_k t_k\, \varphi(s_k), \quad
    \frac{\partial \ell}{\partial z_k} = A\, p_k - a_k, \quad
    \nabla^2 \ell\; v = A J v + p \sum_k b_k - b, \quad
    b_k = t_k\, \varphi''(s_k) (\langle p, v \rangle - v_k).

The gradient is that of the cross-entropy of :math:`a` as targets, and so keeps its digits.

Source: Lin, T.-Y. et al. (2017). Focal loss for dense object detection. ICCV. Equation 4, for targets.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.every_class import EveryClass, every_class
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.focal import Focal
from xent.formulas.losses.softmax_cross_entropy_of_targets import gradient_of_model
from xent.precision.exact_difference import Logits

__all__ = ["FocalOfTargets"]


@dataclass(frozen=True)
class FocalOfTargets:
    """
    Focal loss of targets in nats, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K); weights may be multiplied into them.

    Parameters
    ----------
    gamma : float
        Exponent of the complement, >= 0; 0 gives cross-entropy.
    """

    gamma: float

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Loss of each row, of shape (...); a class of target 0 costs 0 even at ``-inf``."""
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
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        classes, focal = every_class(logits, xp=xp), Focal(self.gamma)
        total = xp.sum(targets * focal.first_derivative(classes, xp=xp), axis=-1)[..., None]
        is_top = classes.model.is_top
        # A constant added to a vector changes nothing. Less the entry at the top, the mean does not cancel with
        # the entry at that class when its probability is near 1.
        shifted = (vectors - xp.sum(vectors * is_top, axis=-1)[..., None]) * (1 - is_top)
        mean = xp.sum(classes.prob * shifted, axis=-1)[..., None]
        bent = targets * focal.second_derivative(classes, xp=xp) * (mean - shifted)
        below_top = xp.sum(bent * (1 - is_top), axis=-1)[..., None]
        others = below_top + (xp.sum(bent * is_top, axis=-1)[..., None] - bent) * (1 - is_top)
        turned = classes.prob * others - bent * classes.complement
        return total * classes.model.jacobian_product(vectors, xp=xp) + turned

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)

    def _value(self, classes: EveryClass, targets: Array, *, xp: Namespace) -> Array:
        """Loss of each row, given its classes."""
        losses = Focal(self.gamma).value(classes, xp=xp)
        # A class of logit -inf and target 0 costs 0, but 0 * inf is nan.
        return xp.sum(targets * xp.where((targets == 0) & xp.isinf(losses), 0.0, losses), axis=-1)

    def _gradient(self, classes: EveryClass, targets: Array, *, xp: Namespace) -> Array:
        """Gradient in the logits, given the classes of each row."""
        slopes = targets * Focal(self.gamma).first_derivative(classes, xp=xp)
        return gradient_of_model(classes.model, slopes, xp=xp)
