r"""
Half the squared distance between softmax probabilities and one-hot labels.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, :math:`J = \mathrm{diag}(p) - p p^\top`,
:math:`r = p - t` with :math:`t` the one-hot coding of the label and :math:`u = J v`,

.. math::

    \ell = \tfrac12 \sum_k r_k^2, \quad \nabla \ell = J r, \quad
    \nabla^2 \ell\; v = J u + u \circ (r - \langle p, r \rangle) - p\, \langle u, r \rangle.

Two classes give the squared error of a sigmoid. The residual is evaluated as ``(1 - t) p - t (1 - p)`` with
the softmax's own complements, never as ``p - 1``, and products with `J` by `Softmax.jacobian_product`, so
nothing cancels when a probability is near 1.

Source: Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
Review 78(1), equation 2, halved; derivatives by the chain rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from xent.arrays import Array, Namespace
from xent.formulas.hessian_by_columns import hessian_by_columns
from xent.formulas.softmax import Softmax
from xent.formulas.true_class import true_class
from xent.precision.exact_difference import Logits

__all__ = ["SoftmaxSquaredError", "curvature_product", "half_square", "softmax_squared_error"]


@dataclass(frozen=True)
class SoftmaxSquaredError:
    """
    Half the squared distance from labels, with derivatives in the logits.

    The data of every method are the labels, of shape (...); a row is nan where its label is out of range. A
    row without a softmax, which is all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Half the squared distance from the labels' one-hot coding, of shape (...)."""
        return half_square(true_class(logits, labels, xp=xp).derivatives, xp=xp)

    def gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, labels, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        of_label = true_class(logits, labels, xp=xp)
        residuals = of_label.derivatives
        return half_square(residuals, xp=xp), of_label.model.jacobian_product(residuals, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, labels: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        of_label = true_class(logits, labels, xp=xp)
        return curvature_product(of_label.model, of_label.derivatives, vectors, xp=xp)

    def hessian(self, logits: Logits, labels: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, labels, xp=xp)


softmax_squared_error = SoftmaxSquaredError()


def half_square(residuals: Array, *, xp: Namespace) -> Array:
    """Half the sum of squares of each row of `residuals`, from shape (..., K) to (...)."""
    return xp.sum(residuals * residuals, axis=-1) / 2


def curvature_product(model: Softmax, residuals: Array, vectors: Array, *, xp: Namespace) -> Array:
    """
    Product of the Hessian of ``sum((p - t)**2) / 2`` in the logits with `vectors`, both of shape (..., K).

    `model` is the softmax p of the logits, `residuals` are p less the targets t, which are constant.
    """
    probs = model.probs
    steps = model.jacobian_product(vectors, xp=xp)
    mean = xp.sum(probs * residuals, axis=-1)[..., None]
    turn = xp.sum(steps * residuals, axis=-1)[..., None]
    return model.jacobian_product(steps, xp=xp) + steps * (residuals - mean) - probs * turn
