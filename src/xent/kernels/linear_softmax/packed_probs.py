"""
Probabilities in 16 bits, as distributions that sum to 1.

An entry is rounded to bfloat16, 8 significant bits. The largest entry of a row is not stored, but one less
the sum of the others; its place holds the bits of -0. If several are largest, all hold these bits, and share
what is left equally. So a confident row keeps its curvature ``p (1 - p)`` as accurately as its small
probabilities. Of more than 512 classes of nearly equal probability, rounding can make the others more than 1;
the largest is then 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["unpacked"]

# Bits of -0, which is 0 in sums.
_LARGEST = 0x8000


def unpacked(packed: NDArray[np.uint16], /) -> NDArray[np.float32]:
    """
    Probabilities as a new array of shape (N, K) in float32.

    `packed`, (N, K), holds the bits of bfloat16, and at the largest of each row those of -0: its probability
    is 1 less the sum of the others, or 0 if they exceed 1; several such entries share it equally. A row of
    bits of 0 alone has probabilities of 0.

    Examples
    --------
    >>> unpacked(np.asarray([[0x8000, 0x3E80, 0x3E00]], np.uint16))
    array([[0.625, 0.25 , 0.125]], dtype=float32)
    """
    wide = packed.astype(np.uint32)
    wide <<= 16
    probs = wide.view(np.float32)
    is_largest = packed == _LARGEST
    # Row sums by `sum` take four times as long, for rows are short.
    left = np.maximum(1 - np.einsum("ij->i", probs), 0)
    np.copyto(probs, (left / np.maximum(is_largest.sum(axis=1), 1))[:, None], where=is_largest)
    return probs
