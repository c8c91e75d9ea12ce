r"""
A loss of the true class's probability, normalised: divided by its sum over all classes as labels.

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

At the label :math:`1 - \ell` is the share of the other classes. A class of logit ``-inf`` takes no part,
unless it is the label: then the loss is at its limit.

Source: Ma, X. et al. (2020). Normalized loss functions for deep learning with noisy labels. ICML. The section
on normalised losses; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace, entry_of_class, one_hot
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.losses.function_of_true_class import Phi
from xent.formulas.softmax import Softmax
from xent.formulas.true_class import EveryClass, every_class
from xent.precision.exact_logits import Logits, rounded_and_rest

__all__ = ["Normalized"]


@dataclass(frozen=True)
class Normalized:
    """
    A loss of labels over its sum over all labels, with its derivatives; nan where a label is no class.

    Parameters
    ----------
    phi : Phi
        The loss as a function of the true class's probability.
    """

    phi: Phi

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """The loss, a number in [0, 1], of shape (...)."""
        return self._shares(logits, labels, xp=xp).share

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient` for little more than the price of one."""
        shares = self._shares(logits, labels, xp=xp)
        factors = self._slopes(shares, xp=xp) * shares.signs / shares.total[..., None]
        return shares.share, _sum_of_slopes(factors, shares, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        shares = self._shares(logits, labels, xp=xp)
        total, slopes = shares.total[..., None], self._slopes(shares, xp=xp)
        bends = _where(shares.takes_part, self.phi.bend(shares.classes, xp=xp), xp=xp)
        factors = slopes * shares.signs / total
        moves = _moves_of_surprisals(shares.classes.model, vectors, xp=xp)
        move_of_share = xp.sum(factors * moves, axis=-1)[..., None]
        move_of_total = xp.sum(slopes * moves, axis=-1)[..., None]
        turned = bends * shares.signs * moves - slopes * move_of_share - factors * move_of_total
        along = shares.classes.model.jacobian_product(vectors, xp=xp)
        return xp.sum(factors, axis=-1)[..., None] * along + _sum_of_slopes(turned / total, shares, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); in general not positive semidefinite."""
        return hessian_by_columns(self, logits, labels, xp=xp)

    def _shares(self, logits: Logits, labels: Array, *, xp: Namespace) -> _Shares:
        classes = every_class(logits, xp=xp)
        high = rounded_and_rest(logits).rounded
        is_label = one_hot(labels, high, xp=xp)
        takes_part = (high > -xp.inf) | (is_label == 1)
        values = _where(takes_part, self.phi.value(classes, xp=xp), xp=xp)
        of_label = entry_of_class(values, labels, xp=xp)
        others = xp.sum(xp.where(is_label == 1, 0.0, values), axis=-1)
        total = of_label + others
        share = xp.where(of_label == xp.inf, 1.0, of_label / xp.where(of_label == xp.inf, 1.0, total))
        signs = xp.where(is_label == 1, (others / total)[..., None], -share[..., None])
        return _Shares(classes, is_label, takes_part, total, share, signs)

    def _slopes(self, shares: _Shares, *, xp: Namespace) -> Array:
        return _where(shares.takes_part, self.phi.slope(shares.classes, xp=xp), xp=xp)


class _Shares(NamedTuple):
    """
    The loss of each class as label, and the label's share of the sum.

    Parameters
    ----------
    classes : EveryClass
        What the softmax says of the classes.
    is_label : array of shape (..., K)
        One-hot coding of the label.
    takes_part : array of bool of shape (..., K)
        Which losses are summed.
    total, share : array of shape (...)
        Sum of the losses, and the share of the label.
    signs : array of shape (..., K)
        Minus the share, and at the label 1 less it.
    """

    classes: EveryClass
    is_label: Array
    takes_part: Array
    total: Array
    share: Array
    signs: Array


def _where(mask: Array, array: Array, *, xp: Namespace) -> Array:
    return xp.where(mask, array, xp.zeros_like(array))


def _moves_of_surprisals(model: Softmax, vectors: Array, *, xp: Namespace) -> Array:
    """Derivative of each class's surprisal along `vectors`, of which only differences from the top count."""
    at_top = xp.sum(vectors * model.is_top, axis=-1)[..., None]
    shifted = (vectors - at_top) * (1 - model.is_top)
    return xp.sum(model.probs * shifted, axis=-1)[..., None] - shifted


def _sum_of_slopes(factors: Array, shares: _Shares, *, xp: Namespace) -> Array:
    r"""
    Sum of :math:`c_k (p - e_k)`, as ``p * (sum of the other factors) - (1 - p) * factor`` in each entry.

    The factors of label and top, of which one may be all but the whole sum, are left out of the sum for
    their own entries, not taken away from it.
    """
    is_label, is_top = shares.is_label, shares.classes.model.is_top
    is_top_alone = is_top * (1 - is_label)
    plain = factors * (1 - is_label) * (1 - is_top_alone)
    at_label = xp.sum(factors * is_label, axis=-1)[..., None]
    at_top = xp.sum(factors * is_top_alone, axis=-1)[..., None]
    others = (
        (xp.sum(plain, axis=-1)[..., None] - plain) + at_label * (1 - is_label) + at_top * (1 - is_top_alone)
    )
    return shares.classes.prob * others - shares.classes.complement * factors
