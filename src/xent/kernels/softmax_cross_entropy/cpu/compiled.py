"""What a call of a kernel needs beside its arguments: machine code, an idea of its cost, scratch memory."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel

__all__ = ["compiled", "cost_of_row", "scratch_of"]

# Nanoseconds for a row and for a number of it, about.
_ROW, _NUMBER = 5.0, 0.7
# Numbers of 32 bits in four lines of a cache: no two threads write to one line.
_LINES = 64
_MEMORY = threading.local()


@functools.cache
def compiled(
    name: str,
    numbers: str,
    of_targets: str,
    has_gradient: bool,  # noqa: FBT001 - a key of the cache
) -> RowsKernel:
    """The kernel of a name for formats of the logits and of the targets; it takes `KernelArguments`."""
    with FIRST_USE:
        from xent.kernels.softmax_cross_entropy.cpu.kernels import kernel_called
        from xent.kernels.vector_code import FORMATS

        kernel = kernel_called(name, FORMATS[numbers], FORMATS[of_targets], gradient=has_gradient)
        step = FORMATS[numbers].lanes if name == "short_rows" else 1
        return RowsKernel(kernel, step=step)


def cost_of_row(classes: int) -> float:
    """Nanoseconds that a row takes, about."""
    return _ROW + _NUMBER * classes


def scratch_of(threads: int, classes: int) -> tuple[NDArray[Any], int]:
    """
    Memory for a row of 32 bits for each of some threads, which calls of this thread use again.

    Returns
    -------
    tuple
        The memory, and the bytes from that of one thread to that of the next. Who passes its address to a
        kernel holds it until the kernel returns: a signal handler may call here before, and ask for more.
    """
    length = -(-classes // _LINES) * _LINES
    memory: NDArray[Any] | None = getattr(_MEMORY, "rows", None)
    if memory is None or memory.size < threads * length:
        memory = _MEMORY.rows = np.empty(threads * length, np.float32)
    return memory, memory.itemsize * length
