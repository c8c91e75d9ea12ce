"""Blocks of a fixed number of rows, feature by feature, from the pieces that a reader makes of a fragment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xent.solvers.block_sums import Block
from xent.streams.class_table import ClassTable
from xent.streams.fragments import Fragment, pieces_of, rows_of_piece
from xent.streams.readers import LabelledRows, Reader, is_sparse_reader

__all__ = ["RowStream", "block_rows"]

Array = NDArray[np.float64]

# Entries of a block: 2 MB of narrow rows stay in the cache until the last product, and of blocks twice as
# large the products take 2.6 times as long a row. Of wide rows, short blocks spend their time in calls.
_ENTRIES, _ENTRIES_OF_WIDE, _WIDE = 1 << 18, 1 << 19, 32
_LEAST_ROWS, _MOST_ROWS = 256, 1 << 15


def block_rows(width: int) -> int:
    """
    Rows of a block of `width` numbers a row: a power of 2 from 256 to 32,768, the same on every machine.

    `width` is at most 2**19.
    """
    entries = _ENTRIES if width < _WIDE else _ENTRIES_OF_WIDE
    return min(max(1 << max(entries // width, 1).bit_length() - 1, _LEAST_ROWS), _MOST_ROWS)


@dataclass(frozen=True, slots=True)
class RowStream:
    """
    Rows of a fit, as each pass reads them.

    Parameters
    ----------
    reader : Reader
        From pieces of fragments to numbers.
    classes : ClassTable
        Classes of all rows.
    factors : ndarray of shape (K,) or None
        Factor of the weight of each class's rows; None means 1.
    centre : ndarray of shape (p,)
        Vector that is subtracted from the features.
    caller : str
        Name of the calling function, for errors.
    """

    reader: Reader
    classes: ClassTable
    factors: Array | None
    centre: Array
    caller: str

    def blocks(self, fragment: Fragment) -> Iterator[Block]:
        """
        Rows of `fragment` in blocks of equal size, the last perhaps smaller; each is overwritten when the
        next is made.

        A block has features, (rows, p), less `centre`, class codes, and weights times the class factors. A
        feature's values lie together, so that a column of a file is copied at once, and `centre` is
        subtracted on the way; matrix products take the transposed block as it is. Sparse rows are not
        centred. The size of a block does not depend on that of the pieces, so that sums over blocks have the
        same bits however the reader hands out the rows. A fragment without rows gives none. Raises
        `DataError` for a class that the first scan did not see and a file that cannot be read, and the errors
        of the reader; numbers are not checked for nan.
        """
        if is_sparse_reader(self.reader):
            yield from self._sparse_blocks(fragment)
            return
        p, size = len(self.centre), block_rows(len(self.centre) + len(self.classes.classes))
        X, codes, weights = np.empty((p, size)), np.empty(size, np.intp), np.ones(size)
        filled = 0
        for rows, new in self._coded(fragment):
            done = 0
            while done < len(new):
                here = slice(done, done + min(size - filled, len(new) - done))
                there = slice(filled, filled + here.stop - here.start)
                for j, column in enumerate(rows.features):
                    np.subtract(column[here], self.centre[j], out=X[j, there])
                codes[there] = new[here]
                weights[there] = 1.0 if rows.weights is None else rows.weights[here]
                filled, done = there.stop, here.stop
                if filled == size:
                    yield self._block(X, codes, weights)
                    filled = 0
        if filled:
            yield self._block(X[:, :filled], codes[:filled], weights[:filled])

    def _sparse_blocks(self, fragment: Fragment) -> Iterator[Block]:
        """
        Blocks of 32,768 sparse rows, the last perhaps smaller, with codes and weights times the class
        factors.

        They are not centred: their zeros would be numbers. No block is overwritten. Errors are those of
        `blocks`.
        """
        waiting: list[tuple[Any, NDArray[np.intp], Array]] = []
        for rows, new in self._coded(fragment):
            weights = np.ones(len(new)) if rows.weights is None else rows.weights
            waiting.append((rows.features.T.tocsr(), new, weights))
            while sum(len(codes) for _, codes, _ in waiting) >= _MOST_ROWS:
                X, codes, weights = _stacked(waiting)
                yield self._block(X[:_MOST_ROWS].T, codes[:_MOST_ROWS], weights[:_MOST_ROWS])
                waiting = [(X[_MOST_ROWS:], codes[_MOST_ROWS:], weights[_MOST_ROWS:])]
        if any(len(codes) for _, codes, _ in waiting):
            X, codes, weights = _stacked(waiting)
            yield self._block(X.T, codes, weights)

    def _coded(self, fragment: Fragment) -> Iterator[tuple[LabelledRows, NDArray[np.intp]]]:
        """
        Rows of each piece of `fragment`, as the reader makes them, and the class of each row as its index,
        (rows,).

        Neither the centre is subtracted nor weights multiplied by factors yet. Raises `DataError` for a class
        that the first scan did not see and a file that cannot be read, and the errors of the reader.
        """
        first = 0
        for piece in pieces_of(fragment, self.reader.columns, caller=self.caller):
            rows = self.reader.rows(piece, first, name=fragment.name)
            yield rows, self.classes.codes(rows.labels, name=fragment.name, caller=self.caller)
            first += rows_of_piece(piece)

    def _block(self, X: Any, codes: NDArray[np.intp], weights: Array) -> Block:
        """Block of the features `X`, (p, rows), as a view, its weights times the factors of the classes."""
        if self.factors is not None:
            weights = weights * self.factors[codes]
        return Block(X.T, codes, weights)


def _stacked(parts: list[tuple[Any, NDArray[np.intp], Array]]) -> tuple[Any, NDArray[np.intp], Array]:
    """Rows of all `parts`, one below the other, as a CSR array, with their classes and weights, (rows,)."""
    X = sparse.vstack([part[0] for part in parts], format="csr")
    return X, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
