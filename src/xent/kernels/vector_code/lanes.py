"""Operations across the lanes of a vector: reductions, masks as integers, shuffles."""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir

from xent.kernels.vector_code.value import FLAG, INT, Value

__all__ = ["folded", "lane_bits", "shuffled", "trailing_zeros"]


def folded(values: tuple[Value, ...], combine: Callable[..., tuple[Value, ...]]) -> tuple[Value, ...]:
    """
    Reduction of each vector in `values` to one number, by halving; numbers are returned as they are.

    `combine` maps two tuples of values, of the lower and the upper lanes, to one tuple of the same length.
    All vectors have the same number of lanes, a power of 2. The order is fixed, so the result is the same on
    every processor.
    """
    while values[0].lanes:
        half = values[0].lanes // 2
        lower = tuple(_lanes_of(value, 0, half) for value in values)
        upper = tuple(_lanes_of(value, half, half) for value in values)
        values = combine(lower, upper)
    return values


def lane_bits(flags: Value) -> Value:
    """Mask of up to 64 lanes as the bits of a 64-bit integer; the first lane is the lowest bit."""
    packed = flags.builder.bitcast(flags.register, ir.IntType(flags.lanes))
    return flags.new(flags.builder.zext(packed, INT) if flags.lanes < INT.width else packed)


def trailing_zeros(pattern: Value) -> Value:
    """Number of zero bits below the lowest set bit of a 64-bit integer; 64 for 0."""
    module = pattern.builder.module
    function = module.globals.get("llvm.cttz.i64") or ir.Function(
        module, ir.FunctionType(INT, [INT, FLAG]), name="llvm.cttz.i64"
    )
    return pattern.new(pattern.builder.call(function, [pattern.register, ir.Constant(FLAG, 0)]))


def shuffled(a: Value, b: Value, lanes: list[int]) -> Value:
    """
    Vector of the given `lanes`, counted from 0, of `a` and `b`.

    The lanes of `b` are numbered after those of `a`.
    """
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return a.new(a.builder.shuffle_vector(a.register, b.register, mask))


def _lanes_of(value: Value, first: int, count: int) -> Value:
    """Lanes `first` to ``first + count - 1`` of a vector; a scalar if `count` is 1."""
    if count == 1:
        return value.new(value.builder.extract_element(value.register, ir.Constant(ir.IntType(32), first)))
    return shuffled(value, value, list(range(first, first + count)))
