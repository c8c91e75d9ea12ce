r"""
Squared error of the probability that one logit gives under a sigmoid.

For a logit :math:`z`, a target :math:`t` in [0, 1], :math:`\sigma(z) = 1 / (1 + e^{-z})` and
:math:`r = \sigma(z) - t`,

.. math::

    \ell = r^2, \quad \frac{d\ell}{dz} = 2 r\, \sigma(z)\, \sigma(-z), \quad
    \frac{d^2\ell}{dz^2} = 2\, \sigma(z)\, \sigma(-z)
        \bigl(\sigma(z)\, \sigma(-z) + r\, (\sigma(-z) - \sigma(z))\bigr).

It is half the squared distance of the distributions ``(1 - sigmoid, sigmoid)`` and ``(1 - t, t)``, so that
it equals `softmax_squared_error` of two classes. The factor ``sigmoid(z) sigmoid(-z)`` is what makes it
slow where the model is sure and wrong. The residual is the derivative of cross-entropy, which
subtracts no near numbers where the model is sure and right.

Source: Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly Weather
Review 78(1), equation 2, halved; derivatives by the chain rule.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas import sigmoid_cross_entropy
from xent.formulas.sigmoid import sigmoid

__all__ = ["gradient", "hessian", "hessian_vector_product", "value", "value_and_gradient"]


def value(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Squared error of the probabilities against `targets`, elementwise."""
    return value_and_gradient(logits, targets, xp=xp)[0]


def gradient(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Derivative of `value` in the logits, elementwise."""
    return value_and_gradient(logits, targets, xp=xp)[1]


def value_and_gradient(logits: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value` and `gradient`, elementwise."""
    residual = sigmoid_cross_entropy.gradient(logits, targets, xp=xp)
    return residual * residual, 2 * residual * sigmoid_cross_entropy.hessian(logits, xp=xp)


def hessian(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Second derivative of `value` in the logits, elementwise; negative where the model is sure and wrong."""
    above, below = sigmoid(logits, xp=xp)
    slope = above * below
    residual = sigmoid_cross_entropy.gradient(logits, targets, xp=xp)
    return 2 * slope * (slope + residual * (below - above))


def hessian_vector_product(logits: Array, targets: Array, vectors: Array, *, xp: Namespace) -> Array:
    """Product of the diagonal Hessian with `vectors`, elementwise."""
    return hessian(logits, targets, xp=xp) * vectors
