r"""
Divergences :math:`\sum q f(p / q)` that have a closed form without cancellation.

.. math::

    \mathrm{TV} = \tfrac12 \sum |p - q|, \qquad
    \mathrm{H}^2 = \tfrac12 \sum (\sqrt p - \sqrt q)^2, \qquad
    \chi^2 = \sum \frac{(p - q)^2}{q}.

A difference of roots is taken as :math:`(p - q) / (\sqrt p + \sqrt q)`.

Source: Csiszar, I., Shields, P. C. (2004). Information Theory and Statistics: A Tutorial, section 4.
"""

from __future__ import annotations

from collections.abc import Callable

from xent.arrays import Array, Namespace

__all__ = ["chi_squared", "squared_hellinger", "total_variation", "value"]


def value(
    p: Array, q: Array, *, f: Callable[[Array], Array], slope_at_infinity: float, xp: Namespace
) -> Array:
    """Sum of ``q f(p / q)``, and of ``p slope_at_infinity`` where `q` is 0."""
    empty = q == 0
    found = xp.where(empty, 1.0, q) * f(xp.where(empty, 1.0, p / xp.where(empty, 1.0, q)))
    beyond = xp.where(p > 0, xp.where(p > 0, p, 1.0) * slope_at_infinity, 0 * p)
    return xp.sum(xp.where(empty, beyond, found), axis=-1)


def total_variation(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Half the sum of the distances."""
    return xp.sum(xp.abs(p - q), axis=-1) / 2


def squared_hellinger(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Half the sum of the squared distances of the roots; 1 for distributions that share nothing."""
    roots = xp.sqrt(p) + xp.sqrt(q)
    distance = (p - q) / (roots + xp.astype(roots == 0, roots.dtype))
    return xp.sum(distance * distance, axis=-1) / 2


def chi_squared(p: Array, q: Array, *, xp: Namespace) -> Array:
    """Pearson's divergence, with the model below."""
    empty = xp.astype(q == 0, q.dtype)
    found = (p - q) * ((p - q) / (q + empty))
    return xp.sum(xp.where((q == 0) & (p > 0), xp.inf, found), axis=-1)
