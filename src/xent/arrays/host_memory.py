"""
Memory of an array of any library as a NumPy array, for kernels, and the way back; nothing is copied.

Only values that may be read have such memory: a traced array has none, and the values of an array on a device
would have to be fetched.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays.checks import may_be_read
from xent.arrays.namespace import Array, is_jax, is_tensorflow, is_torch

__all__ = ["from_host_memory", "host_memory"]


def host_memory(array: Array) -> NDArray[Any] | None:
    """
    NumPy array of the values of `array`, which must not be written to; None if they may not be read now.

    The memory is shared. None stands for traced, lazy or off-host arrays, for bfloat16 of PyTorch and
    TensorFlow, for PyTorch's sparse tensors, subclasses and tensors under a transform, for arrays of JAX on
    several devices, and for other libraries.

    Examples
    --------
    >>> host_memory(np.ones(2))
    array([1., 1.])
    """
    if isinstance(array, np.ndarray):
        return array
    if is_torch(array):
        from xent.arrays import torch_tracing

        return torch_tracing.host_memory(array)
    if not (is_jax(array) or is_tensorflow(array)) or not may_be_read(array):
        return None
    if is_tensorflow(array):
        # Its method `numpy` copies. A buffer cannot hold bfloat16.
        return None if array.dtype.name == "bfloat16" else np.asarray(memoryview(array))
    # The shards of an array on several devices would have to be gathered.
    return np.asarray(array) if len(array.devices()) == 1 else None


def from_host_memory(array: NDArray[Any], like: Array) -> Array:
    """
    New NumPy array as an array of the library of `like`, which takes over its memory where it can.

    PyTorch always does; TensorFlow copies an array that is empty or whose address is no multiple of 64, and
    JAX copies where it must. The caller must not write to `array` afterwards. The result lies on the host.

    Examples
    --------
    >>> from_host_memory(np.ones(2), np.zeros(3))
    array([1., 1.])
    """
    if is_torch(like):
        return sys.modules["torch"].from_numpy(array)
    if is_jax(like):
        return sys.modules["jax"].numpy.asarray(array)
    if is_tensorflow(like):
        tensorflow = sys.modules["tensorflow"]
        # At other addresses TensorFlow's operations end the process.
        is_aligned = array.ctypes.data % 64 == 0 and array.size > 0
        return (
            tensorflow.experimental.dlpack.from_dlpack(array.__dlpack__())
            if is_aligned
            else tensorflow.convert_to_tensor(array)
        )
    return array
