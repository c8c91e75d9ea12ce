"""
Operations on rows of features that dense arrays and sparse matrices in CSR format do differently.

Products of either with dense arrays need no function: ``X @ weights`` and ``slopes @ X`` are dense.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["column_squares", "is_sparse", "rounded_rows", "rows_of", "weighted_moments"]

Array = NDArray[np.float64]

# Numbers of a sparse matrix that are squared at a time.
_NUMBERS = 524_288
# Numbers of rows that are rounded at a time, and sizes that squares keep within single precision.
_PIECE, _EXTREME = 16_384, 1e15


def is_sparse(X: Any) -> bool:
    """True for a sparse array or matrix of SciPy, in any format; the other functions here take CSR."""
    # Not narrowed to the abstract class, which has hardly a method.
    return bool(sparse.issparse(X))


def rows_of(X: Any, rows: slice) -> Any:
    """
    Rows of `X`, an array or a CSR matrix, in a slice without a step, as a view of its numbers.

    All rows of a sparse matrix are `X` itself. A view of a sparse matrix has a row index of its own.
    """
    if not is_sparse(X):
        return X[rows]
    start, stop, _ = rows.indices(X.shape[0])
    if (start, stop) == (0, X.shape[0]):
        return X
    first, last = X.indptr[start], X.indptr[stop]
    part = sparse.csr_array((stop - start, X.shape[1]), dtype=X.dtype)
    # Not by the constructor, which copies arrays that are less than half of another.
    part.data, part.indices = X.data[first:last], X.indices[first:last]
    part.indptr = X.indptr[start : stop + 1] - first
    return part


def rounded_rows(X: Any, rows: NDArray[np.integer[Any]], centre: Array | None) -> NDArray[np.float32] | None:
    """
    Copy of the `rows`, by number, of a dense float64 `X`, less the `centre`, in single precision.

    The `centre`, (p,), is subtracted before the rounding, unless it is None. The result is None if the
    largest absolute value of some feature in these rows, less its centre, is at most 1e-15, but not 0, or at
    least 1e15; and if `X` is sparse or not in float64.
    """
    if is_sparse(X) or X.dtype != np.float64:
        return None
    copy = np.empty((len(rows), X.shape[1]), np.float32)
    # By pieces, for a copy of all rows in double precision would take twice the memory of the result.
    step = max(1, _PIECE // max(1, X.shape[1]))
    largest = np.zeros(X.shape[1])
    for start in range(0, len(rows), step):
        piece = X[rows[start : start + step]]
        if centre is not None:
            piece -= centre
        np.maximum(largest, np.abs(piece).max(axis=0), out=largest)
        with np.errstate(over="ignore"):
            copy[start : start + step] = piece
    is_usual = (largest == 0) | ((largest > 1 / _EXTREME) & (largest < _EXTREME))
    return copy if is_usual.all() else None


def weighted_moments(X: Any, weights: Array) -> Array:
    """
    Sum over the rows of ``weight * x x^T``, x being the features and, last, the constant 1: (p + 1, p + 1).

    `X` is an array or a CSR matrix of n rows, `weights` of shape (n,) are >= 0.
    """
    roots = np.sqrt(weights)
    if is_sparse(X):
        scaled = sparse.diags_array(roots) @ X
        moments = np.empty((X.shape[1] + 1, X.shape[1] + 1))
        moments[:-1, :-1] = (scaled.T @ scaled).toarray()
        moments[-1, :-1] = moments[:-1, -1] = weights @ X
        moments[-1, -1] = weights.sum()
        return moments
    ones = np.empty((len(X), X.shape[1] + 1))
    np.multiply(X, roots[:, None], out=ones[:, :-1])
    ones[:, -1] = roots
    # A product of a matrix with its own transpose takes half the operations of any other.
    return np.asarray(ones.T @ ones)


def column_squares(X: Any, weights: Array) -> Array:
    """
    Weighted sum over the rows of the square of each feature, and last the sum of the `weights`, (p + 1,).

    `X` is an array or a CSR matrix of n rows, `weights` has shape (n,).
    """
    if is_sparse(X):
        total = np.zeros(X.shape[1])
        step = max(1, X.shape[0] * _NUMBERS // max(1, X.nnz))
        for start in range(0, X.shape[0], step):
            rows = slice(start, start + step)
            part = rows_of(X, rows)
            if part is X:
                part = sparse.csr_array((X.data, X.indices, X.indptr), shape=X.shape)
            part.data = part.data**2
            total += weights[rows] @ part
        return np.append(total, weights.sum())
    return np.append(np.einsum("ij,ij,i->j", X, X, weights), weights.sum())
