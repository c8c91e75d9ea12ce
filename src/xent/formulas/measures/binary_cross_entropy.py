r"""
Binary cross-entropy of a probability `q` under the true probability `p`, in nats, elementwise.

.. math::

    h(q) = -p \log q - (1 - p) \log(1 - q), \quad
    h'(q) = \frac{q - p}{q (1 - q)}, \quad
    h''(q) = \frac{p}{q^2} + \frac{1 - p}{(1 - q)^2} > 0.

Convex with its minimum, the binary entropy of `p`, at :math:`q = p`. No term of the value or of the second
derivative is negative, and the numerator of the first derivative is one subtraction, exact for `p` and `q`
within a factor of 2.

Source: Bishop, C. M. (2006). Pattern Recognition and Machine Learning, equation 4.90.
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["derivative", "second_derivative", "value"]


def value(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Cross-entropy in nats, elementwise, with ``0 log 0 = 0``; ``inf`` if `q` excludes an outcome of `p`."""
    of_event = p * xp.log(xp.where(p == 0, 1.0, q))
    return 0 - (of_event + (1 - p) * xp.log1p(-xp.where(p == 1, 0.0, q)))


def derivative(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Derivative of `value` in `q`, elementwise; for `p` equal to 0 or 1, of the one term that remains.

    So at ``p = q = 0`` it is 1, and at ``p = q = 1`` it is -1.
    """
    certain = xp.where(p == 0, 1 / xp.where(p == 0, 1 - q, 1.0), -1 / xp.where(p == 1, q, 1.0))
    return xp.where((p == 0) | (p == 1), certain, (q - p) / q / (1 - q))


def second_derivative(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Second derivative of `value` in `q`, elementwise; a term of mass 0 adds nothing."""
    some_q, rest = xp.where(p == 0, 1.0, q), xp.where(p == 1, 1.0, 1 - q)
    # Two divisions: the square of a small q underflows.
    return p / some_q / some_q + (1 - p) / rest / rest
