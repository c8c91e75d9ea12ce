r"""
Curvature of the softmax's cross-entropy times a direction, row by row.

With packed probabilities (`packed_probs.py`), the weight a and the direction v of a row, it writes

.. math:: a\,p_k (v_k - \bar v), \qquad \bar v = \sum_k p_k v_k.

The first sweep over a row adds up the stored probabilities, their products with v, and the entry of v where
the sign bit marks the largest probability; one less the first sum is that probability. The second sweep
writes. A row of 16 classes is one vector, and longer ones stay in the nearest cache between the sweeps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.softmax_curvature.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import (
    BFLOAT16,
    FLOAT32,
    Array,
    Kernel,
    Value,
    bits,
    fma,
    folded,
    select,
    splat,
)  # fmt: skip

__all__ = ["softmax_curvature_kernel"]

_LANES = FLOAT32.lanes
_Act = Callable[[Value, Any], None]


def softmax_curvature_kernel() -> Kernel:
    """
    Kernel over rows that writes the product of each direction with the curvature, times the row's weight.

    Its arguments are `KernelArguments`; directions, products and weights are in float32, probabilities
    packed.
    """
    kernel = Kernel("softmax_curvature", argument_types(KernelArguments, FLOAT32.compute))
    given = kernel.arguments
    probs = Array(kernel, given["probs"], BFLOAT16)
    directions = Array(kernel, given["directions"], FLOAT32)
    products = Array(kernel, given["products"], FLOAT32)
    weights = Array(kernel, given["row_weights"], FLOAT32)
    with kernel.loop(given["first"], given["last"]) as row:
        start = row * given["K"]
        weight = weights.load(row * given["weight_step"])
        _multiply(kernel, probs.after(start), directions.after(start), products.after(start), weight)
    return kernel


def _multiply(kernel: Kernel, probs: Array, directions: Array, products: Array, weight: Value) -> None:
    """
    Write to `products` the curvature at the packed `probs` of one row times `directions`, times `weight`.

    The arrays begin with the row, which is read twice; `products` must not overlap the other two.
    """
    zero = splat(kernel.constant(0.0, FLOAT32.compute), _LANES)
    # Sums of the stored probabilities, of their products with v, and of v at the largest probability.
    sums = [kernel.variable(zero) for _ in range(3)]

    def add(k: Value, where: Any) -> None:
        p, v = probs.load(k, _LANES, where=where), directions.load(k, _LANES, where=where)
        sums[0].value = sums[0].value + p
        sums[1].value = fma(p, v, sums[1].value)
        sums[2].value = sums[2].value + select(_is_largest(p), v, 0.0)

    _each_vector(kernel, add)
    rest, sum_of_products, at_largest = (_total(one.value) for one in sums)
    largest = 1.0 - rest
    mean = splat(fma(largest, at_largest, sum_of_products), _LANES)
    repeated, factor = splat(largest, _LANES), splat(weight, _LANES)

    def write(k: Value, where: Any) -> None:
        p, v = probs.load(k, _LANES, where=where), directions.load(k, _LANES, where=where)
        full = select(_is_largest(p), repeated, p)
        products.store(k, factor * full * (v - mean), where=where)

    _each_vector(kernel, write)


def _is_largest(p: Value) -> Value:
    """Mask of the lanes whose sign bit is set: the packed largest probability of a row."""
    return bits(p) < 0


def _total(vector: Value) -> Value:
    """Sum of the lanes of a vector, a single number."""
    (number,) = folded((vector,), lambda a, b: (a[0] + b[0],))
    return number


def _each_vector(kernel: Kernel, act: _Act) -> None:
    """
    Call `act` with the index of each vector of a row, and the mask of its lanes inside the row.

    The mask is None but for the last vector, if the row is no whole number of vectors.
    """
    K = kernel.arguments["K"]
    whole = K & -_LANES
    with kernel.loop(kernel.constant(0), whole, _LANES) as k:
        act(k, None)
    with kernel.when(whole < K):
        act(whole, kernel.lane_numbers(_LANES) < (K - whole))
