"""A sum of many numbers that keeps its digits in every library."""

from __future__ import annotations

import math

from xent.arrays.constant import constant
from xent.arrays.library import is_jax
from xent.arrays.namespace import Array, Namespace

__all__ = ["row_sum"]

_BLOCK = 64
# XLA for the CPU adds by trees in arrays of more entries than this, as of jax 0.10.
_SMALL = 4096


def row_sum(array: Array, *, xp: Namespace) -> Array:
    """
    Sum over the last axis, of entries of one sign.

    NumPy and PyTorch add in pairs or nearly so, with an error that does not grow with the number of entries:
    it is below 3 units in the last place, 6 in PyTorch. XLA adds those of small arrays, and of a single row,
    one after the other, and of 32,000 equal ones that costs 8 bits. There it is done by blocks: a multiple of
    the largest entry, added and taken away again, leaves each entry rounded to so few digits that the sum is
    exact in any order; the sum of what is left is too small for its error to count.

    Source: Rump, S. M., Ogita, T., Oishi, S. (2008). Accurate floating-point summation part I: faithful
    rounding. SIAM J. Sci. Comput. 31(1), algorithm 3.2.

    Parameters
    ----------
    array : array of shape (..., K)
        Numbers of one sign, far from overflow.
    xp : module
        Namespace of `array`.

    Returns
    -------
    array of shape (...)
        Sums, with the derivatives of a sum.

    Examples
    --------
    >>> import numpy as np
    >>> row_sum(np.asarray([[0.5, 0.25], [1.0, 2.0]]), xp=np)
    array([0.75, 3.  ])
    """
    if is_jax(array) and _is_added_in_turn(array):
        while array.shape[-1] > _BLOCK // 4:
            array = _sums_of_blocks(array, xp=xp)
    return xp.sum(array, axis=-1)


def _is_added_in_turn(array: Array) -> bool:
    return bool(array.size <= _SMALL or array.size == array.shape[-1])


def _sums_of_blocks(array: Array, *, xp: Namespace) -> Array:
    size = min(_BLOCK, array.shape[-1])
    missing = -array.shape[-1] % size
    if missing:
        array = xp.concat((array, xp.zeros((*array.shape[:-1], missing), dtype=array.dtype)), axis=-1)
    array = xp.reshape(array, (*array.shape[:-1], array.shape[-1] // size, size))
    factor = 2.0 ** (math.ceil(math.log2(size)) + 2)
    unit = factor * constant(xp.max(xp.abs(array), axis=-1, keepdims=True))
    rounded = (array + unit) - unit
    return xp.sum(rounded, axis=-1) + xp.sum(array - rounded, axis=-1)
