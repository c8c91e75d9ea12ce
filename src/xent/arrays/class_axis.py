"""
The class axis: numbers and masks of the classes, and accurate sums over the classes in every library.

Sums: adding a multiple of the largest entry and subtracting it again rounds each entry to so few digits that
the sum of the rounded entries is exact in any order; the low-order parts are so small that the error of their
sum is negligible.

Source: Rump, S. M., Ogita, T., Oishi, S. (2008). Accurate floating-point summation part I: faithful rounding.
SIAM J. Sci. Comput. 31(1), algorithm 3.2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from xent.arrays.constant import constant
from xent.arrays.namespace import Array, Namespace, device_of, is_jax, is_torch

__all__ = [
    "accumulation_dtype",
    "class_indices",
    "class_numbers",
    "entry_of_class",
    "in_blocks",
    "leading_digits",
    "one_hot",
    "row_sum",
    "unit_vectors",
]

_BLOCK = 64
# XLA for the CPU adds by trees in arrays of more entries than this, as of jax 0.10.
_SMALL = 4096


def class_indices(like: Array, *, xp: Namespace) -> Array:
    """
    Class number of each entry of `like`: ``0 .. K-1`` along the last axis.

    The result has the memory order of `like`. A comparison of ``arange(K)`` with a column would be in row
    order instead, and mixed orders make every later step several times slower.

    Parameters
    ----------
    like : array of shape (..., K)
        Array that gives shape, device and memory order.
    xp : module
        Namespace of `like`.

    Returns
    -------
    array of shape (..., K)
        Integers of the default integer dtype.

    Examples
    --------
    >>> import numpy as np
    >>> class_indices(np.ones((2, 3)), xp=np)
    array([[0, 1, 2],
           [0, 1, 2]])
    """
    classes = xp.arange(like.shape[-1], device=device_of(like))
    return xp.zeros_like(like, dtype=classes.dtype) + classes


def one_hot(labels: Array, like: Array, *, xp: Namespace) -> Array:
    """
    1 at the label of each row and 0 elsewhere, in the dtype and memory order of `like`.

    Sums and products with these indicators select without a branch. ``where`` on a mask that looks random
    costs a mispredicted branch per entry: on NumPy three times as much.

    Parameters
    ----------
    labels : array of shape (...)
        Class numbers; a row whose label is out of range is 0 throughout.
    like : array of shape (..., K)
        Array that gives shape, dtype and memory order.
    xp : module
        Namespace of both arrays.

    Returns
    -------
    array of shape (..., K)
        The indicators.

    Examples
    --------
    >>> import numpy as np
    >>> one_hot(np.asarray([1, -1]), np.ones((2, 3)), xp=np)
    array([[0., 1., 0.],
           [0., 0., 0.]])
    """
    return xp.astype(class_indices(like, xp=xp) == labels[..., None], like.dtype)


def entry_of_class(array: Array, labels: Array, *, xp: Namespace) -> Array:
    """
    Entry of `array` at the label of each row; nan where the label is out of range.

    Parameters
    ----------
    array : array of shape (..., K)
        Real floating values.
    labels : array of shape (...)
        Class numbers.
    xp : module
        Namespace of both arrays.

    Returns
    -------
    array of shape (...)
        The entries.

    Examples
    --------
    >>> import numpy as np
    >>> entry_of_class(np.asarray([[0.5, -np.inf], [0.5, 2.0]]), np.asarray([1, 2]), xp=np)
    array([-inf,  nan])
    """
    is_class = (labels >= 0) & (labels < array.shape[-1])
    # Replaced before the lookup: with an index out of range, libraries raise, wrap or clamp.
    index = xp.where(is_class, labels, 0)
    return xp.where(is_class, xp.take_along_axis(array, index[..., None], axis=-1)[..., 0], xp.nan)


def unit_vectors(like: Array, *, xp: Namespace) -> Array:
    """
    Unit vector of each class, row by row: the identity matrix of K rows in the dtype of `like`.

    Examples
    --------
    >>> import numpy as np
    >>> unit_vectors(np.ones((5, 2)), xp=np)
    array([[1., 0.],
           [0., 1.]])
    """
    return xp.eye(like.shape[-1], dtype=like.dtype, device=device_of(like))


def class_numbers(labels: Array, *, xp: Namespace) -> Array:
    """
    Labels of any integer dtype in the default integer dtype of `xp`.

    Not every library compares a label of 8 bits with a class number of 1000, and -100 is 156 in uint8. An
    unsigned label that does not fit becomes the largest integer, which is out of range as well; its lowest
    bits alone might be a class.

    Examples
    --------
    >>> import numpy as np
    >>> class_numbers(np.asarray([3, 2**64 - 100], dtype=np.uint64), xp=np)
    array([                  3, 9223372036854775807])
    """
    counting = xp.arange(0).dtype
    wide = xp.astype(labels, counting, copy=False)
    if not xp.isdtype(labels.dtype, "unsigned integer"):
        return wide
    if xp.iinfo(labels.dtype).bits < xp.iinfo(counting).bits:
        return wide
    return xp.where(wide < 0, xp.iinfo(counting).max, wide)


def accumulation_dtype(dtype: Any, *, xp: Namespace) -> Any:
    """
    Dtype to compute in for data of a real floating `dtype`: the same dtype, but at least 32 bits.

    A sum of half-precision exponentials over a large vocabulary overflows float16 and
    stalls in bfloat16, whose sums stop growing at 256 equal terms.

    Examples
    --------
    >>> import numpy as np
    >>> [accumulation_dtype(np.dtype(name), xp=np).__name__ for name in ("float16",)]
    ['float32']
    """
    return xp.float32 if xp.finfo(dtype).bits < 32 else dtype


def row_sum(array: Array, *, xp: Namespace) -> Array:
    """
    Sum over the last axis, of entries of one sign.

    NumPy adds in pairs, with an error that grows only as the logarithm of the number of entries. XLA adds the
    entries of small arrays, and of a single row, one after the other, which loses 8 bits for 32,000 equal
    entries; PyTorch is in between. For these two libraries the sum is computed by blocks.

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
    if not isinstance(array, np.ndarray) and _loses_digits(array):
        while array.shape[-1] > _BLOCK // 4:
            array = in_blocks(array, min(_BLOCK, array.shape[-1]), xp=xp)
            leading = leading_digits(array, xp=xp)
            array = xp.sum(leading, axis=-1) + xp.sum(array - leading, axis=-1)
    return xp.sum(array, axis=-1)


