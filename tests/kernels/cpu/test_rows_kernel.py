import sys

import numpy as np
import pytest

from xent.kernels.cpu import rows_kernel
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.vector_code import FLOAT32, FLOAT64, INT, INT64, POINTER, Array, Kernel


def counting_kernel(step):
    """Adds 1 at each row, writes where each range begins, and what else it is given."""
    names = dict.fromkeys(("counts", "starts", "scratch", "given"), POINTER)
    types = {**names, "single": FLOAT32.compute, "double": FLOAT64.compute, "whole": INT}
    kernel = Kernel("counting", {**types, "first": INT, "last": INT})
    argument = kernel.arguments
    counts, starts, scratch = (
        Array(kernel, argument[name], INT64) for name in ("counts", "starts", "scratch")
    )
    with kernel.loop(argument["first"], argument["last"]) as row:
        counts.store(row, counts.load(row) + 1)
        scratch.store(kernel.constant(0), scratch.load(kernel.constant(0)) + 1)
    starts.store(argument["first"], starts.load(argument["first"]) + 1)
    Array(kernel, argument["given"], FLOAT32).store(kernel.constant(0), argument["single"])
    Array(kernel, argument["given"], FLOAT64).store(kernel.constant(1), argument["double"])
    Array(kernel, argument["given"], INT64).store(kernel.constant(2), argument["whole"])
    return RowsKernel(kernel, step=step)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("step", [1, 16])
@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 1000])
def test_ranges_cover_all_rows_once_and_each_thread_has_its_own_memory(count, step, threads):
    counts, starts, given = (np.zeros(n, np.int64) for n in (count, count + step, 3))
    scratch = np.zeros((threads, 8), np.int64)
    arrays = {"counts": counts, "starts": starts, "scratch": scratch, "given": given}
    addresses = {name: array.ctypes.data for name, array in arrays.items()}
    arguments = {"whole": -3, "double": 0.2, "single": 0.1, **addresses}
    counting_kernel(step)(arguments, count, threads=threads, scratch_bytes=64)
    np.testing.assert_array_equal(counts, np.ones(count))
    begun = np.flatnonzero(starts)
    assert (begun % step == 0).all()
    assert len(begun) <= 4 * threads
    assert threads == 1 or len(begun) >= min(count // step, threads)
    assert scratch[:, 0].sum() == count
    assert not scratch[:, 1:].any()
    if count:
        assert (given.view(np.float32)[0], given.view(np.float64)[1], given[2]) == (np.float32(0.1), 0.2, -3)


def test_small_work_is_not_shared(monkeypatch):
    monkeypatch.setattr(rows_kernel, "number_of_threads", lambda: 8)
    monkeypatch.setitem(sys.modules, "torch", None)
    kernel = counting_kernel(1)
    assert kernel.threads(100, 10.0) == 1
    assert kernel.threads(10_000, 10.0) == 5
    assert kernel.threads(10**6, 10.0) == 8
    monkeypatch.delitem(sys.modules, "torch")
    # Python's threads have to be woken.
    assert kernel.threads(10_000, 10.0) == 1
    assert kernel.threads(10**5, 10.0) == 8
    assert kernel.threads(50_000, 10.0) == 5
    monkeypatch.setattr(rows_kernel, "number_of_threads", lambda: 1)
    assert kernel.threads(10**6, 10.0) == 1


def test_arguments_that_are_missing_misspelt_or_unknown_are_refused():
    kernel = counting_kernel(1)
    arguments = dict.fromkeys(("counts", "starts", "scratch", "given", "single", "double", "whole"), 0)
    kernel(arguments, 0)
    misspelt = {name.replace("whole", "hole"): number for name, number in arguments.items()}
    with pytest.raises(KeyError, match="whole"):
        kernel(misspelt, 0)
    with pytest.raises(KeyError, match="given"):
        kernel({name: number for name, number in arguments.items() if name != "given"}, 0)
    with pytest.raises(TypeError, match="the kernel has 16 arguments; got 17"):
        kernel({**arguments, "hole": 0}, 0)


def test_an_argument_named_like_a_counter_of_the_job_is_refused():
    kernel = Kernel("counting", dict.fromkeys(("rows_done", "first", "last"), INT))
    with pytest.raises(ValueError, match="rows_done"):
        RowsKernel(kernel)
