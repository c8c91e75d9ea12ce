r"""
Entropy of an event of probability `p`, in nats, entry by entry.

.. math::

    h(p) = -p \log p - (1 - p) \log(1 - p), \quad
    h'(p) = \log \frac{1 - p}{p}, \quad
    h''(p) = -\frac{1}{p (1 - p)} .

Where the odds are near 1 their logarithm is ``log1p`` of how far they are, on the side where they exceed 1.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.5.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.measures import binary_cross_entropy
from xent.formulas.sigmoid import sigmoid

__all__ = ["derivative", "second_derivative", "value", "value_of_logits"]


def value(p: Array, *, xp: Namespace) -> Array:
    """Entropy, where 0 log 0 is 0."""
    return binary_cross_entropy.value(p, p, xp=xp)


def value_of_logits(logits: Array, *, xp: Namespace) -> Array:
    """The same from log-odds: both sides are known to all digits."""
    return sigmoid_cross_entropy.value(logits, *sigmoid(logits, xp=xp), xp=xp)


def derivative(p: Array, *, xp: Namespace) -> Array:
    """Logarithm of the odds against the event; infinite where it is certain."""
    rare = xp.where(p < 0.5, p, 1 - p)
    near = rare > 0.25
    close = xp.log1p((1 - 2 * rare) / xp.where(near, rare, 1.0))
    log_odds = xp.where(near, close, xp.log1p(-rare) - xp.log(rare))
    return xp.where(p < 0.5, log_odds, 0 - log_odds)


def second_derivative(p: Array, *, xp: Namespace) -> Array:  # noqa: ARG001 - all formulas take `xp`
    """Its slope, never above -4."""
    return -1 / p / (1 - p)
