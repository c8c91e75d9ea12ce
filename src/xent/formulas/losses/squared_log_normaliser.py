r"""
Square of the softmax's log-normaliser: the z-loss, which keeps logits from drifting.

With :math:`L = \log \sum_k e^{z_k}`, :math:`p = \mathrm{softmax}(z)` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math:: \ell = L^2, \quad \nabla \ell = 2 L p, \quad \nabla^2 \ell = 2 p p^\top + 2 L J.

:math:`L` is the sum of the largest logit and ``log1p(rest)``, which cancel where :math:`L` is near 0. The
error of :math:`L` is at most ``2 eps`` times the larger of the two terms, which is at most :math:`\log K`
there. The relative error of :math:`L^2` thus grows as :math:`4 \epsilon \log K / |L|`: 5e-4 was measured at
:math:`L = 10^{-12}` and K = 10 in 64 bits. The penalty is then 1e-24, so the sum is not computed with twice
the digits.

Source: Chowdhery, A. et al. (2022). PaLM: scaling language modeling with pathways. arXiv:2204.02311, section
5.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["SquaredLogNormaliser"]


@dataclass(frozen=True)
class SquaredLogNormaliser:
    """
    ``logsumexp(logits) ** 2`` in nats squared, with derivatives in the logits; independent of `truth`.

    A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Square of the log-normaliser, of shape (...)."""
        return self.value_and_gradient(logits, truth, xp=xp)[0]

    def gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, truth, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        del truth
        model = softmax(logits, xp=xp)
        log_normaliser = _log_normaliser(model, xp=xp)
        return log_normaliser**2, (2 * log_normaliser)[..., None] * model.probs

    def hessian_vector_product(self, logits: Logits, truth: Array, vectors: Array, *, xp: Namespace) -> Array:
        """
        Product of the Hessian in the logits with each v of `vectors`, of shape (..., K); ignores `truth`.

        With the probabilities p and the log-normaliser L it is ``2 (p (p @ v) + L p (v - p @ v))``.
        """
        del truth
        model = softmax(logits, xp=xp)
        probs = model.probs
        mean = xp.sum(probs * vectors, axis=-1)[..., None]
        log_normaliser = _log_normaliser(model, xp=xp)[..., None]
        return 2 * (probs * mean + log_normaliser * model.jacobian_product(vectors, xp=xp))

    def hessian(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K)."""
        return hessian_by_columns(self, logits, truth, xp=xp)


def _log_normaliser(model: Softmax, *, xp: Namespace) -> Array:
    """Log-normaliser ``logsumexp(logits)`` in nats, of shape (...), from the softmax of the logits."""
    return model.peak + xp.log1p(model.rest)
