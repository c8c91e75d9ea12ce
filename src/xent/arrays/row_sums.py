"""
Accurate sums over the classes in every library.

Adding a multiple of the largest entry and subtracting it again rounds each entry to so few digits that the
sum of the rounded entries is exact in any order; the low-order parts are so small that the error of their
sum is negligible.

Source: Rump, S. M., Ogita, T., Oishi, S. (2008). Accurate floating-point summation part I: faithful rounding.
SIAM J. Sci. Comput. 31(1), algorithm 3.2.
"""

from __future__ import annotations

import math

import numpy as np

from xent.arrays.constant import constant
from xent.arrays.namespace import Array, Namespace, device_of, is_jax, is_torch

__all__ = ["in_blocks", "leading_digits", "row_sum"]

_BLOCK = 64
# XLA for the CPU adds by trees in arrays of more entries than this, as of jax 0.10.
_SMALL = 4096
# Leaves 31 digits of 64-bit numbers, of which a million are added exactly.
_OF_A_MILLION = 2.0**22


def row_sum(array: Array, *, xp: Namespace) -> Array:
    """
    Sum over the last axis, of entries of one sign in each row.

    NumPy adds in pairs, with an error that grows only as the logarithm of the number of entries. XLA adds the
    entries of small arrays, and of a single row, one after the other, which loses 8 bits for 32,000 equal
    entries; PyTorch is in between. Where that loses digits the sum is computed by blocks: in JAX for arrays
    of up to 4,096 entries or one row, in PyTorch for rows of more than 64. A symbolic length in PyTorch is
    summed in 64 bits.

    Parameters
    ----------
    array : array of shape (..., K)
        Numbers of one sign, far from overflow.
    xp : module
        Namespace of `array`.

    Returns
    -------
    array of shape (...)
        Sums within 3 units in the last place, with the derivatives of a sum.

    Examples
    --------
    >>> import numpy as np
    >>> row_sum(np.asarray([[0.5, 0.25], [1.0, 2.0]]), xp=np)
    array([0.75, 3.  ])
    """
    if is_torch(array) and not isinstance(array.shape[-1], int):
        return _sum_of_any_length(array, xp=xp)
    if not isinstance(array, np.ndarray) and _loses_digits(array):
        while array.shape[-1] > _BLOCK // 4:
            array = in_blocks(array, min(_BLOCK, array.shape[-1]), xp=xp)
            leading = leading_digits(array, xp=xp)
            array = xp.sum(leading, axis=-1) + xp.sum(array - leading, axis=-1)
    return xp.sum(array, axis=-1)


def _sum_of_any_length(array: Array, *, xp: Namespace) -> Array:
    """
    Sum over the last axis of up to a million entries of one sign, of a length that may be symbolic.

    In `torch.export` blocks would fix the length. The sum is computed in 64 bits.
    """
    wide = xp.astype(array, xp.float64)
    leading = _rounded(wide, _OF_A_MILLION, xp=xp)
    return xp.astype(xp.sum(leading, axis=-1) + xp.sum(wide - leading, axis=-1), array.dtype)


def in_blocks(array: Array, size: int, *, xp: Namespace) -> Array:
    """
    Entries in blocks of `size` on a new last axis, from shape (..., K) to (..., ceil(K / size), size).

    The last block is padded with zeros.
    """
    missing = -array.shape[-1] % size
    if missing:
        zeros = xp.zeros((*array.shape[:-1], missing), dtype=array.dtype, device=device_of(array))
        array = xp.concat((array, zeros), axis=-1)
    return xp.reshape(array, (*array.shape[:-1], array.shape[-1] // size, size))


def leading_digits(array: Array, *, xp: Namespace) -> Array:
    """
    Entries rounded to so few digits that their sum over the last axis is exact, in any order.

    The rounding is a constant of automatic differentiation: derivatives are those of the entries.
    """
    return _rounded(array, 2.0 ** (math.ceil(math.log2(array.shape[-1])) + 2), xp=xp)


def _rounded(array: Array, factor: float, *, xp: Namespace) -> Array:
    """
    Entries rounded to multiples of a unit of their row.

    The unit is the last place of `factor`, a power of 2, times the largest magnitude of the row.
    """
    # A constant: the unit only determines the rounding, and no derivative may go through it.
    unit = factor * constant(xp.max(xp.abs(array), axis=-1, keepdims=True))
    return (array + unit) - unit


def _loses_digits(array: Array) -> bool:
    """
    True if the library adds the entries of a row one after the other: in JAX up to `_SMALL` entries and a
    single row, in PyTorch more than `_BLOCK` entries a row; False for other libraries.
    """
    if is_jax(array):
        return bool(array.size <= _SMALL or array.size == array.shape[-1])
    return is_torch(array) and array.shape[-1] > _BLOCK
