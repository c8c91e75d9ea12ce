r"""
Softmax cross-entropy of a linear model, summed over rows, in one read of X.

With the logits :math:`z_k = x \cdot w_k + b_k`, the probabilities p and the row's weight a, kernels add up

.. math::

    a\,(p - e_y) (x, 1)^T, \qquad a\,(\operatorname{diag} p - p p^T) v\,(x, 1)^T, \qquad a\,p p^T:

the gradient with the value, a product of the Hessian and a direction with :math:`v_k = x \cdot d_k + c_k`,
and the mean products of probabilities, of which the covariance consists.

X is read in tiles of eight rows, converted to the arithmetic of the kernel, double or single precision. The
tile, its logits and its factors stay in the nearest cache, so each number of X comes from memory once. The
kernel of the covariance also packs the probabilities of the first rows (`packed_probs.py`), and that of a
product reads them; of all other rows it computes them anew.

A chunk of rows has its own memory for sums; the caller adds the chunks' sums. Threads share the chunks,
which depend on the shape of X alone, so the result does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.cpu.logarithm import log1p
from xent.kernels.cpu.row_chunks import counts, each_chunk
from xent.kernels.linear_softmax.cpu.features import Features
from xent.kernels.linear_softmax.cpu.kernel_arguments import KernelArguments
from xent.kernels.linear_softmax.cpu.row_terms import RowTerms
from xent.kernels.linear_softmax.cpu.tiles import ROWS, Tile
from xent.kernels.vector_code import (
    BFLOAT16,
    FLOAT32,
    FLOAT64,
    INT64,
    Array,
    Format,
    Kernel,
    Value,
    Variable,
    folded,
    select,
    splat,
)  # fmt: skip

__all__ = ["linear_softmax_kernel"]


def linear_softmax_kernel(
    features: Format, arithmetic: Format, *, sums: str, vectors: int, changed: bool, by_column: bool
) -> Kernel:
    """
    Kernel over chunks of rows that writes the sums of each chunk; its arguments are `KernelArguments`.

    Parameters
    ----------
    features : Format
        Format in which X is stored.
    arithmetic : Format
        Format of all sums and matrices, FLOAT64 or FLOAT32.
    sums : {"gradient", "product", "covariance"}
        Quantity to sum, with the rows' weights: the gradient, (p + 1, width), and the loss; the Hessian times
        a direction, (p + 1, width); or the products p_j p_k of probabilities, (K, width), not negated and
        without the term diag(p).
    vectors : int
        Vectors of classes that are multiplied at once, 1 or 2; `width`, the classes in whole vectors, is a
        multiple of so many vectors.
    changed : bool
        True to subtract `centre` from each row of X and multiply by `factors`; False not to read them.
    by_column : bool
        True for columns of X that are contiguous, False for rows.
    """
    kernel = Kernel(f"linear_softmax_{sums}", argument_types(KernelArguments, arithmetic.compute))
    with each_chunk(kernel) as (chunk, start, end):
        reader = Features(kernel, features, arithmetic, changed, by_column)
        _Chunk(kernel, reader, arithmetic, sums, vectors).add_up(chunk, start, end)
    return kernel


@dataclass(frozen=True)
class _Chunk:
    """
    Rows whose sums are computed together.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    features : Features
        Reader of X.
    arithmetic : Format
        Format of the sums.
    sums : str
        Quantity to sum, as in `linear_softmax_kernel`.
    vectors : int
        Vectors of a panel.
    """

    kernel: Kernel
    features: Features
    arithmetic: Format
    sums: str
    vectors: int

    def add_up(self, chunk: Value, start: Value, end: Value) -> None:
        """
        Write the code that stores the sums of chunk number `chunk`: over the rows from `start` to before
        `end`.

        Its part of the argument `sums` is set to 0 first. For the gradient the chunk's weighted loss, in
        float64, is stored in `values` too.
        """
        given = self.kernel.arguments
        rows_of_sums = given["K"] if self.sums == "covariance" else self._count
        sums = self._array("sums").after(chunk * rows_of_sums * given["width"])
        zero = splat(self.kernel.constant(0.0, self.arithmetic.compute), self.arithmetic.lanes)
        with self.kernel.loop(
            self.kernel.constant(0), rows_of_sums * given["width"], self.arithmetic.lanes
        ) as j:
            sums.store(j, zero)
        total = self.kernel.variable(splat(self.kernel.constant(0.0, FLOAT64.compute), ROWS))
        with self.kernel.loop(start, end, ROWS) as row, self.kernel.when(self._counts(row, end)):
            self.features.read(row, end, self._scratch()[0])
            self._add_tile(row, end, sums, total)
        if self.sums == "gradient":
            (value,) = folded((total.value,), lambda a, b: (a[0] + b[0],))
            Array(self.kernel, given["values"], FLOAT64).store(chunk, value)

    def _add_tile(self, row: Value, end: Value, sums: Array, total: Variable) -> None:
        """
        Add what eight rows from `row` on, whose features are in scratch memory, contribute to `sums`.

        Rows from `end` on count nothing. For the gradient, weighted losses in nats are added to `total`, a
        lane for each row. For the covariance in single precision the probabilities of rows to be kept are
        packed too. The rest of the scratch memory is overwritten.
        """
        tile = Tile(self.kernel, self.arithmetic, self.vectors, self.kernel.arguments["width"])
        features, logits, moves, _ = self._scratch()
        if self.sums == "gradient":
            tile.multiply(features, self._count, self._array("point"), logits)
            self._to_slopes(row, end, total)
            tile.add_products(features, self._count, self._count, logits, sums)
        elif self.sums == "product":
            self._find_probs(tile, row, end)
            tile.multiply(features, self._count, self._array("direction"), moves)
            self._each_row(
                row,
                end,
                lambda r, _, weight: self._terms.curve(self._row(logits, r), self._row(moves, r), weight),
            )
            tile.add_products(features, self._count, self._count, moves, sums)
        else:
            self._compute_probs(tile)
            if self.arithmetic is FLOAT32:
                self._pack(row)
            self._each_row(
                row,
                end,
                lambda r, _, weight: self._terms.unmark(self._row(logits, r), self._row(moves, r), weight),
            )
            tile.add_products(logits, tile.width, self.kernel.arguments["K"], moves, sums)

    def _to_slopes(self, row: Value, end: Value, total: Variable) -> None:
        """
        Replace the logits of eight rows from `row` on by slopes times weights; add their losses to `total`.

        Slopes are the derivatives of a row's loss in its logits. The losses, in nats, are weighted too, a
        lane for each row. Rows from `end` on, and a row of weight 0, even of an infinite loss, add 0 to
        `total` and get slopes of 0, or of nan if they have no softmax.
        """
        _, logits, _, parts = self._scratch()
        codes = Array(self.kernel, self.kernel.arguments["codes"], INT64)

        def act(r: Value, at: Value, weight: Value) -> None:
            first, rest = self._terms.slopes(self._row(logits, r), codes.load(at), weight)
            parts.store(r, first)
            parts.store(r + ROWS, rest)
            parts.store(r + 2 * ROWS, weight)

        self._each_row(row, end, act)
        first, rest, weight = (parts.load(self.kernel.constant(k * ROWS), ROWS) for k in range(3))
        # An infinite loss of a row without weight counts nothing.
        total.value = total.value + select(weight == 0.0, 0.0, weight * (first + log1p(rest)))

    def _find_probs(self, tile: Tile, row: Value, end: Value) -> None:
        """
        Write the probabilities of eight rows from `row` on in the place of the tile's logits, marked.

        A row's largest ones are marked: stored as negative numbers. In single precision, rows below the
        argument `kept` are unpacked from memory, all others computed; in double precision all are computed.
        """
        if self.arithmetic is not FLOAT32:
            self._compute_probs(tile)
            return
        K = self.kernel.arguments["K"]
        _, logits, _, _ = self._scratch()
        with self.kernel.either(row < self.kernel.arguments["kept"]) as (is_kept, is_not):
            with is_kept:
                self._each_row(
                    row,
                    end,
                    lambda r, at, _: self._terms.unpack(self._packed.after(at * K), self._row(logits, r)),
                )
            with is_not:
                self._compute_probs(tile)

    def _compute_probs(self, tile: Tile) -> None:
        """
        Write the probabilities of the tile, whose features are in scratch memory, in the place of its logits.

        They are marked: the largest of a row are stored as negative numbers.
        """
        features, logits, _, _ = self._scratch()
        tile.multiply(features, self._count, self._array("point"), logits)
        with self.kernel.loop(self.kernel.constant(0), self.kernel.constant(ROWS)) as r:
            self._terms.softmax(self._row(logits, r), self._row(logits, r))

    def _pack(self, row: Value) -> None:
        """
        Pack the tile's marked probabilities of those rows from `row` on that lie below `kept`, to
        `probs`.
        """
        given = self.kernel.arguments
        _, logits, _, _ = self._scratch()
        # Rows beyond the last are not kept either: kept ones are at most all.
        with (
            self.kernel.loop(self.kernel.constant(0), self.kernel.constant(ROWS)) as r,
            self.kernel.when(row + r < given["kept"]),
        ):
            self._terms.pack(self._row(logits, r), self._packed.after((row + r) * given["K"]))

    def _counts(self, row: Value, end: Value) -> Value:
        """True unless all rows of the tile from `row` on have the weight 0: the tile is then not read."""
        return counts(self.kernel, self._row_weights, row, self.kernel.lane_numbers(ROWS) < (end - row))

    def _each_row(self, row: Value, end: Value, act: Callable[[Value, Value, Value], None]) -> None:
        """
        Write a loop that calls `act` with a row's number in the tile, 0 to 7, its index in X and its weight.

        The tile begins at `row`; the weight is in the arithmetic. From `end` on the last row, number `end`
        less 1, is repeated with weight 0: what `act` adds must be 0 then, also for an infinite loss. `act`
        emits code, and is called once.
        """
        given, weights = self.kernel.arguments, self._row_weights
        with self.kernel.loop(self.kernel.constant(0), self.kernel.constant(ROWS)) as r:
            is_row = row + r < end
            at = select(is_row, row + r, end - 1)
            weight = weights.load(at * given["weight_step"])
            act(r, at, select(is_row, weight, 0.0))

    def _scratch(self) -> tuple[Array, Array, Array, Array]:
        """Memory of the tile: features, (8, p + 1), two matrices, (8, width), and 3 vectors of 8 numbers."""
        features = self._array("scratch")
        logits = features.after(self._count * ROWS)
        moves = logits.after(self.kernel.arguments["width"] * ROWS)
        return features, logits, moves, moves.after(self.kernel.arguments["width"] * ROWS)

    def _row(self, matrix: Array, r: Value) -> Array:
        """
        Row number `r` of a `matrix` of ``width`` columns, as an array that goes on with what follows the
        row.
        """
        return matrix.after(r * self.kernel.arguments["width"])

    def _array(self, name: str) -> Array:
        """Array in the arithmetic at the address that the argument `name` holds."""
        return Array(self.kernel, self.kernel.arguments[name], self.arithmetic)

    @property
    def _row_weights(self) -> Array:
        """Weights of the rows, in the arithmetic; with the argument `weight_step`."""
        stored = Format("float64", FLOAT64.stored, self.arithmetic.compute, self.arithmetic.lanes)
        return Array(self.kernel, self.kernel.arguments["row_weights"], stored)

    @property
    def _packed(self) -> Array:
        """Array of bfloat16 at the argument `probs`: packed probabilities, (kept, K)."""
        return Array(self.kernel, self.kernel.arguments["probs"], BFLOAT16)

    @property
    def _terms(self) -> RowTerms:
        """`RowTerms` of the kernel's classes and columns, in its arithmetic."""
        given = self.kernel.arguments
        return RowTerms(self.kernel, self.arithmetic, given["K"], given["width"])

    @property
    def _count(self) -> Value:
        """Number of columns of the features with the constant 1: p + 1."""
        return self.kernel.arguments["p"] + 1
