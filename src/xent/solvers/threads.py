"""
Threads over groups of rows, with one thread inside each matrix product.

The products here are small: a second BLAS thread gains little in them, and where another process
wants the cores too, each one waits for its slower half; fits then take twenty times as long. Rows in
groups keep all cores busy in the formulas as well, and need no waiting but at the end.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import joblib
from threadpoolctl import threadpool_limits

__all__ = ["map_groups", "one_blas_thread"]

T = TypeVar("T")

# The same whatever the machine, so that sums are rounded alike on all of them.
_GROUPS = 8
# With fewer rows to a group, most of the time would go into starting threads and adding up.
_ROWS = 4096
_HEAVY_ROWS = 512


def one_blas_thread() -> Any:
    """A context in which the linear algebra library uses one thread."""
    return threadpool_limits(limits=1, user_api="blas")


def map_groups(function: Callable[[slice], T], n: int, *, heavy: bool = False) -> list[T]:
    """
    `function` of each of a few slices that make up ``0 .. n``, in their order, run side by side.

    `heavy` says that a row costs much, so that few rows are worth a thread.
    """
    count = max(1, min(_GROUPS, n // (_HEAVY_ROWS if heavy else _ROWS)))
    if count == 1:
        return [function(slice(0, n))]
    bounds = [n * g // count for g in range(count + 1)]
    groups = [slice(a, b) for a, b in itertools.pairwise(bounds)]
    # Made anew each time: threads that outlive a call do not survive a fork.
    with ThreadPoolExecutor(min(joblib.cpu_count(), count)) as pool:
        return list(pool.map(function, groups))
