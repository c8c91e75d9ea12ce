r"""
Surprisal of the most probable class: the min-entropy of the softmax.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, a class :math:`j` of the largest logit and the sum
:math:`r` of the other exponentials, :math:`e^{z_k - z_j}`,

.. math::

    \ell = -\log \max_k p_k = \mathrm{log1p}\, r, \quad
    \frac{\partial \ell}{\partial z_k} = p_k - [k = j], \quad \nabla^2 \ell = \mathrm{diag}(p) - p p^\top .

The loss equals cross-entropy with :math:`j` as label. The loss has a kink where several logits are largest;
there derivatives are those for the first of them.

Source: Reed, S. et al. (2015). Training deep neural networks on noisy labels with bootstrapping. ICLR
workshop. Section 3.2, the second term of the hard loss.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["SurprisalOfTopClass"]


@dataclass(frozen=True)
class SurprisalOfTopClass:
    """
    Surprisal of the most probable class in nats, with derivatives in the logits.

    Labels are an argument only to share the signature of other losses; they are ignored, also out of range. A
    row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Surprisal in nats, of shape (...)."""
        del labels
        return xp.log1p(softmax(logits, xp=xp).rest)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        del labels
        return _gradient(softmax(logits, xp=xp))

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        del labels
        model = softmax(logits, xp=xp)
        return xp.log1p(model.rest), _gradient(model)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        return softmax_cross_entropy.hessian_vector_product(logits, labels, vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K)."""
        return softmax_cross_entropy.hessian(logits, labels, xp=xp)


def _gradient(model: Softmax) -> Array:
    """Gradient in the logits, (..., K): the probabilities, and at the top minus the sum of the others."""
    return model.probs * (1 - model.is_top) - (model.rest / model.total)[..., None] * model.is_top
