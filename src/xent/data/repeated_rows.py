"""Held-out rows that also stand among the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import is_opaque, text_codes

__all__ = ["chance_of_equal_rows", "repeated_rows"]

Codes = NDArray[np.integer[Any]]
Array = NDArray[np.float64]

_BLOCK = 8_192


def repeated_rows(X: Any, codes: Codes, X_held_out: Any, held_out_codes: Codes) -> NDArray[np.bool_]:
    """
    True for each held-out row whose features and class are those of a training row.

    Parameters
    ----------
    X, X_held_out : ndarray or scipy sparse array of float64
        Features of the training and of the held-out rows, in the same columns.
    codes, held_out_codes : ndarray of int
        Class of each row.

    Returns
    -------
    ndarray of shape (m,)
        Booleans, one for each of the m rows of `X_held_out`.

    Notes
    -----
    **Numerics.** Rows are compared by a hash of 64 bits of their bits; among a million rows a collision has a
    probability below 1e-7.

    Examples
    --------
    >>> X = np.asarray([[0.5, 1.0], [2.0, 3.0]])
    >>> repeated_rows(X, np.asarray([0, 1]), X[::-1], np.asarray([1, 1])).tolist()
    [True, False]
    """
    ours, theirs = (_hashes(rows, of) for rows, of in ((X_held_out, held_out_codes), (X, codes)))
    return np.isin(ours, theirs)


def _hashes(X: Any, codes: Codes) -> NDArray[np.uint64]:
    """
    Multiply-shift hash of each row of `X` with its class, (n,): 64 bits.

    It is the sum, modulo 2**64, of odd random factors times the mixed bits of the numbers and the class; the
    factors are the same in each call for as many columns. A 0 of either sign adds nothing, so that sparse and
    dense rows with equal numbers have equal hashes; nan is equal to a nan of the same bits.
    """
    rng = np.random.default_rng(0)
    factors = rng.integers(1 << 63, size=X.shape[1] + 1, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    sums = np.empty(len(codes), dtype=np.uint64)
    if isinstance(X, np.ndarray):
        for start in range(0, len(X), _BLOCK):
            sums[start : start + _BLOCK] = _mixed(X[start : start + _BLOCK]) @ factors[:-1]
    else:
        rows = X.tocsr()
        terms = np.zeros(rows.nnz + 1, dtype=np.uint64)
        # Sums wrap around modulo 2**64, and so do their differences.
        np.cumsum(_mixed(rows.data) * factors[rows.indices], out=terms[1:])
        sums[:] = terms[rows.indptr[1:]] - terms[rows.indptr[:-1]]
    sums += codes.astype(np.uint64) * factors[-1]
    return sums


def _mixed(numbers: Array) -> NDArray[np.uint64]:
    """
    64 bits of each number, in the shape of `numbers`: those of float64, mixed; 0 for a zero of either sign.

    The high half is folded into the low one, since round numbers differ in high bits alone.
    """
    # Adding 0 makes a zero of either sign the same.
    bits = np.ascontiguousarray(numbers + 0.0).view(np.uint64)
    folded: NDArray[np.uint64] = (bits ^ (bits >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    return folded


def chance_of_equal_rows(table: pa.Table) -> float:
    """
    Estimated probability that two different rows are equal in all columns, if columns were independent.

    Missing cells are equal; columns of lists, records and bytes are ignored. It is 1 for fewer than two rows,
    and without other columns. In a single column copies of rows cannot be told from values that are frequent,
    and raise the estimate.

    Examples
    --------
    >>> round(chance_of_equal_rows(pa.table({"a": ["x", "y"] * 50, "b": [0, 0, 1, 1] * 25})), 3)
    0.245
    """
    n = table.num_rows
    chance = 1.0
    for column in table.columns:
        if n > 1 and not is_opaque(column.type):
            levels, _ = text_codes(column)
            counts = np.bincount(levels + 1).astype(float)
            chance *= float(counts @ (counts - 1)) / (n * (n - 1))
        if chance == 0:
            break
    return chance
