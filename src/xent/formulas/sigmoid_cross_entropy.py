r"""
Cross-entropy of one logit per example under a sigmoid; hard labels are the targets 0 and 1.

For a logit :math:`z`, :math:`\sigma(z) = 1 / (1 + e^{-z})` and a target :math:`t` in [0, 1],

.. math::

    \ell = t \log(1 + e^{-z}) + (1 - t) \log(1 + e^{z}), \quad
    \frac{d\ell}{dz} = \sigma(z) - t, \quad \frac{d^2\ell}{dz^2} = \sigma(z)\,\sigma(-z).

Evaluated as ``log1p(exp(-|z|))`` plus ``|z|`` times the share of the target on the other side: two
non-negative terms. The derivative is ``(1 - t) sigmoid(z) - t sigmoid(-z)``, so a model that is sure and
right keeps its digits, which ``sigmoid(z) - t`` loses.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.90 and 4.91.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas.sigmoid import sigmoid

__all__ = ["gradient", "hessian", "hessian_vector_product", "value", "value_and_gradient"]


def value(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Cross-entropy of `targets` in nats, elementwise."""
    positive = logits > 0
    # Selected, not ``abs(logits)``, whose derivative at 0 is 0.
    below = xp.where(positive, -logits, logits)
    share = xp.where(positive, 1 - targets, targets)
    # An infinite logit on the side of its target costs nothing, and 0 * inf is nan.
    distance = xp.where((share == 0) & xp.isinf(below), 0.0, -below)
    return share * distance + xp.log1p(xp.exp(below))


def gradient(logits: Array, targets: Array, *, xp: Namespace) -> Array:
    """Derivative of `value` in the logits, elementwise."""
    above, below = sigmoid(logits, xp=xp)
    return (1 - targets) * above - targets * below


def value_and_gradient(logits: Array, targets: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """`value` and `gradient`, elementwise."""
    return value(logits, targets, xp=xp), gradient(logits, targets, xp=xp)


def hessian(logits: Array, *, xp: Namespace) -> Array:
    """Second derivative of `value` in the logits, elementwise; targets do not enter."""
    above, below = sigmoid(logits, xp=xp)
    return above * below


def hessian_vector_product(logits: Array, vectors: Array, *, xp: Namespace) -> Array:
    """Product of the diagonal Hessian with `vectors`, elementwise."""
    return hessian(logits, xp=xp) * vectors
