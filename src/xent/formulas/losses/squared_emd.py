r"""
Squared earth mover's distance between softmax probabilities and the label, over ordered classes.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, :math:`J = \mathrm{diag}(p) - p p^\top`, residuals
:math:`r = p - e_y`, their running sums :math:`D_k = \sum_{j \le k} r_j`, :math:`w_k = 2 \sum_{i \ge k} D_i`
and :math:`u = J v`,

.. math::

    \ell = \sum_k D_k^2, \quad \nabla \ell = J w, \quad
    \nabla^2 \ell\; v = J w'(u) + u \circ (w - \langle p, w \rangle) - p\, \langle u, w \rangle,

where :math:`w'(u)` is :math:`w` with :math:`u` for :math:`r`. Three steps avoid cancellation when a
probability is near 1. The residual at the label is minus the sum of all others. Residuals sum to 0, so each
running sum is taken from the end with the smaller terms. And :math:`J` maps constants to 0, so :math:`w` is
summed from the most probable class outwards.

Source: Hou, L., Yu, C.-P., Samaras, D. (2016). Squared earth mover's distance-based loss for training deep
neural networks. arXiv:1611.05916, section 3; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace, class_indices
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax
from xent.formulas.true_class import true_class
from xent.precision.cumulative_sums import sum_after_each, sum_before_each, sum_up_to_each_of_none
from xent.precision.exact_difference import Logits

__all__ = ["SquaredEMD", "distance", "distance_and_gradient", "distance_curvature_product", "squared_emd"]


@dataclass(frozen=True)
class SquaredEMD:
    """
    Squared earth mover's distance from labels, with derivatives in the logits.

    The data of every method are the labels, of shape (...); a row is nan where its label is out of range. A
    row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Squared earth mover's distance from the label, of shape (...)."""
        return distance(true_class(logits, labels, xp=xp).derivatives, xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        of_label = true_class(logits, labels, xp=xp)
        return distance_and_gradient(of_label.model, of_label.derivatives, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        of_label = true_class(logits, labels, xp=xp)
        return distance_curvature_product(of_label.model, of_label.derivatives, vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)


squared_emd = SquaredEMD()


def distance(residuals: Array, *, xp: Namespace) -> Array:
    """Squared earth mover's distance, of shape (...), given `residuals` = ``p - t``, which sum to 0."""
    flows = sum_up_to_each_of_none(residuals, xp=xp)
    return xp.sum(flows * flows, axis=-1)


def distance_and_gradient(model: Softmax, residuals: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """
    `distance`, of shape (...), and its gradient in the logits, of shape (..., K).

    `residuals` are the probabilities of `model` less the targets.
    """
    flows = sum_up_to_each_of_none(residuals, xp=xp)
    derivatives = _derivatives(model, flows, xp=xp)
    return xp.sum(flows * flows, axis=-1), model.jacobian_product(derivatives, xp=xp)


def distance_curvature_product(model: Softmax, residuals: Array, vectors: Array, *, xp: Namespace) -> Array:
    """
    Product of the Hessian of the squared earth mover's distance in the logits with `vectors`, both (..., K).

    `model` is the softmax of the logits, and `residuals`, (..., K), are its probabilities less the targets,
    which are constant and sum to 1. The distance is the sum of the squares of their cumulative sums.
    """
    probs = model.probs
    derivatives = _derivatives(model, sum_up_to_each_of_none(residuals, xp=xp), xp=xp)
    steps = model.jacobian_product(vectors, xp=xp)
    second_derivatives = _derivatives(model, sum_up_to_each_of_none(steps, xp=xp), xp=xp)
    mean = xp.sum(probs * derivatives, axis=-1)[..., None]
    turn = xp.sum(steps * derivatives, axis=-1)[..., None]
    return model.jacobian_product(second_derivatives, xp=xp) + steps * (derivatives - mean) - probs * turn


def _derivatives(model: Softmax, flows: Array, *, xp: Namespace) -> Array:
    """
    Derivative of the distance in each probability, less the derivative in the most probable one: (..., K).

    `flows`, (..., K), are the cumulative sums of the residuals up to each class, and the distance the sum of
    their squares. `model` is the softmax, whose argmax counts.
    """
    # w_k - w_top is 2 (D_k + ... + D_{top-1}) before the top and -2 (D_top + ... + D_{k-1}) after it. The
    # suffix sums w_k themselves share all flows beyond the top, so their differences would cancel.
    before_top = class_indices(flows, xp=xp) < model.top[..., None]
    left = xp.where(before_top, flows, 0.0)
    right = xp.where(before_top, 0.0, flows)
    up_to_top = left + sum_after_each(left, xp=xp)
    return 2 * (up_to_top - sum_before_each(right, xp=xp))