def in_blocks(array: Array, size: int, *, xp: Namespace) -> Array:
    """Entries in blocks of `size` on a new last axis; the last block is padded with zeros."""
    missing = -array.shape[-1] % size
    if missing:
        zeros = xp.zeros((*array.shape[:-1], missing), dtype=array.dtype, device=device_of(array))
        array = xp.concat((array, zeros), axis=-1)
    return xp.reshape(array, (*array.shape[:-1], array.shape[-1] // size, size))


def leading_digits(array: Array, *, xp: Namespace) -> Array:
    """Entries rounded to so few digits that their sum over the last axis is exact, in any order."""
    factor = 2.0 ** (math.ceil(math.log2(array.shape[-1])) + 2)
    # A constant: the unit only determines the rounding, and no derivative may go through it.
    unit = factor * constant(xp.max(xp.abs(array), axis=-1, keepdims=True))
    return (array + unit) - unit


def _loses_digits(array: Array) -> bool:
    """
    True if the library adds the entries of a row one after the other: in JAX up to `_SMALL` entries and a
    single row, in PyTorch more than `_BLOCK` entries a row.
    """
    if is_jax(array):
        return bool(array.size <= _SMALL or array.size == array.shape[-1])
    return is_torch(array) and array.shape[-1] > _BLOCK
