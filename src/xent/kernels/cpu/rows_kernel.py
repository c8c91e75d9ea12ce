"""
A compiled kernel over rows, called in as many threads as its work is worth.

A call packs the arguments by name into one struct, the job: addresses and numbers, then counters of the rows
that are claimed and done. Threads meet in these counters alone. Each takes the next range of rows until none
is left (`vector_code/shared_rows.py`), so a thread that is interrupted leaves its ranges to the others; a row
is computed by one thread, and what it writes does not depend on which. The call returns when no thread is
within the rows, so that none reads or writes at the addresses any more.

A thread costs time to wake, so small jobs stay in the calling thread; the costs of a row and of a number in
it, given in nanoseconds, decide.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING

from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.thread_pool import Entries, in_threads, number_of_threads, rest_of_a_thread

if TYPE_CHECKING:
    # Not at run time: it imports llvmlite.
    from xent.kernels.vector_code import Kernel

__all__ = ["RowsKernel"]

# With less work, in nanoseconds, a thread costs more than it saves: one of PyTorch's team, which stays awake,
# and one of Python's, which must be woken and needs the lock of the interpreter.
_WORTH_A_THREAD, _WORTH_WAKING_A_THREAD = 20_000, 100_000
# Ranges per thread: a thread that is interrupted leaves its ranges to the others.
_RANGES_A_THREAD = 4
# Counters at the head of a job that no thread has begun.
_NOT_BEGUN = {"next_row": 0, "next_thread": 0, "rows_done": 0, "is_open": 0}


class RowsKernel:
    """
    A kernel over a range of rows.

    The result does not depend on how the rows are shared out, nor on the number of threads.

    Parameters
    ----------
    kernel : Kernel
        Kernel with the arguments `first` and `last` (`vector_code/shared_rows.py`); it is finished and
        compiled here.
    step : int
        The length of each range but the last is a multiple of it.
    row_cost, number_cost : float
        Approximate nanoseconds for a row, and for each number in it.
    """

    def __init__(
        self, kernel: Kernel, *, step: int = 1, row_cost: float = 0.0, number_cost: float = 1.0
    ) -> None:
        with FIRST_USE:
            from xent.kernels.vector_code import compiled_shared, layout

            codes = layout(kernel)
            self._entries = Entries(*compiled_shared(kernel))
        self._count = len(codes)
        self._in_order = itemgetter(*codes)
        self._layout = struct.Struct("=" + "".join(codes.values()))
        self._step = step
        self._row_cost, self._number_cost = row_cost, number_cost
        rest = rest_of_a_thread()
        self._header = {**_NOT_BEGUN, "rest": rest.address, "rest_argument": rest.argument}

    def threads(self, rows: int, numbers: float) -> int:
        """
        Number of threads that `rows` rows of so many `numbers` each are worth, at least 1.

        It is at most `number_of_threads`. A thread is worth 20 microseconds of work if PyTorch is loaded,
        else 100.
        """
        cost = self._row_cost + self._number_cost * numbers
        worth = _WORTH_A_THREAD if "torch" in sys.modules else _WORTH_WAKING_A_THREAD
        threads = int(rows * cost / worth)
        return min(threads, number_of_threads()) if threads > 1 else 1

    def __call__(
        self, arguments: Mapping[str, object], rows: int, *, threads: int = 1, scratch_bytes: int = 0
    ) -> None:
        """
        Compute all rows.

        When this returns or raises, no thread reads or writes at the addresses any more; until then the
        caller must keep the arrays alive.

        Parameters
        ----------
        arguments : mapping of str to number
            Every argument of the kernel but its range of rows, by name: addresses and numbers.
        rows : int
            Number of rows; 0 computes nothing.
        threads : int
            Most threads to use, with the calling one.
        scratch_bytes : int
            Distance from the scratch memory of one thread to that of the next.

        Raises
        ------
        KeyError
            If an argument is missing.
        TypeError
            If the kernel does not have one of the arguments.
        struct.error
            If an argument is no number of its kind.
        """
        parts = threads * _RANGES_A_THREAD if threads > 1 else 1
        at_once = max(-(-rows // (parts * self._step)), 1) * self._step
        # The arguments first: a dict that starts as a copy of the larger one takes less time.
        numbers = {
            **arguments,
            **self._header,
            "rows": rows,
            "rows_at_once": at_once,
            "scratch_bytes": scratch_bytes,
        }
        if len(numbers) > self._count:
            message = f"RowsKernel: the kernel has {self._count} arguments; got {len(numbers)}"
            raise TypeError(message)
        packed = self._layout.pack(*self._in_order(numbers))
        job = ctypes.create_string_buffer(packed, self._layout.size)
        in_threads(self._entries, job, threads)
