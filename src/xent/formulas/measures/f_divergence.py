r"""
f-divergences :math:`\sum q f(p / q)`, three of them in closed forms without cancellation.

.. math::

    \mathrm{TV} = \tfrac12 \sum |p - q|, \qquad
    \mathrm{H}^2 = \tfrac12 \sum (\sqrt p - \sqrt q)^2, \qquad
    \chi^2 = \sum \frac{(p - q)^2}{q}.

A difference of roots is computed as :math:`(p - q) / (\sqrt p + \sqrt q)`.

Source: Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.
"""

from __future__ import annotations

from collections.abc import Callable

from xent.arrays import Array, Namespace

__all__ = ["chi_squared", "squared_hellinger", "total_variation", "value"]

# A power of 2 that brings the quotient by any subnormal number below the largest float.
_SCALE = 2.0**64


def value(
    p: Array, q: Array, *, f: Callable[[Array], Array], slope_at_infinity: float, xp: Namespace
) -> Array:
    """
    f-divergence of `p` and `q` of shape (..., K) for a function `f`; of shape (...).

    Parameters
    ----------
    p, q : array of shape (..., K)
        Distributions.
    f : callable
        Convex function with ``f(1) = 0``, applied elementwise to ``p / q``.
    slope_at_infinity : float
        Limit of ``f(x) / x`` for large x: an outcome with `q` = 0 adds `p` times this, 0 if `p` is 0 too.
    xp : module
        Array-API namespace of the arrays.
    """
    empty = q == 0
    found = xp.where(empty, 1.0, q) * f(xp.where(empty, 1.0, p / xp.where(empty, 1.0, q)))
    beyond = xp.where(p > 0, xp.where(p > 0, p, 1.0) * slope_at_infinity, 0 * p)
    return xp.sum(xp.where(empty, beyond, found), axis=-1)


def total_variation(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Total variation distance, half the sum of absolute differences, of shape (...)."""
    return xp.sum(xp.abs(p - q), axis=-1) / 2


def squared_hellinger(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Squared Hellinger distance of `p` and `q` of shape (..., K), of shape (...), in [0, 1].

    It is 1 for distributions with disjoint supports, and 0 for equal ones.
    """
    roots = xp.sqrt(p) + xp.sqrt(q)
    distance = (p - q) / (roots + xp.astype(roots == 0, roots.dtype))
    return xp.sum(distance * distance, axis=-1) / 2


def chi_squared(p: Array, q: Array, *, xp: Namespace) -> Array:
    """
    Pearson's chi-squared divergence, the sum of ``(p - q)**2 / q``, from shape (..., K) to (...).

    An outcome of `q` = 0 adds ``inf`` if `p` is positive there, else 0.
    """
    empty = xp.astype(q == 0, q.dtype)
    # Divided before the second product: the square of a small difference may underflow. The quotient may
    # overflow where the product does not; then the difference is large enough to be scaled down.
    difference, some_q = p - q, q + empty
    is_high = xp.abs(difference / some_q) > float(xp.finfo(q.dtype).max)
    found = difference * (xp.where(is_high, difference / _SCALE, difference) / some_q)
    found = xp.where(is_high, found * _SCALE, found)
    return xp.sum(xp.where((q == 0) & (p > 0), xp.inf, found), axis=-1)
