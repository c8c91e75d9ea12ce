r"""
Log-normaliser of the softmax.

With :math:`L = \log \sum_k e^{z_k}`, :math:`p = \mathrm{softmax}(z)` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math:: \nabla L = p, \quad \nabla^2 L = J.

:math:`L` is the largest logit plus ``log1p(rest)``; the two cancel where :math:`L` is near 0.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.104.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import softmax
from xent.precision.exact_difference import Logits

__all__ = ["LogNormaliser"]


@dataclass(frozen=True)
class LogNormaliser:
    """
    ``logsumexp(logits)`` in nats, with derivatives in the logits; independent of `truth`.

    A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Log-normaliser, of shape (...)."""
        return self.value_and_gradient(logits, truth, xp=xp)[0]

    def gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K): the probabilities."""
        return self.value_and_gradient(logits, truth, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        del truth
        model = softmax(logits, xp=xp)
        return model.peak + xp.log1p(model.rest), model.probs

    def hessian_vector_product(self, logits: Logits, truth: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        del truth
        return softmax(logits, xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K)."""
        return hessian_by_columns(self, logits, truth, xp=xp)
