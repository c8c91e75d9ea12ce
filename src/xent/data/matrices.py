"""Features of a table, encoded piece by piece so that memory never holds table and features whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import TableEncoder

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["matrices"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

# Fewer rows at a time would cost more in calls than they save in memory.
_ROWS = 20_000


def matrices(encoder: TableEncoder, pieces: list[pa.RecordBatch], *parts: Codes) -> list[Any]:
    """
    Features of the rows of each of `parts`: float64 arrays of shape (len(part), features), or CSR with text.

    `encoder` is fitted. Each part holds row numbers of the table in rising order; parts may overlap or leave
    rows out. The list `pieces` holds the batches of the table in their order, at least one, and is empty
    afterwards: each batch is removed and freed once it is encoded, so that a large table and its features are
    never whole in memory at once. Cells that do not read are gaps, without a warning. Raises `DataError` as
    ``encoder.transform`` does, for an absent column, one of another kind of value, or an infinite number.
    """
    import pyarrow as pa

    if encoder.texts_:
        return _sparse_matrices(encoder, pieces, *parts)
    out = [np.empty((len(part), len(encoder.get_feature_names_out()))) for part in parts]
    pieces.reverse()
    start = 0
    while pieces:
        piece = _next_rows(pieces)
        stop = start + piece.num_rows
        spans = [slice(*np.searchsorted(part, [start, stop])) for part in parts]
        places = [part[span] - start for part, span in zip(parts, spans, strict=True)]
        # If each row of the piece is in a part, encode the piece at once: selecting rows in arrow costs more.
        whole = sum(map(len, places)) == piece.num_rows
        encoded = encoder.transform(piece, first=start) if whole else None
        for matrix, span, rows in zip(out, spans, places, strict=True):
            if encoded is None:
                matrix[span] = encoder.transform(piece, rows=rows, first=start)
            else:
                np.take(encoded, rows, axis=0, out=matrix[span])
        start = stop
        del piece
        # Arrow's pool would keep freed memory for reuse, but the features are not allocated in that pool.
        pa.default_memory_pool().release_unused()
    return out


def _sparse_matrices(encoder: TableEncoder, pieces: list[pa.RecordBatch], *parts: Codes) -> list[Any]:
    from scipy import sparse

    found: list[list[Any]] = [[] for _ in parts]
    pieces.reverse()
    start = 0
    while pieces:
        piece = _next_rows(pieces)
        encoded = encoder.transform(piece, first=start)
        for blocks, part in zip(found, parts, strict=True):
            low, high = np.searchsorted(part, [start, start + piece.num_rows])
            blocks.append(encoded[part[low:high] - start])
        start += piece.num_rows
    return [sparse.vstack(blocks, format="csr") for blocks in found]


def _next_rows(pieces: list[pa.RecordBatch]) -> pa.Table:
    """
    The next pieces as one table, of at least 20,000 rows if so many are left.

    They are removed from the end of `pieces`, which must hold at least one, the next one last.
    """
    import pyarrow as pa

    taken = [pieces.pop()]
    while pieces and sum(piece.num_rows for piece in taken) < _ROWS:
        taken.append(pieces.pop())
    return pa.Table.from_batches(taken)
