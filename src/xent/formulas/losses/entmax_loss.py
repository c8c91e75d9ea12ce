r"""
Fenchel-Young loss of entmax for integer labels.

For logits :math:`z`, :math:`p = \mathrm{entmax}(z)`, its slopes :math:`s_k = p_k^{2 - \alpha}` on the
support, the Tsallis entropy :math:`\mathrm{H}(p) = \sum_k (p_k - p_k^\alpha) / (\alpha (\alpha - 1))` and a
label :math:`y`,

.. math::

    \ell = \langle p - e_y, z \rangle + \mathrm{H}(p), \quad \nabla \ell = p - e_y, \quad
    \nabla^2 \ell = \mathrm{diag}(s) - \frac{s s^\top}{\sum_k s_k} .

As it stands, the value is a difference of near numbers when :math:`p_y` is near 1. The value is therefore
computed as the Bregman divergence of `p` from the label plus the distance of the label's logit below the
support: terms that are never negative. The loss is 0 when the label's logit exceeds all others by :math:`1 /
(\alpha - 1)`.

Source: Peters, B., Niculae, V., Martins, A. F. T. (2019). Sparse sequence-to-sequence models. ACL. Equations
7 and 14; the parts: Blondel, M., Martins, A. F. T., Niculae, V. (2020). Learning with Fenchel-Young losses.
JMLR 21, proposition 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.losses import beta_divergence
from xent.formulas.losses.entmax import Entmax, entmax
from xent.precision.exact_difference import Logits

__all__ = ["EntmaxLoss"]


@dataclass(frozen=True)
class EntmaxLoss:
    """
    Entmax loss of labels, with derivatives in the logits.

    Value and gradient are nan where the label is out of range; the Hessian does not depend on the label. A
    row whose largest logit is infinite, or that has a nan, gives nan.

    Parameters
    ----------
    alpha : float
        Exponent of entmax, above 1 and at most 2.
    """

    alpha: float

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Loss of each row, of shape (...)."""
        return self._value(entmax(logits, self.alpha, xp=xp), labels, xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return _gradient(entmax(logits, self.alpha, xp=xp), labels, xp=xp)

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        model = entmax(logits, self.alpha, xp=xp)
        return self._value(model, labels, xp=xp), _gradient(model, labels, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`; independent of the labels."""
        del labels
        return entmax(logits, self.alpha, xp=xp).jacobian_product(vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """
        Hessian in the logits, of shape (..., K, K); independent of the labels.

        For ``alpha == 2`` the gradient has a kink where a class enters the support; the Hessian there is the
        one without that class.
        """
        del labels
        return entmax(logits, self.alpha, xp=xp).jacobian(xp=xp)

    def _value(self, model: Entmax, labels: Array, *, xp: Namespace) -> Array:
        """
        Loss of each row, of shape (...), given `model`, the entmax of its logits, and labels of shape (...).

        It is 0 where the label alone is in the support; nan where the label is out of range, and in a row
        whose probabilities are nan.
        """
        complement, power, shortfall = (
            entry_of_class(array, labels, xp=xp)
            for array in (model.complements(xp=xp), model.powers, model.shortfalls)
        )
        of_label = beta_divergence.terms(xp.ones_like(complement), power, -complement, beta=self.alpha, xp=xp)
        others = 1 - one_hot(labels, model.probs, xp=xp)
        of_others = xp.sum(model.probs * model.powers * others, axis=-1) / self.alpha
        return of_label + of_others + shortfall


def _gradient(model: Entmax, labels: Array, *, xp: Namespace) -> Array:
    """
    Probabilities less the one-hot label, of shape (..., K), without ``1 - p`` at the label.

    The row is nan where the label is out of range.
    """
    complement = entry_of_class(model.complements(xp=xp), labels, xp=xp)
    is_label = one_hot(labels, model.probs, xp=xp)
    derivatives = model.probs * (1 - is_label) - complement[..., None] * is_label
    # Repeated for labels out of range: XLA turns a product with a mask into a selection, where nan * 0 is 0.
    return xp.where(xp.isnan(complement)[..., None], xp.nan, derivatives)
