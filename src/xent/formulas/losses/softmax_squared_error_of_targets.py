r"""
Half the squared distance between softmax probabilities and targets.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, :math:`J = \mathrm{diag}(p) - p p^\top`,
:math:`r = p - t` with targets :math:`t` and :math:`u = J v`,

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
from xent.formulas.losses.softmax_squared_error import curvature_product, half_square
from xent.formulas.softmax import Softmax, softmax
from xent.precision.exact_difference import Logits

__all__ = ["SoftmaxSquaredErrorOfTargets", "residuals_of_targets", "softmax_squared_error_of_targets"]


@dataclass(frozen=True)
class SoftmaxSquaredErrorOfTargets:
    """
    Half the squared distance from targets, with derivatives in the logits.

    The data of every method are the targets, >= 0 and of shape (..., K). A row without a softmax, which is
    all ``-inf`` or holds nan or ``inf``, gives nan.
    """

    def value(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Half the squared distance from `targets`, of shape (...)."""
        return half_square(residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp), xp=xp)

    def gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Gradient of `value` in the logits, of shape (..., K)."""
        return self.value_and_gradient(logits, targets, xp=xp)[1]

    def value_and_gradient(self, logits: Logits, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, computed together from their common parts."""
        model = softmax(logits, xp=xp)
        residuals = residuals_of_targets(model, targets, xp=xp)
        return half_square(residuals, xp=xp), model.jacobian_product(residuals, xp=xp)

    def hessian_vector_product(
        self, logits: Logits, targets: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
        model = softmax(logits, xp=xp)
        return curvature_product(model, residuals_of_targets(model, targets, xp=xp), vectors, xp=xp)

    def hessian(self, logits: Logits, targets: Array, *, xp: Namespace) -> Array:
        """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
        return hessian_by_columns(self, logits, targets, xp=xp)


softmax_squared_error_of_targets = SoftmaxSquaredErrorOfTargets()


def residuals_of_targets(model: Softmax, targets: Array, *, xp: Namespace) -> Array:
    """
    ``probs - targets``, of shape (..., K), as ``(1 - t) p - t (1 - p)``.

    That does not cancel near ``p = t = 1``.
    """
    probs = model.probs
    return (1 - targets) * probs - targets * model.complements(probs, xp=xp)
