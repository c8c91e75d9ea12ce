"""
Sums over large NumPy arrays, block by block.

A formula has a few dozen steps, each of which reads and writes an array. Blocks are small enough for the
cache, so that these steps do not go through main memory. All blocks run in one thread: a step on a block is
so short that two threads lose more time waiting for the interpreter's lock than they save.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from xent.arrays import Array, Namespace

__all__ = ["summed_by_blocks"]

_BLOCK = 16_384


def summed_by_blocks(
    value: Callable[..., Array],
    *arrays: Array,
    quick: Callable[..., Array] | None = None,
    xp: Namespace,
) -> Array:
    """
    ``value(*arrays, xp=xp)`` for a `value` that is a sum over the last axis.

    Large NumPy arrays are computed in blocks of rows and columns, whose sums are added; arrays of other
    libraries, and small ones, in one call.

    Parameters
    ----------
    value : callable
        Formula that maps arrays of one shape (..., K) and the keyword `xp` to a sum over the last axis, of
        shape (...).
    *arrays : array of shape (..., K)
        Arguments of `value`.
    quick : callable, optional
        Faster form of `value`, called in the same way and used in its place for NumPy arrays of any size,
        which have two axes there; it may branch on values. None, the default, means `value` for all arrays.
    xp : module
        Namespace of `arrays`.

    Returns
    -------
    array of shape (...)
        Sum over the last axis. NumPy's floating-point warnings are suppressed: the infinities of a division
        by 0 are the intended results.
    """
    with np.errstate(all="ignore"):
        if not isinstance(arrays[0], np.ndarray) or (quick is None and arrays[0].size <= _BLOCK):
            return value(*map(_in_row_order, arrays), xp=xp)
        shape = arrays[0].shape
        rows = [array.reshape(-1, shape[-1]) for array in arrays]
        total = np.zeros(rows[0].shape[:1], dtype=rows[0].dtype)
        for block in _blocks(*rows[0].shape):
            cut = [_in_row_order(array[block]) for array in rows]
            total[block[0]] += (quick or value)(*cut, xp=xp)
    return total.reshape(shape[:-1])[()]


def _in_row_order(array: Array) -> Array:
    """
    `array` made contiguous if it is a NumPy array; other arrays unchanged.

    NumPy sums a contiguous axis pairwise, with little rounding error, and other axes term by term.
    """
    return np.ascontiguousarray(array) if isinstance(array, np.ndarray) else array


def _blocks(n_rows: int, n_columns: int) -> Iterator[tuple[slice, slice]]:
    """
    Slices of rows and columns that cover an array of that shape in blocks of at most `_BLOCK` entries.

    The last slice of an axis may reach beyond its end.
    """
    height = max(1, _BLOCK // n_columns)
    width = min(n_columns, _BLOCK)
    for row, column in itertools.product(range(0, n_rows, height), range(0, n_columns, width)):
        yield slice(row, row + height), slice(column, column + width)
