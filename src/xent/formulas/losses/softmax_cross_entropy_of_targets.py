r"""
Cross-entropy of targets under a softmax; targets need not sum to 1.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)` and targets :math:`t` with :math:`s = \sum_k t_k`,

.. math::

    \ell = \sum_k t_k \left(\log \sum_j e^{z_j} - z_k\right), \quad
    \frac{\partial \ell}{\partial z_k} = s p_k - t_k, \quad
    \nabla^2 \ell = s \left(\mathrm{diag}(p) - p p^\top\right).

The gradient is evaluated as ``(s - t_k) p_k - t_k (1 - p_k)``, where neither ``s - t_k`` nor ``1 - p_k``
is a difference of near numbers; ``s p - t`` cancels when the model is close to its targets.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.108 to 4.110.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, one_hot
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["SoftmaxCrossEntropyOfTargets", "gradient_of_model", "softmax_cross_entropy_of_targets"]


@dataclass(frozen=True)
class SoftmaxCrossEntropyOfTargets:
    """
    Cross-entropy of targets in nats, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K); weights may be multiplied into them.
    A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Cross-entropy of `targets` in nats, of shape (...)."""
        return _value(softmax(logits, xp=xp), logits, targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return gradient_of_model(softmax(logits, xp=xp), targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        model = softmax(logits, xp=xp)
        return _value(model, logits, targets, xp=xp), gradient_of_model(model, targets, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; depends on the targets by their sum."""
        return xp.sum(targets, axis=-1)[..., None] * softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); depends on the targets by their sum."""
        # Any labels in range will do: that Hessian does not depend on them.
        labels = xp.argmax(targets, axis=-1)
        return xp.sum(targets, axis=-1)[..., None, None] * softmax_cross_entropy.hessian(
            logits, labels, xp=xp
        )


softmax_cross_entropy_of_targets = SoftmaxCrossEntropyOfTargets()


def _value(model: Softmax, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
    """
    Cross-entropy in nats, of shape (...), given the softmax.

    A class of target 0 costs 0 even at ``-inf``.
    """
    surprisals = model.distances(logits) + xp.log1p(model.rest)[..., None]
    # A class of logit -inf and target 0 costs 0, but 0 * inf is nan.
    surprisals = xp.where((targets == 0) & xp.isinf(surprisals), 0.0, surprisals)
    return xp.sum(targets * surprisals, axis=-1)


def gradient_of_model(model: Softmax, targets: Array, *, xp: Namespace) -> Array:
    """
    Gradient of the cross-entropy of targets in the logits, of shape (..., K), given the softmax.

    The targets may be any numbers >= 0. Nothing cancels at the argmax.
    """
    probs = model.probs
    return _others(targets, xp=xp) * probs - targets * model.complements(probs, xp=xp)


def _others(targets: Array, *, xp: Namespace) -> Array:
    """
    Sum of the targets of all other classes, of shape (..., K).

    At the largest target the others are added up; elsewhere it is ``s - t_k`` with the sum s of all.
    """
    is_top = one_hot(xp.argmax(targets, axis=-1), targets, xp=xp)
    rest = xp.sum(targets * (1 - is_top), axis=-1)[..., None]
    total = rest + xp.sum(targets * is_top, axis=-1)[..., None]
    return rest * is_top + (total - targets) * (1 - is_top)
