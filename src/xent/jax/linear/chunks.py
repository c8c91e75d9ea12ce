"""Rows of a chunk of logits, and arrays of rows cut into chunks of equal length."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["in_chunks", "joined", "rows_at_once"]

# A chunk of logits and its gradient together stay below an eighth of all logits.
_PARTS = 18
# Each chunk reads the weight twice, and reads and writes its gradient; this many rows outweigh that traffic.
_LEAST_ROWS = 64
_MOST_BYTES = 128 << 20


def rows_at_once(rows: int, row_bytes: int, chunk_bytes: int | None) -> int:
    """
    Number of rows of a chunk, from 1 to `rows`, the number of all; 1 if there are none.

    `chunk_bytes` is the limit of a chunk of logits, each row of which takes `row_bytes`; at least one row is
    taken. None means an 18th of the rows, at most 128 MiB, and 64 rows in any case. The number is then
    lowered to the least that needs no more chunks, so that the last chunk is filled up with few rows.
    """
    if chunk_bytes is not None:
        count = max(1, min(rows, chunk_bytes // max(1, row_bytes)))
    else:
        count = min(-(-rows // _PARTS), max(_LEAST_ROWS, _MOST_BYTES // max(1, row_bytes)))
        count = min(rows, max(count, _LEAST_ROWS))
    # As many chunks, of equal length: the last one is then filled up with few rows.
    chunks = -(-rows // max(1, count))
    return max(1, -(-rows // max(1, chunks)))


def in_chunks(arrays: Any, rows: int) -> Any:
    """
    Each array of the tree, (N, ...), as one of shape (chunks, rows, ...), the last chunk filled up with
    zeros.

    Of flags that is False, so that rows which fill up do not count. With N = 0 there is no chunk.
    """

    def cut(array: Any) -> Any:
        missing = -len(array) % rows
        padded = jnp.pad(array, ((0, missing), *((0, 0),) * (array.ndim - 1))) if missing else array
        # Not by -1, which NumPy's rules leave undefined beside an axis of length 0.
        return padded.reshape(len(padded) // rows, rows, *array.shape[1:])

    return jax.tree.map(cut, arrays)


def joined(chunks: Any, count: int) -> Any:
    """
    Each array of the tree, (chunks, rows, ...), as one of its first `count` rows, (count, ...).

    Rows beyond them, which filled up the last chunk, are dropped.
    """
    return jax.tree.map(lambda array: jax.lax.collapse(array, 0, 2)[:count], chunks)
