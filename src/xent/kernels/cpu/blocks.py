"""
A long row, computed in blocks of a few vectors: its largest number, and sums over it.

Whole blocks are loaded without a mask; then the block that the row's end cuts off, with one, so a row may
have any length and nothing is read past its end. The vectors of a block are combined in a tree, block after
block, in one fixed order: a result depends neither on the processor nor on the alignment of the row.

A sum leaves out one number, the largest: `1 + rest` then has the full precision of `rest`, however small
(`xent.formulas.softmax`). Only the block with that number needs a second mask. It is therefore skipped by
the loop over whole blocks and done afterwards with the last, incomplete one, by one copy of masked code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from xent.kernels.cpu.exact_difference import exact_sum
from xent.kernels.vector_code import (
    INT,
    Format,
    Kernel,
    Value,
    convert,
    folded,
    lane_bits,
    larger,
    select,
    trailing_zeros,
)  # fmt: skip

__all__ = ["Blocks", "Place", "Reader"]

# Vectors in a block; as many additions run side by side.
_VECTORS = 4

# Function of a vector's index, and of the mask of its lanes inside the row (None for all), to the vector.
Reader = Callable[[Value, Any], Value]


@dataclass(frozen=True)
class Place:
    """
    Position of a number in a row.

    Parameters
    ----------
    block : Value
        Index at which the number's block begins.
    index : Value
        Index of the number; outside the block if the row has no such number, as a row of nan.
    """

    block: Value
    index: Value


@dataclass(frozen=True)
class Blocks:
    """
    The vectors of a row.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    length : Value
        Numbers in the row.
    format : Format
        Format of the numbers.
    """

    kernel: Kernel
    length: Value
    format: Format

    @property
    def size(self) -> int:
        """Numbers in a block."""
        return _VECTORS * self.format.lanes

    @property
    def end_of_whole(self) -> Value:
        """Index after the last whole block."""
        return self.length & -self.size

    def each(self, act: Callable[[Value, Value | None], None]) -> None:
        """
        Write the code of `act` for each vector of the row, from first to last, with the vector's index and
        mask.

        The index is that of the vector's first number in the row. `act` is called eight times: for the four
        vectors of a whole block, in a loop, with None as the mask, and for the four of an incomplete last
        block, in a branch that is skipped if there is none. There the mask is True for the lanes inside the
        row, and some masks may be empty.
        """
        with self.kernel.loop(self.kernel.constant(0), self.end_of_whole, self.size) as start:
            for index, lanes in self._vectors(start, whole=True):
                act(index, lanes)
        with self.kernel.when(self.end_of_whole < self.length):
            for index, lanes in self._vectors(self.end_of_whole, whole=False):
                act(index, lanes)

    def largest(self, read: Reader) -> tuple[Value, Place]:
        """
        The largest number of a row without nan, and its first place among equal ones.

        `read` gets the index of a vector and the mask of its lanes inside the row, or None for all, and
        returns the vector; it reads the block of the largest number twice. Lanes outside the mask count as
        ``-inf``, whatever it returns. A nan may hide numbers, so that in a row with nan another number, or
        ``-inf``, is found. The index lies outside its block in an empty row, and may in a row with nan.
        """
        lowest = self._vector(float("-inf"))
        peak = self.kernel.variable(lowest)
        number = self.kernel.variable(self._vector(0, self._integer))

        def see(start: Value, *, whole: bool) -> None:
            vectors = [
                read(index, lanes) if whole else select(lanes, read(index, lanes), float("-inf"))
                for index, lanes in self._vectors(start, whole=whole)
            ]
            best = _tree(vectors, larger)
            # Strictly greater, in ascending order: each lane keeps the first of tied numbers.
            is_new = best > peak.value
            peak.value = select(is_new, best, peak.value)
            block = convert(start // self.size, self._integer)
            number.value = select(is_new, block, number.value)

        with self.kernel.loop(self.kernel.constant(0), self.end_of_whole, self.size) as start:
            see(start, whole=True)
        with self.kernel.when(self.end_of_whole < self.length):
            see(self.end_of_whole, whole=False)
        (top,) = folded((peak.value,), lambda a, b: (larger(a[0], b[0]),))
        candidates = select(peak.value == top, number.value, 2**31 - 1)
        (first,) = folded((candidates,), lambda a, b: (select(a[0] < b[0], a[0], b[0]),))
        return top, self._place_in(convert(first, INT) * self.size, top, read)

    def sum_without(self, excluded: Place, term: Reader) -> Value:
        """
        Sum over the row of `term` without the term at `excluded`; `term` computes each vector once.

        `term` gets the index of a vector and the mask of its lanes inside the row, the excluded one among
        them; None means all. The place must lie in the row, or have an index outside its block, which
        excludes nothing. The sum is a single number, ``inf`` if terms are, but nan if one is ``-inf``. The
        rounding errors of the running sums are summed as well; only those inside a block, and the last,
        remain. Source: Ogita, T., Rump, S. M., Oishi, S. (2005). Accurate sum and dot product. SIAM J. Sci.
        Comput. 26(6), algorithm 4.4.
        """
        total, lost = (self.kernel.variable(self._vector(0.0)) for _ in range(2))

        def add(vectors: list[Value]) -> None:
            total.value, error = exact_sum(total.value, _tree(vectors, lambda a, b: a + b))
            lost.value = lost.value + error

        with self._whole_blocks_around(excluded) as start:
            add([term(index, lanes) for index, lanes in self._vectors(start, whole=True)])
        with self._other_blocks(excluded) as start:
            vectors = []
            for index, lanes in self._vectors(start, whole=False):
                counts = lanes & (self._lane_numbers != convert(excluded.index - index, self._integer))
                vectors.append(select(counts, term(index, lanes), 0.0))
            add(vectors)
        hi, lo = folded((total.value, lost.value), _exact_halves)
        # The rounding error of an infinite sum is nan; ignore it.
        return select(hi == float("inf"), hi, hi + lo)

    def _vectors(self, start: Value, *, whole: bool) -> Iterator[tuple[Value, Any]]:
        """
        Index and mask of each of the four vectors of the block that begins at `start`.

        The mask is None for a `whole` block; otherwise it is True for the lanes inside the row.
        """
        left = self.length - start
        for k in range(_VECTORS):
            index = start + k * self.format.lanes
            inside = None
            if not whole:
                # Clip to the block first: in float32 the lanes' integers have 32 bits, a row may be longer.
                rest = convert(select(left < self.size, left, self.size), self._integer)
                inside = self._lane_numbers + k * self.format.lanes < rest
            yield index, inside

    def _place_in(self, block: Value, number: Value, read: Reader) -> Place:
        """
        Place of the first entry that equals `number` in the block, whole or not, that begins at `block`.

        A block has `size` entries, 4 vectors. `read` always gets a mask, in a whole block too; lanes beyond
        the row match nothing. Without such an entry, as for nan, the index is ``block + 64``, which is
        outside a block of any format.
        """
        pattern = self.kernel.constant(0)
        for k, (index, lanes) in enumerate(self._vectors(block, whole=False)):
            found = lane_bits(lanes & (read(index, lanes) == number))
            pattern = pattern | (found << k * self.format.lanes)
        return Place(block, block + trailing_zeros(pattern))

    @contextmanager
    def _whole_blocks_around(self, excluded: Place) -> Iterator[Value]:
        """
        Loop over the whole blocks but that of the place `excluded`; gives the index at which each begins.

        The blocks before that of the place come first, then those after it. The body is written once; an
        incomplete last block is left out.
        """
        zero, end = self.kernel.constant(0), self.end_of_whole
        before = select(excluded.block < end, excluded.block, end)
        with self.kernel.loop(zero, self.kernel.constant(2)) as part:
            start = select(part == 0, zero, excluded.block + self.size)
            stop = select(part == 0, before, end)
            with self.kernel.loop(start, stop, self.size) as block:
                yield block

    @contextmanager
    def _other_blocks(self, excluded: Place) -> Iterator[Value]:
        """
        Loop over the block of the place `excluded`, then the incomplete last one; gives where each begins.

        These are the blocks that `_whole_blocks_around` leaves out, also if the index of the place lies
        outside its block. The body is written once; it runs once if the two are the same or if there is no
        incomplete block, and never in an empty row.
        """
        end = self.end_of_whole
        with self.kernel.loop(self.kernel.constant(0), self.kernel.constant(2)) as part:
            start = select(part == 0, excluded.block, end)
            again = (part == 1) & (excluded.block == end)
            with self.kernel.when((start < self.length) & ~again):
                yield start

    @property
    def _integer(self) -> Any:
        """Integers as wide as the floats, so that masks and indices take as many registers."""
        return INT if isinstance(self.format.compute, ir.DoubleType) else ir.IntType(32)

    @property
    def _lane_numbers(self) -> Value:
        """Vector of the numbers ``0, 1, ...`` of its lanes."""
        return self.kernel.lane_numbers(self.format.lanes, self._integer)

    def _vector(self, number: float, element: Any = None) -> Value:
        """Vector with `number` in each lane, of the arithmetic type unless `element` names another."""
        element = element or self.format.compute
        typ = ir.VectorType(element, self.format.lanes)
        return Value(ir.Constant(typ, [number] * self.format.lanes), self.kernel.builder)


def _tree(vectors: list[Value], combine: Callable[[Value, Value], Value]) -> Value:
    """
    All `vectors`, a power of 2 of them, combined in pairs by `combine`.

    The chain of dependent steps is short.
    """
    while len(vectors) > 1:
        vectors = [combine(a, b) for a, b in zip(vectors[::2], vectors[1::2], strict=True)]
    return vectors[0]


def _exact_halves(a: tuple[Value, ...], b: tuple[Value, ...]) -> tuple[Value, ...]:
    """Sum of two pairs of high and low parts, for `folded`; the low part collects the rounding errors."""
    total, error = exact_sum(a[0], b[0])
    return total, error + (a[1] + b[1])
