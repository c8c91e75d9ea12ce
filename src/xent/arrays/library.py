"""
Library of an array: PyTorch, JAX or another.

array-api-compat answers the same questions from a cache, of which `torch.compile` warns whenever it traces a
call; the functions here have no cache.
"""

from __future__ import annotations

import sys
from typing import Any

import array_api_compat
import numpy as np

__all__ = ["device_of", "is_array", "is_jax", "is_torch"]


def is_array(value: Any) -> bool:
    """True if `value` is an array of some library, and not a number, a sequence or None."""
    if value is None or isinstance(value, (bool, int, float, complex, list, tuple)):
        return False
    is_known = is_torch(value) or isinstance(value, np.ndarray) or is_jax(value)
    return is_known or bool(array_api_compat.is_array_api_obj(value))


def is_torch(array: Any) -> bool:
    """True if `array` is a tensor of PyTorch."""
    return "torch" in sys.modules and isinstance(array, sys.modules["torch"].Tensor)


def is_jax(array: Any) -> bool:
    """True if `array` is an array of JAX, concrete or traced."""
    return "jax" in sys.modules and isinstance(array, sys.modules["jax"].Array)


def device_of(array: Any) -> Any:
    """
    Device for new arrays beside `array`; None if the library needs no device for new arrays.

    NumPy has one device. JAX places an array made without a device beside the other operands, and a traced
    array has no device.
    """
    if isinstance(array, np.ndarray) or is_jax(array):
        return None
    return array.device if is_torch(array) else array_api_compat.device(array)
