"""
Cumulative sums along the last axis, from either end.

The sum up to an entry plus the sum after it is the total. If the total is known to be 0, each of the two is
minus the other, so the one with the smaller terms can stand for both: it has the smaller rounding error.

Source: the doubling scheme: Hillis, W. D., Steele, G. L. (1986). Data parallel algorithms. Comm. ACM 29(12).
"""

from __future__ import annotations

from xent.arrays import Array, Namespace

__all__ = ["running_sum", "sum_after_each", "sum_before_each", "sum_up_to_each_of_none"]


def running_sum(terms: Array, *, xp: Namespace) -> Array:
    """
    Inclusive cumulative sum of `terms` along the last axis: entry k is the sum of entries 0 .. k.

    Partial sums are added in a binary tree, so the rounding error grows with the logarithm of the number of
    terms, not with the number.

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
    Exclusive cumulative sum from the end: entry k is the sum of entries k + 1, ..., n - 1 of the last axis.

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
    Exclusive cumulative sum: entry k is the sum of entries 0, ..., k - 1 of the last axis.

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
    Inclusive cumulative sum of `terms` whose exact total is 0.

    Each entry is summed from the end on which the absolute values add up to less; from the far end, it is
    minus the sum of the terms after it. The precondition is not checked.

    Examples
    --------
    The last entry is 0, and the entry before it is minus the last term.

    >>> import numpy as np
    >>> sum_up_to_each_of_none(np.asarray([0.25, -0.25 - 1e-20, 1e-20]), xp=np)
    array([ 2.5e-01, -1.0e-20,  0.0e+00])
    """
    size = xp.abs(terms)
    from_first = running_sum(size, xp=xp) <= sum_after_each(size, xp=xp)
    # 0 - x and not -x: an empty sum is 0, not -0.
    return xp.where(from_first, running_sum(terms, xp=xp), 0 - sum_after_each(terms, xp=xp))
