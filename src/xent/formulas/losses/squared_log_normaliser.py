r"""
The square of the logarithm of the softmax's normaliser: what the z-loss adds to keep logits from drifting.

With :math:`L = \log \sum_k e^{z_k}`, :math:`p = \mathrm{softmax}(z)` and
:math:`J = \mathrm{diag}(p) - p p^\top`,

.. math:: \ell = L^2, \quad \nabla \ell = 2 L p, \quad \nabla^2 \ell = 2 p p^\top + 2 L J.

Source: Chowdhery, A. et al. (2022). PaLM: scaling language modeling with pathways. arXiv:2204.02311, section
5.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_logits import Logits

__all__ = ["SquaredLogNormaliser"]


@dataclass(frozen=True)
class SquaredLogNormaliser:
    """``logsumexp(logits) ** 2`` in nats squared, with its derivatives; the truth does not enter."""

    def value(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Square of the log-normaliser, of shape (...)."""
        return self.value_and_gradient(logits, truth, xp=xp)[0]

    def gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, truth, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, truth: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        del truth
        model = softmax(logits, xp=xp)
        log_normaliser = _log_normaliser(model, xp=xp)
        return log_normaliser**2, (2 * log_normaliser)[..., None] * model.probs

    def hessian_vector_product(self, logits: Logits, truth: Array, vectors: Array, *, xp: Namespace) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
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
    return model.peak + xp.log1p(model.rest)
