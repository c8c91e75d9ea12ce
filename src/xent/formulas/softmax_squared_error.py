r"""
Half the squared distance of softmax probabilities from labels or targets.

For logits :math:`z`, :math:`p = \mathrm{softmax}(z)`, :math:`J = \mathrm{diag}(p) - p p^\top`,
:math:`r = p - t` with targets :math:`t` (for a label, its one-hot coding) and :math:`u = J v`,

.. math::

    \ell = \tfrac12 \sum_k r_k^2, \quad \nabla \ell = J r, \quad
    \nabla^2 \ell\; v = J u + u \circ (r - \langle p, r \rangle) - p\, \langle u, r \rangle.

Two classes give the squared error of a sigmoid. The residual is evaluated as ``(1 - t) p - t (1 - p)`` with
the softmax's own complements, never as ``p - 1``, and `J` as the softmax applies it, so nothing cancels
where the model is sure.

Source: Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
Review 78(1), equation 2, halved; derivatives by the chain rule.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace, unit_vectors
from xent.formulas import softmax_cross_entropy
from xent.formulas.softmax import Softmax, softmax

__all__ = [
    "gradient",
    "gradient_of_targets",
    "hessian",
    "hessian_of_targets",
    "hessian_vector_product",
    "hessian_vector_product_of_targets",
    "value",
    "value_and_gradient",
    "value_and_gradient_of_targets",
    "value_of_targets",
]


def value(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """Half the squared distance from the labels' one-hot coding; nan where a label is no class."""
    return _half_square(_residuals(logits, labels, xp=xp), xp=xp)


def gradient(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """Gradient of `value` in the logits, of shape (..., K)."""
    return value_and_gradient(logits, labels, xp=xp)[1]


def value_and_gradient(logits: Array, labels: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value` and `gradient` for little more than the price of one."""
    residuals = _residuals(logits, labels, xp=xp)
    return _half_square(residuals, xp=xp), softmax(logits, xp=xp).jacobian_product(residuals, xp=xp)


def hessian_vector_product(logits: Array, labels: Array, vectors: Array, *, xp: Namespace) -> Array:
    """Product of the Hessian in the logits with `vectors`, of shape (..., K)."""
    return _curve(softmax(logits, xp=xp), _residuals(logits, labels, xp=xp), vectors, xp=xp)


def hessian(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """Hessian in the logits, of shape (..., K, K); not positive semidefinite in general."""
    units = unit_vectors(logits, xp=xp)
    return hessian_vector_product(logits[..., None, :], labels[..., None], units, xp=xp)


def value_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Half the squared distance from `targets`, of shape (...)."""
    return _half_square(_residuals_of_targets(softmax(logits, xp=xp), targets, xp=xp), xp=xp)


def gradient_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Gradient of `value_of_targets` in the logits, of shape (..., K)."""
    return value_and_gradient_of_targets(logits, targets, xp=xp)[1]


def value_and_gradient_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value_of_targets` and `gradient_of_targets` for little more than the price of one."""
    model = softmax(logits, xp=xp)
    residuals = _residuals_of_targets(model, targets, xp=xp)
    return _half_square(residuals, xp=xp), model.jacobian_product(residuals, xp=xp)


def hessian_vector_product_of_targets(
    logits: Array, targets: Array, vectors: Array, *, xp: Namespace
) -> Array:
    """Product of the Hessian of `value_of_targets` in the logits with `vectors`."""
    model = softmax(logits, xp=xp)
    return _curve(model, _residuals_of_targets(model, targets, xp=xp), vectors, xp=xp)


def hessian_of_targets(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Hessian of `value_of_targets` in the logits, of shape (..., K, K)."""
    units = unit_vectors(logits, xp=xp)
    return hessian_vector_product_of_targets(logits[..., None, :], targets[..., None, :], units, xp=xp)


def _residuals(logits: Array, labels: Array, *, xp: Namespace) -> Array:
    """``p - onehot``: what the gradient of cross-entropy is."""
    return softmax_cross_entropy.gradient(logits, labels, xp=xp)


def _residuals_of_targets(model: Softmax, targets: Array, *, xp: Namespace) -> Array:
    probs = model.probs
    return (1 - targets) * probs - targets * model.complements(probs, xp=xp)


def _half_square(residuals: Array, *, xp: Namespace) -> Array:
    return xp.sum(residuals * residuals, axis=-1) / 2


def _curve(model: Softmax, residuals: Array, vectors: Array, *, xp: Namespace) -> Array:
    probs = model.probs
    steps = model.jacobian_product(vectors, xp=xp)
    mean = xp.sum(probs * residuals, axis=-1)[..., None]
    turn = xp.sum(steps * residuals, axis=-1)[..., None]
    return model.jacobian_product(steps, xp=xp) + steps * (residuals - mean) - probs * turn
