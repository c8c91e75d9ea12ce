"""Codes of true classes: checked integers, whatever their width."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import numpy_array
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["checked_codes"]

Codes = NDArray[np.int64]


def checked_codes(codes: Any, n: int, K: int, *, caller: str) -> Codes:
    """
    Class codes as int64, of shape (n,), not a copy if they are so already.

    Raises `DTypeError` unless they are integers (Booleans are not), `ShapeError` for another shape, and
    `DomainError` for a masked entry, or with the first one out of ``0 .. K-1``.
    """
    codes = numpy_array(codes, caller=caller, argument="codes")
    if codes.dtype.kind not in "iu":
        raise DTypeError(caller, "codes", "be integers", got=str(codes.dtype))
    if codes.shape != (n,):
        raise ShapeError(caller, "codes", f"have shape {(n,)}, one for each row", got=f"{codes.shape}")
    wrong = np.flatnonzero((codes < 0) | (codes >= K))
    if len(wrong):
        first = int(wrong[0])
        got, index = f"{codes[first]}", (first,)
        raise DomainError(caller, "codes", f"lie in 0..{K - 1}", got=got, index=index)
    # A cell of the table of confusions is code times K, which 8 bits do not hold.
    return np.asarray(codes, dtype=np.int64)
