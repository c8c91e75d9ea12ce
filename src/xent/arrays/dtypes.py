"""Dtype in which sums are computed, and dtype of class numbers."""

from __future__ import annotations

from typing import Any

from xent.arrays.namespace import Array, Namespace

__all__ = ["accumulation_dtype", "class_numbers"]


def accumulation_dtype(dtype: Any, *, xp: Namespace) -> Any:
    """
    Dtype to compute in for data of a real floating `dtype`: the same dtype, but at least 32 bits.

    A sum of half-precision exponentials over a large vocabulary overflows float16 and
    stalls in bfloat16, whose sums stop growing at 256 equal terms.

    Examples
    --------
    >>> import numpy as np
    >>> [accumulation_dtype(np.dtype(name), xp=np).__name__ for name in ("float16",)]
    ['float32']
    """
    return xp.float32 if xp.finfo(dtype).bits < 32 else dtype


def class_numbers(labels: Array, *, xp: Namespace) -> Array:
    """
    Labels of any integer dtype in the default integer dtype of `xp`.

    Not every library compares a label of 8 bits with a class number of 1000, and -100 is 156 in uint8. An
    unsigned label that does not fit becomes the largest integer, which is out of range as well; its lowest
    bits alone might be a class.

    Examples
    --------
    >>> import numpy as np
    >>> class_numbers(np.asarray([3, 2**64 - 100], dtype=np.uint64), xp=np)
    array([                  3, 9223372036854775807])
    """
    counting = xp.arange(0).dtype
    wide = xp.astype(labels, counting, copy=False)
    if not xp.isdtype(labels.dtype, "unsigned integer"):
        return wide
    if xp.iinfo(labels.dtype).bits < xp.iinfo(counting).bits:
        return wide
    return xp.where(wide < 0, xp.iinfo(counting).max, wide)
