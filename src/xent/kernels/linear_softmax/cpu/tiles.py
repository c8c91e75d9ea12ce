"""
Products of a tile of rows with matrices of a column for each class, in registers.

A tile has eight rows. A *panel* is one or two vectors of columns; of a panel, the sums of eight vectors stay
in registers: eight rows of one vector, or four rows of two.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from xent.kernels.vector_code import Array, Format, Kernel, Value, fma, splat

__all__ = ["ROWS", "Tile"]

# Rows of a tile.
ROWS = 8


@dataclass(frozen=True)
class Tile:
    """
    Rows that are multiplied together.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    format : Format
        Format of all numbers: that of the arithmetic.
    vectors : int
        Vectors of a panel, 1 or 2.
    width : Value
        Columns of each matrix, a whole number of panels.
    """

    kernel: Kernel
    format: Format
    vectors: int
    width: Value

    def multiply(self, rows: Array, count: Value, matrix: Array, out: Array) -> None:
        """
        Write the product of `rows`, (8, `count`), and `matrix`, (`count`, width), to `out`, (8, width).

        Each number is summed in the order of the rows' numbers.
        """
        with self._panels() as column:
            for first in range(0, ROWS, ROWS // self.vectors):
                self._multiply_panel(rows, count, matrix.after(column), out.after(column), first)

    def add_products(self, rows: Array, step: Value, count: Value, factors: Array, out: Array) -> None:
        """
        Add the product of the transposed `rows`, (8, `count`), and `factors`, (8, width), to `out`.

        `out` has shape (`count`, width); from the start of one of the `rows` to the next there are `step`
        numbers, of which the first `count` are used.
        """
        lanes = self.format.lanes
        with self._panels() as column:
            each = [
                [factors.load(self._at(r) + column + v * lanes, lanes) for v in range(self.vectors)]
                for r in range(ROWS)
            ]
            with self.kernel.loop(self.kernel.constant(0), count) as j:
                numbers = [splat(rows.load(step * r + j), lanes) for r in range(ROWS)]
                for v in range(self.vectors):
                    place = j * self.width + column + v * lanes
                    # Two chains of additions, for one alone would wait for each result.
                    chains = [out.load(place, lanes), numbers[0] * each[0][v]]
                    for r in range(1, ROWS):
                        chains[r % 2 - 1] = fma(numbers[r], each[r][v], chains[r % 2 - 1])
                    out.store(place, chains[0] + chains[1])

    def _multiply_panel(self, rows: Array, count: Value, matrix: Array, out: Array, first: int) -> None:
        """
        Write to `out`, (8, width), the product of some of `rows`, (8, `count`), and one panel of `matrix`.

        A panel is one or two vectors of columns. The rows are 8 from `first` on for one, 4 for two. `matrix`,
        (`count`, width), and `out` begin with the panel's first column.
        """
        lanes = self.format.lanes
        some = range(first, first + ROWS // self.vectors)
        zero = splat(self.kernel.constant(0.0, self.format.compute), lanes)
        sums = {(r, v): self.kernel.variable(zero) for r in some for v in range(self.vectors)}
        with self.kernel.loop(self.kernel.constant(0), count) as j:
            columns = [matrix.load(j * self.width + v * lanes, lanes) for v in range(self.vectors)]
            for r in some:
                number = splat(rows.load(count * r + j), lanes)
                for v, column in enumerate(columns):
                    sums[r, v].value = fma(number, column, sums[r, v].value)
        for (r, v), total in sums.items():
            out.store(self._at(r) + v * lanes, total.value)

    def _panels(self) -> AbstractContextManager[Value]:
        """
        Loop, a context manager, over the columns at which the panels of a matrix of `width` columns
        begin.
        """
        return self.kernel.loop(self.kernel.constant(0), self.width, self.vectors * self.format.lanes)

    def _at(self, row: int) -> Value:
        """Index of the first number of row number `row` in a matrix of `width` columns."""
        return self.width * row
