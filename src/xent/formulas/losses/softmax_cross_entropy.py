r"""
Cross-entropy of integer labels under a softmax.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)` and a label :math:`y`,

.. math::

    \ell = \log \sum_k e^{z_k} - z_y, \quad \frac{\partial \ell}{\partial z_k} = p_k - [k = y], \quad
    \nabla^2 \ell = \mathrm{diag}(p) - p p^\top.

No formula is evaluated as written, because each subtracts near numbers when :math:`p_y` is near 1. The value
is a sum of two terms >= 0, ``(peak - z_y) + log1p(rest)``; the gradient at the label is minus the probability
of all other classes.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.108 to 4.110.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, class_indices
from xent.formulas.softmax import softmax
from xent.formulas.true_class import true_class
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["SoftmaxCrossEntropy", "softmax_cross_entropy"]


@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    """
    Cross-entropy of labels in nats, with derivatives in the logits.

    Value and gradient are nan where the label is out of range; the Hessian does not depend on the label. A
    row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Cross-entropy of `labels` in nats, of shape (...)."""
        return true_class(logits, labels, xp=xp).surprisal

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return true_class(logits, labels, xp=xp).derivatives

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        of_label = true_class(logits, labels, xp=xp)
        return of_label.surprisal, of_label.derivatives

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; independent of the labels."""
        del labels
        return softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """
        Hessian in the logits, of shape (..., K, K); independent of the labels, also of those out of range.

        It is nan in a row without a softmax.
        """
        del labels
        model = softmax(logits, xp=xp)
        probs = model.probs
        classes = class_indices(high_and_low(logits).rounded, xp=xp)
        # p (1 - p) with the softmax's own complement; p - p**2 would cancel for p near 1.
        diagonal = (probs * model.complements(probs, xp=xp))[..., None]
        products = probs[..., :, None] * probs[..., None, :]
        return xp.where(classes[..., :, None] == classes[..., None, :], diagonal, -products)


softmax_cross_entropy = SoftmaxCrossEntropy()
