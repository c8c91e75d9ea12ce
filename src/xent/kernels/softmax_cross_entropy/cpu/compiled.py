"""Machine code of a kernel, and scratch memory."""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel

__all__ = ["compiled", "scratch_of"]

# Approximate nanoseconds per row, and per number in it.
_ROW, _NUMBER = 5.0, 0.7
# 32-bit numbers in four cache lines: no two threads write to the same line.
_LINES = 64
_MEMORY = threading.local()


@functools.cache
def compiled(
    name: str,
    numbers: str,
    of_targets: str,
    has_gradient: bool,  # noqa: FBT001 - a key of the cache
) -> RowsKernel:
    """
    Kernel "labels", "short_rows", "smoothed_labels" or "targets", compiled; it takes `KernelArguments`.

    `numbers` and `of_targets` are names of `FORMATS`: of the logits, and of the targets, which for labels is
    that of the logits too. With `has_gradient` the kernel writes the gradient too. It is compiled once for
    each four arguments by position; an unknown name raises `KeyError`.
    """
    with FIRST_USE:
        from xent.kernels.softmax_cross_entropy.cpu.kernels import kernel_called
        from xent.kernels.vector_code import FORMATS

        kernel = kernel_called(name, FORMATS[numbers], FORMATS[of_targets], gradient=has_gradient)
        step = FORMATS[numbers].lanes if name == "short_rows" else 1
        return RowsKernel(kernel, step=step, row_cost=_ROW, number_cost=_NUMBER)


def scratch_of(threads: int, classes: int) -> tuple[NDArray[Any], int]:
    """
    Memory for a row of `classes` 32-bit numbers for each thread, reused by later calls from the same thread.

    Returns
    -------
    tuple
        The memory, of float32 without meaning, at least as large as needed; and the distance in bytes from
        one thread's part to the next, a multiple of 256. The caller must keep a reference until the kernel
        returns: a signal handler may call this function meanwhile and replace it.
    """
    length = -(-classes // _LINES) * _LINES
    memory: NDArray[Any] | None = getattr(_MEMORY, "rows", None)
    if memory is None or memory.size < threads * length:
        memory = _MEMORY.rows = np.empty(threads * length, np.float32)
    return memory, memory.itemsize * length
