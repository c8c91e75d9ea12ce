r"""
Entropy of an event of probability `p`, in nats, elementwise.

.. math::

    h(p) = -p \log p - (1 - p) \log(1 - p), \quad
    h'(p) = \log \frac{1 - p}{p}, \quad
    h''(p) = -\frac{1}{p (1 - p)} .

For `p` between 1/4 and 3/4 the logarithm of the odds is ``log1p`` of the odds less 1, of the rarer outcome,
so that it is accurate near ``p = 1/2``.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.5.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.measures import binary_cross_entropy
from xent.formulas.sigmoid import sigmoid

__all__ = ["derivative", "second_derivative", "value", "value_of_logits"]


def value(p: Array, *, xp: Namespace) -> Array:
    """Entropy in nats, elementwise, with ``0 log 0 = 0``."""
    return binary_cross_entropy.value(p, p, xp=xp)


def value_of_logits(logits: Array, *, xp: Namespace) -> Array:
    """Entropy in nats of events with given log-odds, elementwise; accurate also for probabilities near 1."""
    return sigmoid_cross_entropy.value(logits, *sigmoid(logits, xp=xp), xp=xp)


def derivative(p: Array, *, xp: Namespace) -> Array:
    """
    Derivative of the entropy in `p`, elementwise: the logarithm of the odds against the event.

    It is ``inf`` at 0 and ``-inf`` at 1.
    """
    rare = xp.where(p < 0.5, p, 1 - p)
    near = rare > 0.25
    close = xp.log1p((1 - 2 * rare) / xp.where(near, rare, 1.0))
    log_odds = xp.where(near, close, xp.log1p(-rare) - xp.log(rare))
    return xp.where(p < 0.5, log_odds, 0 - log_odds)


def second_derivative(p: Array, *, xp: Namespace) -> Array:  # noqa: ARG001 - all formulas take `xp`
    """Second derivative of the entropy, never above -4; ``-inf`` at 0 and 1."""
    return -1 / p / (1 - p)
