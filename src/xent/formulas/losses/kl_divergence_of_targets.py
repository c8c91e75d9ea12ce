r"""
Kullback-Leibler divergence of a softmax from targets.

For targets :math:`t` and :math:`p = \mathrm{softmax}(z)`,

.. math::

    \ell = \sum_k \left( t_k \log \frac{t_k}{p_k} + p_k - t_k \right), \quad
    \frac{\partial \ell}{\partial z_k} = s p_k - t_k, \quad
    \nabla^2 \ell = s \left(\mathrm{diag}(p) - p p^\top\right), \quad s = \sum_k t_k .

The sums of :math:`p` and :math:`t` cancel up to the rounding of the targets. With them no term is negative,
and a term of near :math:`p` and :math:`t` is about half their squared difference over :math:`t`.
Cross-entropy less entropy would cancel there. In the targets the derivative is the definition's,
:math:`1 + \log (t_k / p_k)`.

Source: Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems. Ann.
Probab. 3(1); derivatives: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.109.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, constant
from xent.formulas import i_divergence
from xent.formulas.losses.softmax_cross_entropy_of_targets import (
    softmax_cross_entropy_of_targets as cross_entropy,
)
from xent.formulas.model_and_targets import log_ratio
from xent.formulas.slopes_of_kl import slope_in_p
from xent.formulas.softmax import softmax
from xent.precision.exact_difference import Logits

__all__ = ["KLDivergenceOfTargets", "kl_divergence_of_targets"]


@dataclass(frozen=True)
class KLDivergenceOfTargets:
    """
    Kullback-Leibler divergence from targets in nats, with the derivatives of cross-entropy.

    The data of every method are the targets, >= 0 and of shape (..., K). A row without a softmax, which is
    all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """
        Divergence of the softmax p from the targets t in nats, of shape (...), for logits and targets (...,
        K).

        It is ``inf`` if a positive target has a logit of ``-inf``; a probability that underflows costs a
        finite number. For targets that do not sum to 1, it is the I-divergence: the sum of ``t log(t / p) + p
        - t``.
        """
        model = softmax(logits, xp=xp)
        at = constant(targets)
        logs = xp.where(at == 0, 0.0, log_ratio(model, logits, at, xp=xp))
        terms = i_divergence.terms(at, model.probs - at, logs, xp=xp)
        slopes = slope_in_p(targets, lambda: model.distances(logits) + xp.log1p(model.rest)[..., None], xp=xp)
        return xp.sum(terms, axis=-1) + xp.sum(slopes, axis=-1)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return cross_entropy.gradient(logits, targets, xp=xp)

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`."""
        return self.value(logits, targets, xp=xp), self.gradient(logits, targets, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; depends on the targets by their sum."""
        return cross_entropy.hessian_vector_product(logits, targets, vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); depends on the targets by their sum."""
        return cross_entropy.hessian(logits, targets, xp=xp)


kl_divergence_of_targets = KLDivergenceOfTargets()
