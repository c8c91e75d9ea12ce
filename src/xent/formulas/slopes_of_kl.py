r"""
Zeros with the derivatives in which the Kullback-Leibler divergence differs from the I-divergence's steps.

Divergences are evaluated as I-divergences, :math:`\sum p \log (p / q) + q - p`, whose terms do not cancel.
The added sums are equal for distributions, but they change the derivatives. Those of the definition
:math:`\sum p \log (p / q)` are :math:`1 + \log (p / q)` in `p`, with the limit :math:`-\infty` at 0, and
:math:`-p / q` in `q`. The steps replace :math:`0 \log 0` by a constant and miss the limit. The square
root has it: :math:`-\sqrt{p}` is 0 at 0, with derivative :math:`-\infty`.

Source: Cover, T. M., Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.26.
"""

from __future__ import annotations

from collections.abc import Callable

from xent.arrays import Array, Namespace, constant

__all__ = ["slope_in_p", "slope_of_one"]


def slope_in_p(p: Array, surprisals_of: Callable[[], Array], *, xp: Namespace) -> Array:
    """
    Zeros with the derivative of ``p (log(p) + surprisals)`` in `p`: ``log(p) + 1 + surprisals``, ``-inf`` at
    0.

    To be added to a value whose `p` is a constant: the derivatives of its steps would overflow for tiny
    numbers. The derivative in the surprisals is 0, the mixed second one 1. In a library with derivatives the
    result is ``inf``, not 0, where `p` is positive and a surprisal ``inf``.

    Parameters
    ----------
    p : array
        Numbers >= 0.
    surprisals_of : callable
        Function without arguments that returns ``-log(q)``, of the same shape; not called in a library
        without derivatives, where the result is 0 everywhere and costs no pass.
    xp : module
        Array-API namespace of the arrays.

    Examples
    --------
    >>> import numpy as np
    >>> bool((slope_in_p(np.asarray([0.0, 0.5]), lambda: np.asarray([1.0, 2.0]), xp=np) == 0).all())
    True
    """
    if constant(p) is p:
        return xp.broadcast_to(xp.zeros((), dtype=p.dtype), p.shape)
    surprisals = surprisals_of()
    is_zero, is_infinite = p == 0, xp.isinf(surprisals)
    at, moving = (xp.where(is_zero, 1.0, array) for array in (constant(p), p))
    # Both summands are products with 0, which no rounding changes: p log(p / at) bends, the other is a line.
    line = (p - constant(p)) * (xp.log(at) + xp.where(is_infinite, 0.0, surprisals))
    # The inner selections keep derivatives finite where the outer ones do not select: 0 * inf is nan.
    is_beyond = is_infinite & ~is_zero
    beyond = xp.where(is_beyond, xp.where(is_beyond, p, 1.0) * xp.inf, 0.0)
    root = xp.where(is_zero, -xp.sqrt(xp.where(is_zero, p, 1.0)), 0.0)
    return moving * xp.log1p((moving - at) / at) + line + beyond + root


def slope_of_one(p: Array) -> Array:
    """Zeros of the shape of `p`, finite numbers, with derivative 1 in each entry."""
    return p - constant(p)
