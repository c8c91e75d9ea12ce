"""
Rows of a matrix in chunks, tiles and vectors, for the kernels of linear models.

A kernel has the arguments `first` and `last`, chunks of a task; `chunk`, the rows of one; `n` rows of `p`
numbers; and `row_weights` with `weight_step`, which is 0 for one weight of all rows and 1 for one of each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from xent.kernels.vector_code import Array, Kernel, Value, lane_bits, select, splat

__all__ = ["counts", "each_chunk", "each_vector", "tile_weights"]


@contextlib.contextmanager
def each_chunk(kernel: Kernel) -> Iterator[tuple[Value, Value, Value]]:
    """Loop over the chunks of the task: number of each, its first row, and the row after its last."""
    given = kernel.arguments
    with kernel.loop(given["first"], given["last"]) as chunk:
        start = chunk * given["chunk"]
        end = start + given["chunk"]
        yield chunk, start, select(end < given["n"], end, given["n"])


def each_vector(kernel: Kernel, lanes: int, act: Callable[[Value, Any], None]) -> None:
    """
    Call `act` with the index of the first number of each vector of `lanes`, and the mask of its lanes inside
    the row.

    The row has p numbers. The mask is None but for the last vector, if it is incomplete. `act` emits code,
    and is called twice: once in the loop over whole vectors, once in the branch for the incomplete one.
    """
    p = kernel.arguments["p"]
    whole = p & -lanes
    with kernel.loop(kernel.constant(0), whole, lanes) as j:
        act(j, None)
    with kernel.when(whole < p):
        act(whole, kernel.lane_numbers(lanes) < (p - whole))


def tile_weights(kernel: Kernel, weights: Array, row: Value, is_row: Value) -> Value:
    """
    Weights of the tile's rows from `row` on, a lane a row: the only number in all lanes if there is one.

    Otherwise lanes outside the mask `is_row` are not read and hold 0. `weights` is the array at
    `row_weights`.
    """
    step = kernel.arguments["weight_step"]
    each = weights.load(row * step, where=is_row & (step != 0))
    one = splat(weights.load(kernel.constant(0)), is_row.lanes)
    return select(step == 0, one, each)


def counts(kernel: Kernel, weights: Array, row: Value, is_row: Value) -> Value:
    """True unless all rows of the tile, those from `row` on in the mask `is_row`, have the weight 0."""
    return lane_bits(is_row & (tile_weights(kernel, weights, row, is_row) != 0.0)) != 0
