"""Features of a tile of rows, read from X in any layout and converted to the arithmetic of a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.kernels.cpu.row_chunks import each_vector
from xent.kernels.cpu.transposition import transposed
from xent.kernels.linear_softmax.cpu.tiles import ROWS
from xent.kernels.vector_code import FLOAT64, Array, Format, Kernel, Value, convert, select

__all__ = ["Features"]

# Features that are read at once; those of as many rows are a square that is transposed in registers.
_LANES = FLOAT64.lanes
# Tiles between one that is read and one that is prefetched, for short rows and for long ones. Rows of a tile
# end too soon for the processor to foresee what is read next.
_AHEAD, _AHEAD_OF_LONG, _LONG = 3, 1, 512


@dataclass(frozen=True)
class Features:
    """
    Reader of X.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built, with the arguments of `KernelArguments`.
    stored, arithmetic : Format
        Formats of X, and of what is read.
    changed : bool
        True to subtract the centre from the rows of X, and to scale them.
    by_column : bool
        True if columns of X are contiguous, False if its rows are.
    """

    kernel: Kernel
    stored: Format
    arithmetic: Format
    changed: bool
    by_column: bool

    def read(self, row: Value, end: Value, out: Array) -> None:
        """
        Write the features of eight rows from `row` on, and a last 1 for each, to `out`, (8, p + 1).

        They are in the arithmetic, and if `changed` less the centre and times the factors. Rows from `end` on
        have the 1 too, and before it numbers of no meaning: the features of the last row, or of a row of
        zeros.
        """
        p = self.kernel.arguments["p"]
        rows = [select(row + r < end, row + r, end - 1) for r in range(ROWS)]

        def act(j: Value, where: Any) -> None:
            read = self._columns(rows, j) if self.by_column else self._rows(rows, j, where)
            for r, numbers in enumerate(read):
                out.store((p + 1) * r + j, self._changed(numbers, j, where), where=where)

        each_vector(self.kernel, _LANES, act)
        one = self.kernel.constant(1.0, self.arithmetic.compute)
        for r in range(ROWS):
            out.store((p + 1) * r + p, one)

    def _rows(self, rows: list[Value], j: Value, where: Any) -> list[Value]:
        """
        Vectors of the eight numbers from column `j` on of each of `rows`, which are rows of X by number.

        They are in double precision and not changed yet; lanes outside the mask `where` hold 0, None reads
        all.
        """
        stride = self.kernel.arguments["stride"]
        ahead = select(stride < _LONG, stride * (_AHEAD * ROWS), stride * (_AHEAD_OF_LONG * ROWS))
        for row in rows:
            self._given.prefetch(row * stride + j + ahead)
        return [self._given.load(row * stride + j, _LANES, where=where) for row in rows]

    def _columns(self, rows: list[Value], j: Value) -> list[Value]:
        """
        Vectors of the eight numbers from column `j` on of each of `rows`, in double precision and not changed
        yet.

        Beyond column p - 1 its number is repeated. `rows` are eight consecutive rows of X by number, the last
        row repeated in place of those beyond it; the repetitions hold 0.
        """
        p, stride = (self.kernel.arguments[name] for name in ("p", "stride"))
        is_row = self.kernel.lane_numbers(_LANES) <= rows[-1] - rows[0]
        places = [select(j + k < p, j + k, p - 1) * stride + rows[0] for k in range(_LANES)]
        return transposed([self._given.load(place, where=is_row) for place in places])

    def _changed(self, numbers: Value, j: Value, where: Any) -> Value:
        """
        The eight features `numbers` from column `j` on, converted to the arithmetic.

        If `changed`, the centre is subtracted first and the factors multiplied; lanes outside the mask
        `where` then read neither, None reads all.
        """
        if self.changed:
            centre, factors = (
                Array(self.kernel, self.kernel.arguments[name], FLOAT64).load(j, _LANES, where=where)
                for name in ("centre", "factors")
            )
            numbers = (numbers - centre) * factors
        return convert(numbers, self.arithmetic.compute)

    @property
    def _given(self) -> Array:
        """X as an array of its stored format whose numbers are read in double precision."""
        numbers = Format(self.stored.name, self.stored.stored, FLOAT64.compute, _LANES)
        return Array(self.kernel, self.kernel.arguments["features"], numbers)
