r"""
Sigmoid and its complement, each without a difference of near numbers.

.. math:: \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad 1 - \sigma(z) = \sigma(-z).

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.59 and 4.60.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace
from xent.precision.exact_difference import Logits, high_and_low

__all__ = ["sigmoid", "small_exponential"]


def sigmoid(logits: Logits, *, xp: Namespace) -> tuple[Array, Array]:
    """
    ``sigmoid(logits)`` and ``sigmoid(-logits)``, elementwise, each to full relative accuracy.

    For `ExactLogits` both are plain arrays. They are 1 and 0 at ``inf``, and 0 and 1 at ``-inf``.
    """
    positive = high_and_low(logits).rounded > 0
    small = small_exponential(logits, xp=xp)
    likely = 1 / (1 + small)
    unlikely = small * likely
    return xp.where(positive, likely, unlikely), xp.where(positive, unlikely, likely)


def small_exponential(logits: Logits, *, xp: Namespace) -> Array:
    """``exp(-abs(logits))``, elementwise, as a plain array; it never overflows."""
    high, low = high_and_low(logits)
    positive = high > 0
    small = xp.exp(xp.where(positive, -high, high))
    return small if isinstance(low, float) else small * (1 + xp.where(positive, -low, low))
