r"""
Sigmoid cross-entropy of a linear model, and its gradient or a product with its Hessian, in one read of X.

With the logit :math:`z = x \cdot w + b`, the target t and the row's weight a, a kernel adds up

.. math::

    a\,\ell(z, t), \qquad a\,\frac{d\ell}{dz} (x, 1), \qquad a\,\sigma(z)\,\sigma(-z),

where the kernel of a product has :math:`a\,\sigma(z)\,\sigma(-z)\,(x \cdot d + d_0)` in place of the slope
:math:`a\,d\ell/dz`.

X is read in tiles of as many rows as a vector has lanes. A tile's logits are dot products, a vector of
partial sums per row; these vectors are transposed and added up, which leaves a lane per row. Exponential,
value and slopes are then computed for all rows of the tile at once. The tile is still in the nearest cache
when its rows are added to the gradient, each times its slope. So each number of X comes from memory once.

A chunk of rows has its own memory for sums; the caller adds the chunks' sums in their order. Threads share
the chunks, which depend on the shape of X alone, so the result does not depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xent.kernels.cpu.arguments import Kind, argument_types, kinds_of
from xent.kernels.cpu.row_chunks import counts, each_chunk, each_vector, tile_weights
from xent.kernels.cpu.sigmoid_terms import sigmoid_terms
from xent.kernels.cpu.transposition import transposed
from xent.kernels.linear_sigmoid.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import (
    FLOAT64,
    Array,
    Format,
    Kernel,
    Value,
    Variable,
    fma,
    folded,
    select,
    shuffled,
    splat,
)  # fmt: skip

__all__ = ["linear_sigmoid_kernel"]

_LANES = FLOAT64.lanes
# Tiles between one that is read and one that is prefetched, for short rows and for long ones. Rows of a tile
# end too soon for the processor to foresee what is read next: without prefetching a pass takes twice as long.
_AHEAD, _AHEAD_OF_LONG, _LONG = 3, 1, 512


def linear_sigmoid_kernel(features: Format, *, product: bool, centred: bool) -> Kernel:
    """
    Kernel over chunks of rows that writes p + 3 sums for each chunk; its arguments are `KernelArguments`.

    The sums, over the chunk's rows times their weights, are p of slope times feature, then slope, value and
    curvature: the loss and its first and second derivative in the logit.

    Parameters
    ----------
    features : Format
        Format in which X is stored; all other numbers, and the arithmetic, are in float64.
    product : bool
        True for the kernel of the Hessian times a direction, in which curvature times the logit of the
        direction takes the place of the slope; False for that of the gradient.
    centred : bool
        True to subtract `centre` from each row of X; False not to read `centre`.
    """
    name = f"linear_sigmoid_{'product' if product else 'gradient'}"
    kernel = Kernel(name, argument_types(KernelArguments, FLOAT64.compute))
    given = kernel.arguments
    # Features of any format are converted when they are read: arithmetic is in float64.
    stored = Format(features.name, features.stored, FLOAT64.compute, _LANES)
    with each_chunk(kernel) as (chunk, start, end):
        arrays = {
            name: Array(kernel, given[name], FLOAT64)
            for name, kind in kinds_of(KernelArguments).items()
            if kind is Kind.ADDRESS
        }
        arrays["sums"] = arrays["sums"].after(chunk * (given["p"] + 3))
        arrays["features"] = Array(kernel, given["features"], stored)
        _Chunk(kernel, arrays, end, product=product, centred=centred).add_up(start)
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
    product, centred : bool
        True to multiply the curvature by a direction; True to subtract `centre` from the features.
    """

    kernel: Kernel
    arrays: dict[str, Array]
    end: Value
    product: bool
    centred: bool

    def add_up(self, start: Value) -> None:
        """
        Write the code that stores the p + 3 sums over the rows from `start` to before the field `end` in
        `sums`.

        They are, each times the row's weight, slope times feature for each feature, then slope, value and
        curvature: the loss and its two derivatives in the logit. In the kernel of a product, curvature times
        the logit of the direction takes the place of the slope. What `sums` holds before is overwritten.
        """
        zero = splat(self.kernel.constant(0.0, FLOAT64.compute), _LANES)
        each_vector(self.kernel, _LANES, lambda j, where: self.arrays["sums"].store(j, zero, where=where))
        totals = [self.kernel.variable(zero) for _ in range(3)]
        with (
            self.kernel.loop(start, self.end, _LANES) as row,
            self.kernel.when(counts(self.kernel, self.arrays["row_weights"], row, self._is_row(row))),
        ):
            rows = self._rows(row)
            parts = self._of_tile(row, rows)
            for total, part in zip(totals, parts, strict=True):
                total.value = total.value + part
            self._add_features(rows, parts[0])
        for k, total in enumerate(totals):
            (number,) = folded((total.value,), lambda a, b: (a[0] + b[0],))
            self.arrays["sums"].store(self.kernel.arguments["p"] + k, number)

    def _rows(self, row: Value) -> list[Value]:
        """
        Index in X of the first number of each row of the tile that begins with `row`, one for each lane.

        Beyond the end of the chunk the last row is repeated.
        """
        last = self.end - 1
        places = []
        for r in range(_LANES):
            at = row + r
            places.append(select(at < self.end, at, last) * self.kernel.arguments["p"])
        return places

    def _of_tile(self, row: Value, rows: list[Value]) -> tuple[Value, Value, Value]:
        """
        Factor of each row's features, its value and its curvature, a lane a row, times the row's weight.

        `row` is the first row of the tile, `rows` hold the index in X of each row's first number. The factor
        is the slope, the derivative in the logit, or in the kernel of a product the curvature times the logit
        of the direction. Lanes beyond the end of the chunk are 0.
        """
        logit, *along = self._logits(rows)
        is_row = self._is_row(row)
        target = self.arrays["targets"].load(row, _LANES, where=is_row)
        slope, value, curvature = sigmoid_terms(logit, target)
        factor = curvature * along[0] if along else slope
        weight = tile_weights(self.kernel, self.arrays["row_weights"], row, is_row)
        weighted = [select(is_row, weight * number, 0.0) for number in (factor, value, curvature)]
        return weighted[0], weighted[1], weighted[2]

    def _logits(self, rows: list[Value]) -> list[Value]:
        """
        Logits of the rows of a tile, one row a lane, in one vector; in the kernel of a product two vectors.

        `rows` hold the index in X of each row's first number. A logit is the product of features, less the
        centre if there is one, and `point`, plus the intercept; the second vector has `direction` in the
        place of `point`, with its own intercept.
        """
        names = ["point", "direction"] if self.product else ["point"]
        zero = splat(self.kernel.constant(0.0, FLOAT64.compute), _LANES)
        p = self.kernel.arguments["p"]
        ahead = select(p < _LONG, p * (_AHEAD * _LANES), p * (_AHEAD_OF_LONG * _LANES))
        sums: list[list[Variable]] = [[self.kernel.variable(zero) for _ in rows] for _ in names]

        def act(j: Value, where: Any) -> None:
            weights = [self.arrays[name].load(j, _LANES, where=where) for name in names]
            for place in rows:
                self.arrays["features"].prefetch(place + j + ahead)
            for r, features in enumerate(self._features(rows, j, where)):
                for k, weight in enumerate(weights):
                    sums[k][r].value = fma(features, weight, sums[k][r].value)

        each_vector(self.kernel, _LANES, act)
        intercepts = ["intercept", "direction_intercept"]
        return [
            _sum_of(transposed([one.value for one in of_rows])) + self.kernel.arguments[intercept]
            for of_rows, intercept in zip(sums, intercepts, strict=False)
        ]

    def _add_features(self, rows: list[Value], factors: Value) -> None:
        """
        Write the code that adds the features of a tile's rows, each times its lane of `factors`, to `sums`.

        The p features, less the centre if there is one, go to the first p numbers. `rows` hold the index in X
        of each row's first number; a row beyond the end must have the factor 0.
        """
        repeated = [shuffled(factors, factors, [r] * _LANES) for r in range(_LANES)]

        def act(j: Value, where: Any) -> None:
            features = self._features(rows, j, where)
            # Two chains of additions, for one alone would wait for each result.
            chains = [self.arrays["sums"].load(j, _LANES, where=where), repeated[0] * features[0]]
            for r in range(1, _LANES):
                chains[r % 2 - 1] = fma(features[r], repeated[r], chains[r % 2 - 1])
            self.arrays["sums"].store(j, chains[0] + chains[1], where=where)

        each_vector(self.kernel, _LANES, act)

    def _features(self, rows: list[Value], j: Value, where: Any) -> list[Value]:
        """
        One vector for each row of a tile: its features from number `j` on, less the centre if there is one.

        `rows` hold the index in X of each row's first number. Lanes outside the mask `where` hold 0; None
        reads all lanes.
        """
        read = [self.arrays["features"].load(place + j, _LANES, where=where) for place in rows]
        if not self.centred:
            return read
        centre = self.arrays["centre"].load(j, _LANES, where=where)
        return [features - centre for features in read]

    def _is_row(self, row: Value) -> Value:
        """Mask of the lanes of the tile from `row` on that are rows of the chunk."""
        return self.kernel.lane_numbers(_LANES) < (self.end - row)


def _sum_of(vectors: list[Value]) -> Value:
    """Sum of `vectors`, whose number is a power of two, by halving; a vector, lane by lane."""
    while len(vectors) > 1:
        half = len(vectors) // 2
        vectors = [a + b for a, b in zip(vectors[:half], vectors[half:], strict=True)]
    return vectors[0]
