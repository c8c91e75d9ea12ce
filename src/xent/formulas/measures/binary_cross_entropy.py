r"""
Cross-entropy of a probability `q` of an event on its true probability `p`, in nats, entry by entry.

.. math::

    h(q) = -p \log q - (1 - p) \log(1 - q), \quad
    h'(q) = \frac{q - p}{q (1 - q)}, \quad
    h''(q) = \frac{p}{q^2} + \frac{1 - p}{(1 - q)^2} > 0.

Convex with its minimum, the binary entropy of `p`, at :math:`q = p`. No term of the value or of the second
derivative is negative, and the numerator of the first is one exact subtraction where it is small.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.90.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["derivative", "second_derivative", "value"]


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Cross-entropy, where 0 log 0 is 0."""
    of_event = p * xp.log(xp.where(p == 0, 1.0, q))
    return 0 - (of_event + (1 - p) * xp.log1p(-xp.where(p == 1, 0.0, q)))


def derivative(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Derivative in `q`; where `p` is 0 or 1, of the one term that is left."""
    certain = xp.where(p == 0, 1 / xp.where(p == 0, 1 - q, 1.0), -1 / xp.where(p == 1, q, 1.0))
    return xp.where((p == 0) | (p == 1), certain, (q - p) / q / (1 - q))


def second_derivative(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Second derivative in `q`."""
    some_q, rest = xp.where(p == 0, 1.0, q), xp.where(p == 1, 1.0, 1 - q)
    # Not over the square, which underflows.
    return p / some_q / some_q + (1 - p) / rest / rest
