"""
A function of rows, run on blocks of rows that fit a processor's cache.

A formula is some twenty steps of NumPy, each of which reads and writes whole arrays: on large arrays the
steps wait for main memory. Each row is computed independently, so blocks of rows give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from xent.arrays.namespace import Array, Namespace

__all__ = ["in_row_blocks"]

# Entries of a block: with the temporary arrays of a formula, a few hundred kilobytes.
_ENTRIES = 2**14


def in_row_blocks(function: Callable[..., Any], logits: Array, *data: Array, xp: Namespace) -> Any:
    """
    ``function(logits, *data, xp=xp)``, in blocks if `logits` is a large contiguous NumPy array.

    Parameters
    ----------
    function : callable
        From arrays with the same leading axes to an array, or a tuple of arrays, with these axes in front.
    logits : array of shape (..., K)
        Logits; every axis but the last numbers the rows.
    *data : array of shape (..., K) or (...)
        Data of each row.
    xp : module
        Namespace of all arrays.

    Examples
    --------
    >>> in_row_blocks(lambda rows, xp: rows.sum(axis=-1), np.ones((50_000, 2)), xp=np).shape
    (50000,)
    """
    rows = math.prod(logits.shape[:-1])
    if (
        not isinstance(logits, np.ndarray)
        or rows < 2
        or logits.size <= 2 * _ENTRIES
        or not _in_row_order(logits)
    ):
        return function(logits, *data, xp=xp)
    flat = [array.reshape(rows, *array.shape[logits.ndim - 1 :]) for array in (logits, *data)]
    step = max(1, _ENTRIES // logits.shape[-1])
    results: tuple[Array, ...] = ()
    for start in range(0, rows, step):
        found = function(*(array[start : start + step] for array in flat), xp=xp)
        parts = found if isinstance(found, tuple) else (found,)
        results = results or tuple(np.empty((rows, *part.shape[1:]), part.dtype) for part in parts)
        for result, part in zip(results, parts, strict=True):
            result[start : start + step] = part
    shaped = tuple(result.reshape(*logits.shape[:-1], *result.shape[1:]) for result in results)
    return shaped if isinstance(found, tuple) else shaped[0]


def _in_row_order(array: Array) -> bool:
    return bool(array.flags.c_contiguous)
