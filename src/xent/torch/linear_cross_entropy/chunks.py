"""How many rows of logits are in memory at once, and in what their sums are formed."""

from __future__ import annotations

from typing import NamedTuple

import torch

__all__ = ["Chunking", "rows_at_once", "sums_are_wide"]

# A ninth of the logits and what a product needs beside it stay below an eighth.
_PARTS = 9
# A weight is read twice, its gradient read and written, for each chunk: so many rows pay for that.
_LEAST_ROWS = 64
_LEAST_BYTES = 1 << 20
_MOST_BYTES = 128 << 20
# So many rows for each feature, and a gradient in 32 bits takes a sixteenth of the logits of 16.
_ROWS_PER_FEATURE = 48


class Chunking(NamedTuple):
    """
    What the caller says of chunks.

    Parameters
    ----------
    chunk_bytes : int or None
        What a chunk may take; by default a ninth of the rows, but no more than 128 MiB, and 64 rows in
        any case.
    wide_sums : bool or None
        Whether the gradient of a weight in 16 bits is summed in 32; by default where that is little beside
        the logits.
    """

    chunk_bytes: int | None = None
    wide_sums: bool | None = None


def rows_at_once(rows: int, features: int, dtype: torch.dtype, row_bytes: int, chunking: Chunking) -> int:
    """
    How many rows a chunk has.

    Parameters
    ----------
    rows, features : int
        Shape of the input.
    dtype : torch.dtype
        Of the input.
    row_bytes : int
        What a row of logits takes, with all that is made of it.
    chunking : Chunking
        What the caller says.

    Returns
    -------
    int
        At least 1, at most `rows`.
    """
    if chunking.chunk_bytes is not None:
        return max(1, min(rows, chunking.chunk_bytes // row_bytes))
    count = -(-rows // _PARTS)
    if dtype.itemsize > 2:
        count = min(count, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    elif sums_are_wide(rows, features, dtype, chunking):
        # Sums of 16 bits are rounded once a chunk: there are no more chunks than parts without wider sums.
        count = min(count // 2, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    count = min(rows, max(count, _LEAST_ROWS, _LEAST_BYTES // row_bytes))
    # Of one length: a short last chunk would cost as much as the others.
    chunks = -(-rows // max(1, count))
    return -(-rows // max(1, chunks))


def sums_are_wide(rows: int, features: int, dtype: torch.dtype, chunking: Chunking) -> bool:
    """Whether the gradient of a weight in 16 bits is summed in 32."""
    if dtype.itemsize != 2:
        return False
    return rows >= _ROWS_PER_FEATURE * features if chunking.wide_sums is None else chunking.wide_sums
