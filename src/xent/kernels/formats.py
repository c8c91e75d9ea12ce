"""Formats of floats that kernels read, and the NumPy dtypes that stand for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.errors import DTypeError

__all__ = ["arithmetic_dtype", "format_of"]

# NumPy has no bfloat16: arrays of it are given as their bit patterns.
_NAMES = {
    np.dtype(np.float64): "float64",
    np.dtype(np.float32): "float32",
    np.dtype(np.float16): "float16",
    np.dtype(np.uint16): "bfloat16",
}


def format_of(array: NDArray[np.generic], *, caller: str, argument: str) -> str:
    """
    Name of the format of an array: ``"float64"``, ``"float32"``, ``"float16"`` or ``"bfloat16"``.

    Unsigned integers of 16 bits are the bit patterns of bfloat16. `caller` and `argument` are names for the
    message.

    Raises
    ------
    DTypeError
        If the dtype of the array is another.
    """
    name = _NAMES.get(array.dtype)
    if name is None:
        rule = "be float64, float32, float16 or, for bfloat16, uint16"
        raise DTypeError(caller, argument, rule, got=str(array.dtype))
    return name


def arithmetic_dtype(array: NDArray[np.generic]) -> DTypeLike:
    """
    Dtype of the arithmetic on the numbers of `array`, and of the losses.

    It is float64 for float64, and float32 for any other.
    """
    return np.float64 if array.dtype == np.float64 else np.float32
