"""
Sums over large NumPy arrays, block by block.

A formula is a few dozen steps, each of which reads and writes an array. Blocks that fit into the cache keep
those steps out of main memory. One thread does them all: the steps on a block are so short that two
threads spend more time on waiting for the interpreter's lock than they save.
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

    Parameters
    ----------
    value : callable
        From arrays of one shape (..., K) to a sum over the last axis, of shape (...).
    *arrays : array of shape (..., K)
        Its arguments.
    quick : callable, optional
        The same for NumPy arrays of two axes, used on them; it may look at values.
    xp : module
        Their namespace.

    Returns
    -------
    array of shape (...)
        The sum; NumPy's warnings of divisions by 0 are not passed on, for infinity is the answer there.
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
    """NumPy sums pairwise, with little error, along a contiguous axis, and term by term along others."""
    return np.ascontiguousarray(array) if isinstance(array, np.ndarray) else array


def _blocks(n_rows: int, n_columns: int) -> Iterator[tuple[slice, slice]]:
    height = max(1, _BLOCK // n_columns)
    width = min(n_columns, _BLOCK)
    for row, column in itertools.product(range(0, n_rows, height), range(0, n_columns, width)):
        yield slice(row, row + height), slice(column, column + width)
