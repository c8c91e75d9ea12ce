"""
Threads over groups of rows, with one BLAS thread in each matrix product.

The matrix products here are small: a second BLAS thread gains little, and if another process competes for
the cores, each product waits for its slower half, which can make a fit twenty times slower. Threads over
groups of rows use all cores for the formulas too, and wait for each other only once, at the end.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import joblib
import numpy as np  # noqa: F401 - its BLAS must be loaded before the libraries are listed
import scipy.linalg  # noqa: F401 - same
from threadpoolctl import ThreadpoolController

__all__ = ["each_group", "map_groups", "one_blas_thread", "row_threads"]

T = TypeVar("T")

# Independent of the number of cores, so that sums are rounded equally on all machines.
_GROUPS = 8
# With fewer rows per group, starting threads and adding results would take most of the time.
_ROWS = 4096
_HEAVY_ROWS = 512

_OPEN = threading.local()


@contextlib.contextmanager
def row_threads() -> Iterator[None]:
    """
    Context manager in which `map_groups` of this thread uses one shared pool, and BLAS uses one thread.

    BLAS is limited in the whole process. The pool is started by the first `map_groups` that needs it, as that
    takes as long as a product with a Hessian of a small problem, and does not outlive the context, because
    its threads would not survive a fork. Inside another such context of this thread nothing changes.
    """
    if getattr(_OPEN, "pools", None) is not None:
        yield
        return
    with one_blas_thread(), contextlib.ExitStack() as pools:
        _OPEN.pools, _OPEN.map = pools, None
        try:
            yield
        finally:
            _OPEN.pools = _OPEN.map = None


def one_blas_thread() -> Any:
    """Context manager in which BLAS uses one thread, in the whole process."""
    return _libraries().limit(limits=1, user_api="blas")


@functools.cache
def _libraries() -> ThreadpoolController:
    """
    Controller of the threads of the libraries that are loaded at the first call; later calls return the same.

    NumPy's and SciPy's BLAS are loaded before this module.
    """
    return ThreadpoolController()


def map_groups(function: Callable[[slice], T], n: int, *, heavy: bool = False) -> list[T]:
    """
    Results of `function` for a few slices that partition ``0 .. n``, in their order, computed in threads.

    Parameters
    ----------
    function : callable
        Function of a slice of the rows.
    n : int
        Number of rows.
    heavy : bool
        True if a row is costly, so that a thread pays for 512 rows instead of 4,096.

    Returns
    -------
    list
        One result for each slice, at most 8; with few rows one result, computed in the calling thread.
    """
    return list(each_group(function, n, heavy=heavy))


def each_group(function: Callable[[slice], T], n: int, *, heavy: bool = False) -> Iterator[T]:
    """
    Results of `function` for at most 8 slices that partition ``0 .. n``, in their order, computed in threads.

    A slice has at least 4,096 rows, or 512 if `heavy`, unless it is the only one, which the calling thread
    computes; for an `n` of 0 that is empty. On one core the next is computed when it is asked for, so that a
    sum of large results holds two of them, not all. An error of `function` is raised in its place.
    """
    count = max(1, min(_GROUPS, n // (_HEAVY_ROWS if heavy else _ROWS)))
    if count == 1:
        yield function(slice(0, n))
        return
    bounds = [n * g // count for g in range(count + 1)]
    groups = [slice(a, b) for a, b in itertools.pairwise(bounds)]
    pools = getattr(_OPEN, "pools", None)
    if pools is not None:
        if _OPEN.map is None:
            _OPEN.map = _map_in_threads(pools)
        yield from _OPEN.map(function, groups)
        return
    with contextlib.ExitStack() as own:
        yield from _map_in_threads(own)(function, groups)


def _map_in_threads(pools: contextlib.ExitStack) -> Callable[..., Any]:
    """
    Function `map` of a pool of at most 8 threads that `pools` closes; the usual, lazy `map` for one
    core.
    """
    threads = min(joblib.cpu_count(), _GROUPS)
    return map if threads == 1 else pools.enter_context(ThreadPoolExecutor(threads)).map
