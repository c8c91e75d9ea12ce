"""The precision in which sums are formed."""

from __future__ import annotations

from typing import Any

from xent.arrays.namespace import Namespace

__all__ = ["accumulation_dtype", "index_dtype"]


def accumulation_dtype(dtype: Any, *, xp: Namespace) -> Any:
    """
    Precision to compute in for data of a real floating `dtype`: its own, but at least 32 bits.

    A sum of half-precision exponentials over a large vocabulary overflows float16 and
    stalls in bfloat16, whose sums stop growing at 256 equal terms.

    Examples
    --------
    >>> import numpy as np
    >>> [accumulation_dtype(np.dtype(name), xp=np).__name__ for name in ("float16",)]
    ['float32']
    """
    return xp.float32 if xp.finfo(dtype).bits < 32 else dtype


def index_dtype(*, xp: Namespace) -> Any:
    """
    Integer dtype in which the library `xp` counts.

    Narrow labels are widened to it: 8 bits do not compare with a class number of 1000 everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> index_dtype(xp=np)
    dtype('int64')
    """
    return xp.arange(0).dtype
