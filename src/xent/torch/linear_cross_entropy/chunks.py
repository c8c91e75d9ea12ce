"""Number of rows of logits in memory at once, and the dtype in which sums over chunks are formed."""

from __future__ import annotations

import torch

__all__ = ["rows_at_once", "sums_are_wide"]

# A ninth of the logits and the scratch memory of a product stay below an eighth.
_PARTS = 9
# Each chunk reads the weight twice, and reads and writes its gradient; this many rows outweigh that traffic.
_LEAST_ROWS = 64
_LEAST_BYTES = 1 << 20
_MOST_BYTES = 128 << 20
# From this many rows per feature, a gradient in 32 bits takes a sixteenth of the logits in 16 bits.
_ROWS_PER_FEATURE = 48


def rows_at_once(
    rows: int,
    features: int,
    dtype: torch.dtype,
    row_bytes: int,
    *,
    chunk_bytes: int | None = None,
    wide_sums: bool | None = None,
) -> int:
    """
    Number of rows of a chunk.

    Parameters
    ----------
    rows, features : int
        Shape of the input.
    dtype : torch.dtype
        Dtype of the input.
    row_bytes : int
        Bytes of a row of logits with all that is computed from it.
    chunk_bytes : int, optional
        Limit of a chunk; default a ninth of the rows, but at most 128 MiB, and 64 rows in any case.
    wide_sums : bool, optional
        As for `sums_are_wide`.

    Returns
    -------
    int
        At least 1, at most `rows`.
    """
    if chunk_bytes is not None:
        return max(1, min(rows, chunk_bytes // row_bytes))
    count = -(-rows // _PARTS)
    if dtype.itemsize > 2:
        count = min(count, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    elif sums_are_wide(rows, features, dtype, wide_sums):
        # Wide sums are not rounded to 16 bits after each chunk, so chunks may be smaller.
        count = min(count // 2, max(_LEAST_ROWS, _MOST_BYTES // row_bytes))
    count = min(rows, max(count, _LEAST_ROWS, _LEAST_BYTES // row_bytes))
    # Chunks of equal length: a short last chunk would cost as much as the others.
    chunks = -(-rows // max(1, count))
    return -(-rows // max(1, chunks))


def sums_are_wide(rows: int, features: int, dtype: torch.dtype, asked: bool | None = None) -> bool:
    """True if a 16-bit weight's gradient is summed in 32 bits: as `asked`, or if that takes little memory."""
    if dtype.itemsize != 2:
        return False
    return rows >= _ROWS_PER_FEATURE * features if asked is None else asked
