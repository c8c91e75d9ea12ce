r"""
Normalised loss: a loss of the true class's probability, over its sum over all classes as labels.

For a loss :math:`\varphi` of the surprisal, :math:`V_k = \varphi(s_k)` with :math:`s_k = -\log p_k`, and
:math:`S = \sum_k V_k`,

.. math::

    \ell = \frac{V_y}{S}, \quad \nabla \ell = \sum_k c_k (p - e_k), \quad
    c_k = \frac{\partial \ell}{\partial s_k} = \frac{\varphi'(s_k)}{S} ([k = y] - \ell),

and, with :math:`J = \mathrm{diag}(p) - p p^\top` and a dot for the derivative along :math:`v`, so that
:math:`\dot s_k = \langle p - e_k, v \rangle`,

.. math::

    \nabla^2 \ell\, v = \Big(\sum_k c_k\Big) J v + \sum_k \dot c_k (p - e_k), \quad
    \dot c_k = \frac{\varphi''(s_k) ([k = y] - \ell)\, \dot s_k - \varphi'(s_k)\, \dot \ell
    - c_k \dot S}{S} .

At the label, :math:`1 - \ell` is computed as the share of the other classes. A class of logit ``-inf`` is
left out of the sum, unless it is the label: then the loss is at its limit, 1 if :math:`\varphi` is unbounded.

Source: Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The section
on normalised losses; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.every_class import every_class
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.normalized_gradient import Shares, normalized_gradient, sum_of_slopes
from xent.formulas.softmax import Softmax
from xent.formulas.true_class import Phi
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["Normalized"]


@dataclass(frozen=True)
class Normalized:
    """
    Loss of labels over its sum over all labels, with derivatives; nan where the label is out of range.

    A row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.

    Parameters
    ----------
    phi : Phi
        Loss as a function of the surprisal of the true class.
    """

    phi: Phi

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Loss, a number in [0, 1], of shape (...)."""
        return self._shares(logits, labels, xp=xp).share

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        shares = self._shares(logits, labels, xp=xp)
        distances, slopes = shares.classes.model.distances(logits), self._derivatives(shares, xp=xp)
        return shares.share, normalized_gradient(shares, distances, slopes, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """
        Product of the Hessian of `value` in the logits of each row with `vectors`, both of shape (..., K).

        `labels` have shape (...). The product is nan where `value` is: for a label out of range, in a row
        without a softmax, and where all classes but the label are masked.
        """
        shares = self._shares(logits, labels, xp=xp)
        total, derivatives = shares.total[..., None], self._derivatives(shares, xp=xp)
        second_derivatives = _where(
            shares.takes_part, self.phi.second_derivative(shares.classes, xp=xp), xp=xp
        )
        factors = derivatives * shares.signs / total
        moves = _moves_of_surprisals(shares.classes.model, vectors, xp=xp)
        move_of_share = xp.sum(factors * moves, axis=-1)[..., None]
        move_of_total = xp.sum(derivatives * moves, axis=-1)[..., None]
        turned = (
            second_derivatives * shares.signs * moves - derivatives * move_of_share - factors * move_of_total
        )
        along = shares.classes.model.jacobian_product(vectors, xp=xp)
        return xp.sum(factors, axis=-1)[..., None] * along + sum_of_slopes(turned / total, shares, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _shares(self, logits: Logits, labels: Array, *, xp: Namespace) -> Shares:
        """
        Sum of the losses of all classes as labels, and the label's share of it, (...): 1 if its loss is
        ``inf``.

        The result also holds the probabilities and surprisals of all classes, the one-hot label, a mask of
        the classes in the sum, and ``[k = y] - share``, (..., K). Masked classes, of logit ``-inf``, are left
        out of the sum, unless the label is one. The share is nan where the label is out of range, in a row
        without a softmax, and where the label alone is unmasked.
        """
        classes = every_class(logits, xp=xp)
        high = high_and_low(logits).rounded
        is_label = one_hot(labels, high, xp=xp)
        takes_part = (high > -xp.inf) | (is_label == 1)
        values = _where(takes_part, self.phi.value(classes, xp=xp), xp=xp)
        of_label = entry_of_class(values, labels, xp=xp)
        others = xp.sum(xp.where(is_label == 1, 0.0, values), axis=-1)
        total = of_label + others
        # An infinite loss at the label has the limit 1; inf / inf would be nan.
        share = xp.where(of_label == xp.inf, 1.0, of_label / xp.where(of_label == xp.inf, 1.0, total))
        # At the label 1 - share, from the sum of the others: a share near 1 would cancel.
        signs = xp.where(is_label == 1, (others / total)[..., None], -share[..., None])
        return Shares(classes, is_label, takes_part, total, share, signs)

    def _derivatives(self, shares: Shares, *, xp: Namespace) -> Array:
        """Derivative of `phi` in each class's surprisal, (..., K); 0 for classes left out of the sum."""
        return _where(shares.takes_part, self.phi.first_derivative(shares.classes, xp=xp), xp=xp)


def _where(mask: Array, array: Array, *, xp: Namespace) -> Array:
    """`array` where `mask` is True, and 0 elsewhere."""
    return xp.where(mask, array, xp.zeros_like(array))


def _moves_of_surprisals(model: Softmax, vectors: Array, *, xp: Namespace) -> Array:
    """
    Derivative of each class's surprisal along `vectors`, both of shape (..., K).

    It is computed from differences to the entry at the top class.
    """
    at_top = xp.sum(vectors * model.is_top, axis=-1)[..., None]
    shifted = (vectors - at_top) * (1 - model.is_top)
    return xp.sum(model.probs * shifted, axis=-1)[..., None] - shifted
