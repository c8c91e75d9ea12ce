"""A kernel over rows, compiled, that is called in as many threads as are worth it."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.thread_pool import Entries, in_threads, number_of_threads, rest_of_a_thread

if TYPE_CHECKING:
    # Not at run time, for it imports llvmlite.
    from xent.kernels.vector_code import Kernel

__all__ = ["RowsKernel"]

# Below so many nanoseconds of work a thread costs more than it brings.
_WORTH_A_THREAD = 20_000
# Ranges for each thread: one that is interrupted leaves its share to the others.
_RANGES_A_THREAD = 4


class RowsKernel:
    """
    A kernel whose last two arguments are a range of rows.

    The result does not depend on how the rows are shared out, nor on how many threads there are.

    Parameters
    ----------
    kernel : Kernel
        It is finished and compiled here.
    step : int
        Each range but the last is a multiple of it.
    """

    def __init__(self, kernel: Kernel, *, step: int = 1) -> None:
        with FIRST_USE:
            from xent.kernels.vector_code import compiled_shared, layout

            self._layout = struct.Struct(layout(kernel))
            self._entries = Entries(*compiled_shared(kernel))
        self._step = step
        self._rest = rest_of_a_thread()

    def threads(self, rows: int, cost: float) -> int:
        """How many threads are worth it, where a row takes `cost` nanoseconds."""
        threads = int(rows * cost / _WORTH_A_THREAD)
        return min(threads, number_of_threads()) if threads > 1 else 1

    def __call__(
        self, arguments: Sequence[Any], rows: int, *, threads: int = 1, scratch_bytes: int = 0
    ) -> None:
        """
        Do all rows.

        When this returns or raises no thread reads or writes at the addresses any more; until then the caller
        holds what lies there.

        Parameters
        ----------
        arguments : sequence
            Numbers and addresses, all but the range.
        rows : int
            How many there are.
        threads : int
            In how many threads at most.
        scratch_bytes : int
            Distance of the scratch memory of a thread from that of the one before.
        """
        parts = threads * _RANGES_A_THREAD if threads > 1 else 1
        at_once = max(-(-rows // (parts * self._step)), 1) * self._step
        header = 0, 0, 0, 0, rows, at_once, scratch_bytes, *self._rest
        job = ctypes.create_string_buffer(self._layout.pack(*header, *arguments), self._layout.size)
        in_threads(self._entries, job, threads)
