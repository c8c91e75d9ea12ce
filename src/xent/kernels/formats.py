"""Which format of floats an array of NumPy is in."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.errors import DTypeError

__all__ = ["arithmetic_dtype", "format_of"]

# NumPy has no bfloat16; its bit patterns come as unsigned integers.
_NAMES = {
    np.dtype(np.float64): "float64",
    np.dtype(np.float32): "float32",
    np.dtype(np.float16): "float16",
    np.dtype(np.uint16): "bfloat16",
}


def format_of(array: NDArray[np.generic], *, where: str, argument: str) -> str:
    """
    Name of the format of an array of floats; unsigned integers of 16 bits are the bit patterns of bfloat16.

    Raises
    ------
    DTypeError
        If the kernels do not know the dtype.
    """
    name = _NAMES.get(array.dtype)
    if name is None:
        rule = "be float64, float32, float16 or, for bfloat16, uint16"
        raise DTypeError(where, argument, rule, got=str(array.dtype))
    return name


def arithmetic_dtype(array: NDArray[np.generic]) -> DTypeLike:
    """Dtype in which the numbers of `array` are calculated with, and losses are returned."""
    return np.float64 if array.dtype == np.float64 else np.float32
