r"""
The sigmoid and its complement, neither of them a difference of near numbers.

.. math:: \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad 1 - \sigma(z) = \sigma(-z).

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equations 4.59 and 4.60.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["sigmoid"]


def sigmoid(logits: Array, *, xp: Namespace) -> tuple[Array, Array]:
    """``sigmoid(logits)`` and ``sigmoid(-logits)``, each to full relative accuracy."""
    positive = logits > 0
    small = xp.exp(xp.where(positive, -logits, logits))
    likely = 1 / (1 + small)
    unlikely = small * likely
    return xp.where(positive, likely, unlikely), xp.where(positive, unlikely, likely)
