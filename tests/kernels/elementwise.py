"""A kernel that applies a function of the kernels to arrays, number by number."""

import numpy as np

from xent.kernels.vector_code import (
    BFLOAT16,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    INT,
    POINTER,
    Array,
    Kernel,
    compiled,
)

__all__ = ["FORMATS", "applied"]

FORMATS = {np.float64: FLOAT64, np.float32: FLOAT32, np.float16: FLOAT16, np.uint16: BFLOAT16}


def applied(function, *arrays, result=None):
    """
    `function` of vectors of the arrays, which have one dtype and shape.

    `result` is the dtype it is stored in, that of the arrays if not said otherwise.
    """
    names = [f"x{k}" for k in range(len(arrays))]
    kernel = Kernel("applied", {**dict.fromkeys([*names, "out"], POINTER), "count": INT})
    source, target = FORMATS[arrays[0].dtype.type], FORMATS[result or arrays[0].dtype.type]
    count = kernel.arguments["count"]
    with kernel.loop(kernel.constant(0), count, source.lanes) as index:
        where = kernel.lane_numbers(source.lanes) < count - index
        vectors = [
            Array(kernel, kernel.arguments[name], source).load(index, source.lanes, where=where)
            for name in names
        ]
        Array(kernel, kernel.arguments["out"], target).store(index, function(*vectors), where=where)
    found = np.empty(arrays[0].shape, result or arrays[0].dtype)
    contiguous = [np.ascontiguousarray(array) for array in arrays]
    compiled(kernel)(*(array.ctypes.data for array in contiguous), found.ctypes.data, found.size)
    return found
