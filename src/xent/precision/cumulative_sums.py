r"""
Running sums along the last axis, from either end.

A sum up to a class and one beyond it add up to the whole. Where the whole is known to be 0, each gives the
other, and the one of smaller terms has lost fewer digits.

Source: the sums by doubling: Hillis, W. D., Steele, G. L. (1986). Data parallel algorithms. Comm. ACM 29(12).
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["running_sum", "sum_after_each", "sum_before_each", "sum_up_to_each_of_none"]


def running_sum(terms: Array, *, xp: Namespace) -> Array:
    """
    Sum of all `terms` up to and with each, along the last axis.

    Halves are added to halves, so that the error grows with the logarithm of their number.

    Examples
    --------
    >>> import numpy as np
    >>> running_sum(np.asarray([1.0, 2.0, 3.0]), xp=np)
    array([1., 3., 6.])
    """
    reach = 1
    while reach < terms.shape[-1]:
        further = terms[..., reach:] + terms[..., :-reach]
        terms = xp.concat((terms[..., :reach], further), axis=-1)
        reach *= 2
    return terms


def sum_after_each(terms: Array, *, xp: Namespace) -> Array:
    """
    Sum of all `terms` after each, along the last axis.

    Examples
    --------
    >>> import numpy as np
    >>> sum_after_each(np.asarray([1.0, 2.0, 3.0]), xp=np)
    array([5., 3., 0.])
    """
    after = xp.concat((terms[..., 1:], xp.zeros_like(terms[..., :1])), axis=-1)
    return xp.flip(running_sum(xp.flip(after, axis=-1), xp=xp), axis=-1)


def sum_before_each(terms: Array, *, xp: Namespace) -> Array:
    """
    Sum of all `terms` before each, along the last axis.

    Examples
    --------
    >>> import numpy as np
    >>> sum_before_each(np.asarray([1.0, 2.0, 3.0]), xp=np)
    array([0., 1., 3.])
    """
    before = xp.concat((xp.zeros_like(terms[..., :1]), terms[..., :-1]), axis=-1)
    return running_sum(before, xp=xp)


def sum_up_to_each_of_none(terms: Array, *, xp: Namespace) -> Array:
    """
    `running_sum` of terms that add up to 0, from the end where less is added.

    Examples
    --------
    The last is 0, and the one before it is minus the last term.

    >>> import numpy as np
    >>> sum_up_to_each_of_none(np.asarray([0.25, -0.25 - 1e-20, 1e-20]), xp=np)
    array([ 2.5e-01, -1.0e-20,  0.0e+00])
    """
    size = xp.abs(terms)
    from_first = running_sum(size, xp=xp) <= sum_after_each(size, xp=xp)
    return xp.where(from_first, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))
