r"""
Fenchel-Young loss of entmax for target distributions.

For logits :math:`z`, :math:`p = \mathrm{entmax}(z)`, its slopes :math:`s_k = p_k^{2 - \alpha}` on the
support, the Tsallis entropy :math:`\mathrm{H}(p) = \sum_k (p_k - p_k^\alpha) / (\alpha (\alpha - 1))` and
targets :math:`t`,

.. math::

    \ell = \langle p - t, z \rangle + \mathrm{H}(p) - \mathrm{H}(t), \quad \nabla \ell = p - t, \quad
    \nabla^2 \ell = \mathrm{diag}(s) - \frac{s s^\top}{\sum_k s_k} .

The entropy of the targets is part of the loss: without it the minimum would not be 0. The value is computed
as the Bregman divergence of `p` from `t` plus the distances of the logits below the support, weighted by the
targets: terms that are never negative. The loss is 0 if and only if :math:`p = t`.

Source: Blondel, M., Martins, A. F. T., Niculae, V. (2020). Learning with Fenchel-Young losses. JMLR 21,
definition 2 and proposition 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses import beta_divergence
from xent.formulas.losses.entmax import Entmax, entmax
from xent.precision.exact_difference import Logits

__all__ = ["EntmaxLossOfTargets"]


@dataclass(frozen=True)
class EntmaxLossOfTargets:
    """
    Entmax loss of targets that sum to 1, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K). A row whose largest logit is
    infinite, or that has a nan, gives nan.

    Parameters
    ----------
    alpha : float
        Exponent of entmax, above 1 and at most 2.
    """

    alpha: float

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Loss of each row, of shape (...)."""
        return self.value_and_gradient(logits, targets, xp=xp)[0]

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _difference(entmax(logits, self.alpha, xp=xp), targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """
        Loss of each row, of shape (...), and its gradient in the logits, entmax less targets, (..., K).

        `targets`, (..., K), are >= 0 and sum to 1. A target of 0 adds no distance below the support, not even
        that of a logit of ``-inf``; a positive one there gives ``inf``. A row whose largest logit is
        infinite, or that has a nan, gives nan.
        """
        model = entmax(logits, self.alpha, xp=xp)
        difference = _difference(model, targets, xp=xp)
        found = beta_divergence.terms(targets, model.powers, difference, beta=self.alpha, xp=xp)
        missed = xp.where(targets == 0, 0.0, targets * xp.where(targets == 0, 0.0, model.shortfalls))
        return xp.sum(found + missed, axis=-1), difference

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; independent of the targets."""
        del targets
        return entmax(logits, self.alpha, xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """
        Hessian in the logits, of shape (..., K, K); independent of the targets.

        For ``alpha == 2`` the gradient has a kink where a class enters the support; the Hessian there is the
        one without that class.
        """
        del targets
        return entmax(logits, self.alpha, xp=xp).jacobian(xp=xp)


def _difference(model: Entmax, targets: Array, *, xp: Namespace) -> Array:
    """``probs - targets``, as ``(1 - t) p - t (1 - p)``, which does not cancel near ``p = t = 1``."""
    return (1 - targets) * model.probs - targets * model.complements(xp=xp)
