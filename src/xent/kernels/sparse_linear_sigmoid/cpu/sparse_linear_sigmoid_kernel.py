r"""
Sigmoid cross-entropy of a linear model on rows in CSR format: gradient, curvature, and Hessian products.

With the logit :math:`z = x \cdot w + b` of a row, its target t and weight a, the kernels add up over rows

- gradient: :math:`a\,\frac{d\ell}{dz} (x, 1)`, :math:`a\,\ell(z, t)` and :math:`c = a\,\sigma(z)\sigma(-z)`;
- curvature: :math:`c\,(x, 1)` and :math:`c\,x^2`, and it stores each row's c;
- product: :math:`c\,z\,(x, 1)` with the stored c, where the weights are those of a direction.

A tile of as many rows as a vector has lanes is read twice. First its logits are computed, number by number,
in chains of additions whose order is fixed; then exponential, value and slopes for all rows of the tile at
once; at last each number of the tile, still in the nearest cache, is added to its column. So X comes from
memory once, and no number of it is copied. Loads of weights and sums by column are single: gathers of a
vector take no less time on many processors.

A chunk of rows has its own memory for sums; the caller adds the chunks' sums in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.cpu.row_chunks import each_chunk, tile_weights
from xent.kernels.cpu.sigmoid_terms import sigmoid_terms
from xent.kernels.sparse_linear_sigmoid.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import (
    FLOAT64,
    Array,
    Format,
    Kernel,
    Value,
    fma,
    folded,
    select,
    splat,
)  # fmt: skip

__all__ = ["sparse_linear_sigmoid_kernel"]

_LANES = FLOAT64.lanes
# Chains of additions in a logit, for one alone would wait for each result.
_CHAINS = 4
# Numbers between one that is read and one that is prefetched, which takes a quarter off a product's time.
_AHEAD = 512


def sparse_linear_sigmoid_kernel(numbers: Format, columns: Format, starts: Format, *, task: str) -> Kernel:
    """
    Kernel over chunks of rows that adds the sums of each chunk to zeros; its arguments are `KernelArguments`.

    Parameters
    ----------
    numbers : Format
        Format in which the numbers of X are stored; all others, and the arithmetic, are in float64.
    columns, starts : Format
        Formats of integers in which those are stored.
    task : {"gradient", "curvature", "product"}
        Sums to compute, each with the rows' weights. For the gradient they are p of slope times number and 1
        of the slope, then value and curvature; for the curvature p of curvature times number and 1 of it,
        then p with the squares; for the product p and 1 of curvature times the logit of the direction. The
        kernel of the curvature also stores that of each row, which that of the product reads.
    """
    kernel = Kernel(f"sparse_linear_sigmoid_{task}", argument_types(KernelArguments, FLOAT64.compute))
    given = kernel.arguments
    # Numbers of any format are converted when they are read.
    stored = Format(numbers.name, numbers.stored, FLOAT64.compute, _LANES)
    formats = {"numbers": stored, "columns": columns, "starts": starts}
    names = ("numbers", "columns", "starts", "weights", "targets", "row_weights", "curvatures", "sums")
    arrays = {name: Array(kernel, given[name], formats.get(name, FLOAT64)) for name in names}
    with each_chunk(kernel) as (chunk, start, end):
        own = arrays | {"sums": arrays["sums"].after(chunk * given["width"])}
        _Chunk(kernel, own, end, task).add_up(start)
    return kernel


@dataclass(frozen=True)
class _Chunk:
    """
    Rows whose sums are computed together.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    arrays : dict of str to Array
        Arrays at the addresses among its arguments; `sums` those of this chunk.
    end : Value
        Row after the last.
    task : str
        Sums to compute, as `sparse_linear_sigmoid_kernel` says.
    """

    kernel: Kernel
    arrays: dict[str, Array]
    end: Value
    task: str

    def add_up(self, start: Value) -> None:
        """
        Write the code that adds the sums over the rows from `start` to before the field `end` to `sums`.

        `sums` must be 0 before: p columns, and for the curvature their p squares, are added to it; from p on
        the total of the factor is stored, for the gradient then value and curvature. All are times the rows'
        weights.
        """
        zero = splat(self.kernel.constant(0.0, FLOAT64.compute), _LANES)
        factors, logits = self._local(), self._local()
        totals = [self.kernel.variable(zero) for _ in range(3 if self.task == "gradient" else 1)]
        with self.kernel.loop(start, self.end, _LANES) as row:
            stop = row + _LANES
            stop = select(stop < self.end, stop, self.end)
            with self.kernel.loop(row, stop) as one:
                logits.store(one - row, self._logit(one))
            parts = self._of_tile(row, logits.load(self.kernel.constant(0), _LANES))
            for total, part in zip(totals, parts, strict=True):
                total.value = total.value + part
            factors.store(self.kernel.constant(0), parts[0])
            with self.kernel.loop(row, stop) as one:
                self._scatter(one, factors.load(one - row))
        for k, total in enumerate(totals):
            (number,) = folded((total.value,), lambda a, b: (a[0] + b[0],))
            self.arrays["sums"].store(self.kernel.arguments["p"] + k, number)

    def _local(self) -> Array:
        """Memory for a number of each row of a tile."""
        return Array(self.kernel, self.kernel.local_array(FLOAT64.compute, _LANES), FLOAT64)

    def _logit(self, row: Value) -> Value:
        """
        Logit of a row, with the intercept, or in the kernel of the product its change along the direction.

        A row without numbers has the intercept.
        """
        zero = self.kernel.constant(0.0, FLOAT64.compute)
        chains = [self.kernel.variable(zero) for _ in range(_CHAINS)]

        def add(place: Value, chain: int) -> None:
            if chain == 0:
                self.arrays["numbers"].prefetch(place + _AHEAD)
                self.arrays["columns"].prefetch(place + _AHEAD)
            weight = self.arrays["weights"].load(self.arrays["columns"].load(place))
            chains[chain].value = fma(self.arrays["numbers"].load(place), weight, chains[chain].value)

        self._each_number(row, add)
        values = [chain.value for chain in chains]
        return (values[0] + values[1]) + (values[2] + values[3]) + self.kernel.arguments["intercept"]

    def _of_tile(self, row: Value, logit: Value) -> list[Value]:
        """
        Factor of each row's numbers, and for the gradient also its value and its curvature; 0 beyond the end.

        `row` is the first row of the tile, `logit` has a lane for each. All are times the row's weight. The
        factor is the slope (derivative in the logit), for the curvature that itself (the second one), or for
        the product the stored curvature times `logit`; the kernel of the curvature stores its factor in
        `curvatures`.
        """
        is_row = self.kernel.lane_numbers(_LANES) < (self.end - row)
        if self.task == "product":
            curvature = self.arrays["curvatures"].load(row, _LANES, where=is_row)
            return [select(is_row, curvature * logit, 0.0)]
        target = self.arrays["targets"].load(row, _LANES, where=is_row)
        slope, value, curvature = sigmoid_terms(logit, target)
        weight = tile_weights(self.kernel, self.arrays["row_weights"], row, is_row)
        terms = [curvature] if self.task == "curvature" else [slope, value, curvature]
        weighted = [select(is_row, weight * term, 0.0) for term in terms]
        if self.task == "curvature":
            self.arrays["curvatures"].store(row, weighted[0], where=is_row)
        return weighted

    def _scatter(self, row: Value, factor: Value) -> None:
        """
        Add each number of a row times `factor` to `sums` at its column, and for the curvature also its
        square.

        The squares, times `factor` too, go to p further sums that begin at index p + 1. Several numbers of a
        row in one column add up, and so do their squares.
        """
        sums = self.arrays["sums"]
        squares = sums.after(self.kernel.arguments["p"] + 1)

        def add(place: Value, _: int) -> None:
            column, number = self.arrays["columns"].load(place), self.arrays["numbers"].load(place)
            # Stored at once, for a row may have several numbers in a column.
            sums.store(column, fma(number, factor, sums.load(column)))
            if self.task == "curvature":
                squares.store(column, fma(number * number, factor, squares.load(column)))

        self._each_number(row, add)

    def _each_number(self, row: Value, act: Callable[[Value, int], None]) -> None:
        """
        Write two loops that call `act` with the place of each number of a row, and with its chain, 0 to 3.

        The place is an index into the numbers of all rows. The chains take turns; the last numbers, fewer
        than four, all belong to chain 0. `act` emits code and is called five times.
        """
        first, last = self.arrays["starts"].load(row), self.arrays["starts"].load(row + 1)
        whole = first + ((last - first) & -_CHAINS)
        with self.kernel.loop(first, whole, _CHAINS) as place:
            for chain in range(_CHAINS):
                act(place + chain, chain)
        with self.kernel.loop(whole, last) as place:
            act(place, 0)
