import numpy as np
import pytest
from tests.kernels.elementwise import FORMATS

from xent.kernels.cpu.transposition import transposed
from xent.kernels.vector_code import POINTER, Array, Kernel, compiled


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_square_is_transposed(dtype):
    numbers = FORMATS[dtype]
    kernel = Kernel("transposition", {"source": POINTER, "target": POINTER})
    source, target = (Array(kernel, kernel.arguments[name], numbers) for name in ("source", "target"))
    starts = [kernel.constant(k * numbers.lanes) for k in range(numbers.lanes)]
    for start, row in zip(starts, transposed([source.load(at, numbers.lanes) for at in starts]), strict=True):
        target.store(start, row)
    square = np.arange(numbers.lanes**2, dtype=dtype).reshape(numbers.lanes, -1)
    found = np.empty_like(square)
    compiled(kernel)(square.ctypes.data, found.ctypes.data)
    np.testing.assert_array_equal(found, square.T)
