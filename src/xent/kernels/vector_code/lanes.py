"""Work across the lanes of a vector: one number from all, all from one bit each, other orders."""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from xent.kernels.vector_code.value import FLAG, INT, Value

__all__ = ["folded", "lane_bits", "shuffled", "trailing_zeros"]


def folded(values: tuple[Value, ...], combine: Callable[..., tuple[Value, ...]]) -> tuple[Value, ...]:
    """
    One number from the lanes of a vector, half with half; `combine` takes and gives as many as there are.

    The halves meet in one order, so the result is the same wherever the kernel runs.
    """
    while values[0].lanes:
        half = values[0].lanes // 2
        lower = tuple(_lanes_of(value, 0, half) for value in values)
        upper = tuple(_lanes_of(value, half, half) for value in values)
        values = combine(lower, upper)
    return values


def lane_bits(flags: Value) -> Value:
    """Truth values of lanes as the bits of an integer of 64, the first lane lowest."""
    packed = flags.builder.bitcast(flags.register, ir.IntType(flags.lanes))
    return flags.new(flags.builder.zext(packed, INT) if flags.lanes < INT.width else packed)


def trailing_zeros(pattern: Value) -> Value:
    """How many bits are 0 below the lowest that is not; 64 of nothing."""
    module = pattern.builder.module
    function = module.globals.get("llvm.cttz.i64") or ir.Function(
        module, ir.FunctionType(INT, [INT, FLAG]), name="llvm.cttz.i64"
    )
    return pattern.new(pattern.builder.call(function, [pattern.register, ir.Constant(FLAG, 0)]))


def shuffled(a: Value, b: Value, lanes: list[int]) -> Value:
    """A vector of lanes of `a` and, counted on from its end, of `b`."""
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return a.new(a.builder.shuffle_vector(a.register, b.register, mask))


def _lanes_of(value: Value, first: int, count: int) -> Value:
    if count == 1:
        return value.new(value.builder.extract_element(value.register, ir.Constant(ir.IntType(32), first)))
    return shuffled(value, value, list(range(first, first + count)))
