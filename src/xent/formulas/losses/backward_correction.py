r"""
Cross-entropy of signed targets that sum to 1: the rows of an inverse noise matrix.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, the distances :math:`d_k = \max z - z_k`, the sum
:math:`r` of the exponentials below the peak and targets :math:`t` with :math:`\sum_k t_k = 1`,

.. math::

    \ell = \mathrm{log1p}\,r + \sum_k t_k d_k, \quad
    \frac{\partial \ell}{\partial z_k} = (1 - t_k)\, p_k - t_k (1 - p_k), \quad
    \nabla^2 \ell = \mathrm{diag}(p) - p p^\top .

Terms of both signs cancel if targets have both signs; with one-hot targets no terms cancel.

Source: Patrini, G. et al. (2017). Making deep neural networks robust to label noise: a loss correction
approach. CVPR. Theorem 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["BackwardCorrection"]


@dataclass(frozen=True)
class BackwardCorrection:
    """
    Cross-entropy of signed targets in nats, with derivatives in the logits; not bounded below.

    The data of every method are the targets, of shape (..., K), whose rows must sum to 1. A row without a
    softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Cross-entropy in nats, of shape (...)."""
        return _value(softmax(logits, xp=xp), logits, targets, xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _gradient(softmax(logits, xp=xp), targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        model = softmax(logits, xp=xp)
        return _value(model, logits, targets, xp=xp), _gradient(model, targets, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; independent of the targets."""
        return softmax_cross_entropy.hessian_vector_product(logits, targets, vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); independent of the targets."""
        return softmax_cross_entropy.hessian(logits, targets, xp=xp)


def _value(model: Softmax, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
    """
    Cross-entropy of the signed `targets` in nats, of shape (...), given the softmax of `logits`.

    A class of target 0 costs 0 even at ``-inf``.
    """
    distances = model.distances(logits)
    # A class of logit -inf and target 0 adds 0, but 0 * inf is nan.
    distances = xp.where((targets == 0) & xp.isinf(distances), 0.0, distances)
    return xp.log1p(model.rest) + xp.sum(targets * distances, axis=-1)


def _gradient(model: Softmax, targets: Array, *, xp: Namespace) -> Array:
    """Gradient in the logits, of shape (..., K), given the softmax: the probabilities less the targets."""
    probs = model.probs
    return (1 - targets) * probs - targets * model.complements(probs, xp=xp)
