"""
Probabilities in 16 bits, as distributions that sum to 1.

An entry is the upper half of its single precision number: truncated to 8 significant bits. The largest entry
of a row is not stored, but one less the sum of the others; its place holds the bits of -0. So a confident row
keeps its curvature ``p (1 - p)`` as accurately as its small probabilities, and no matrix ``diag p - p pᵀ``
gets a negative eigenvalue, which rounding to nearest would permit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "pack", "unpacked"]

# Bits of -0, which is 0 in sums.
LARGEST = 0x8000


def pack(probs: NDArray[np.float32], out: NDArray[np.uint16], /) -> None:
    """
    Write the packed `probs`, C-contiguous and in rows that sum to 1, to `out`; both have shape (N, K).

    Of each probability the upper 16 bits are kept, those of bfloat16, rounded down; the first largest of a
    row is replaced by `LARGEST`.

    Examples
    --------
    >>> packed = np.empty((1, 3), np.uint16)
    >>> pack(np.asarray([[0.9995, 0.0004, 0.0001]], np.float32), packed)
    >>> unpacked(packed)
    array([[9.9950171e-01, 3.9863586e-04, 9.9658966e-05]], dtype=float32)
    """
    np.right_shift(probs.view(np.uint32), 16, out=out, casting="unsafe")
    out[np.arange(len(out)), probs.argmax(axis=1)] = LARGEST


def unpacked(packed: NDArray[np.uint16], /) -> NDArray[np.float32]:
    """Probabilities from `pack`, a new array of shape (N, K) in float32 whose rows sum to 1."""
    wide = packed.astype(np.uint32)
    wide <<= 16
    probs = wide.view(np.float32)
    # Row sums by `sum` take four times as long, for rows are short.
    rest = np.einsum("ij->i", probs)
    np.copyto(probs, 1 - rest[:, None], where=packed == LARGEST)
    return probs
