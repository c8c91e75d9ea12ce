r"""
Entropy of the softmax: the expected cross-entropy if labels are drawn from the model itself.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, the distances :math:`d_k = \max z - z_k` with
:math:`D = \sum_k p_k d_k`, the sum :math:`r` of all exponentials below the peak,
:math:`J = \mathrm{diag}(p) - p p^\top` and :math:`q = J v`,

.. math::

    H = \mathrm{log1p}\, r + D, \quad \frac{\partial H}{\partial z_k} = p_k (d_k - D), \quad
    (\nabla^2 H\, v)_k = q_k (d_k - D - 1) - p_k \sum_j q_j d_j .

The entropy equals :math:`-\sum_k p_k \log p_k`. Both terms of :math:`H` are >= 0, and the distance of the
peak is exactly 0, so nothing cancels when one probability is near 1.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.1; derivatives
by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["EntropyOfSoftmax"]


@dataclass(frozen=True)
class EntropyOfSoftmax:
    """
    Entropy of the softmax in nats, with derivatives in the logits.

    Labels are an argument only to share the signature of other losses; they are ignored, also out of range. A
    row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Entropy in nats, of shape (...)."""
        return self.value_and_gradient(logits, labels, xp=xp)[0]

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        del labels
        model = softmax(logits, xp=xp)
        probs, distances, mean = _parts(model, logits, xp=xp)
        return xp.log1p(model.rest) + mean[..., 0], probs * (distances - mean)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of the softmax's entropy in the logits with `vectors`, both of shape (..., K).

        `labels` are not read. A row without a softmax, which is all ``-inf`` or holds nan or ``+inf``, has
        nan.
        """
        del labels
        model = softmax(logits, xp=xp)
        probs, distances, mean = _parts(model, logits, xp=xp)
        moved = model.jacobian_product(vectors, xp=xp)
        along = xp.sum(moved * distances, axis=-1)[..., None]
        return moved * (distances - mean - 1) - probs * along

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)


def _parts(model: Softmax, logits: Logits, *, xp: Namespace) -> tuple[Array, Array, Array]:
    """
    Probabilities, distances of the logits below the peak, and the mean distance under the softmax.

    The first two have shape (..., K), the mean (..., 1). Distances are 0 where the probability is 0, so that
    their products are 0 too.
    """
    probs = model.probs
    # p d tends to 0 as the distance d grows, but 0 * inf is nan.
    distances = xp.where(probs == 0, 0.0, model.distances(logits))
    return probs, distances, xp.sum(probs * distances, axis=-1)[..., None]
