"""
Which library an array is of, where that decides what is done.

array-api-compat answers from a cache, which `torch.compile` warns of whenever it traces a call; here is the
same question without one.
"""

from __future__ import annotations

import sys
from typing import Any

import array_api_compat
import numpy as np

__all__ = ["device_of", "is_array", "is_jax", "is_torch"]


def is_array(value: Any) -> bool:
    """Whether `value` is an array of some library, and not a number, a sequence or None."""
    if value is None or isinstance(value, (bool, int, float, complex, list, tuple)):
        return False
    is_known = is_torch(value) or isinstance(value, np.ndarray) or is_jax(value)
    return is_known or bool(array_api_compat.is_array_api_obj(value))


def is_torch(array: Any) -> bool:
    """Whether `array` is a tensor of PyTorch."""
    return "torch" in sys.modules and isinstance(array, sys.modules["torch"].Tensor)


def is_jax(array: Any) -> bool:
    """Whether `array` is an array of JAX, or stands for one while JAX traces."""
    return "jax" in sys.modules and isinstance(array, sys.modules["jax"].Array)


def device_of(array: Any) -> Any:
    """
    Device for new arrays beside `array`; None where the library finds it without being told.

    NumPy has one device. JAX puts an array without one where the others are, and a traced array has none
    to name.
    """
    if isinstance(array, np.ndarray) or is_jax(array):
        return None
    return array.device if is_torch(array) else array_api_compat.device(array)
