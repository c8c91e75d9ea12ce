"""
Cross-entropy of labels for rows of few classes: one lane of a vector per row.

A tile of as many rows as a vector has lanes is transposed into local memory of the call, a vector per class;
then a step for one class is a step for all rows of the tile, and no lane idles because a row has ended. The
steps:

1. fill: load squares of the rows, transpose, store a vector per class;
2. the largest logit and its class;
3. the exponentials, in place of the logits, and their sum without the largest; the numbers at the label are
   selected on the way, by a comparison in each lane;
4. the gradient in place of the exponentials, transposed back and stored.

The tile is read whole before any of its rows is written, so the gradient may be the logits. In the last tile,
lanes without a row are masked: they load zeros, compute, and store nothing. Ranges of rows begin at multiples
of a tile, so a row's lane, and thus its result, does not depend on the threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from xent.kernels.cpu.exact_difference import exact_difference, exact_sum
from xent.kernels.cpu.exponential import magnified_exponential, reduced
from xent.kernels.cpu.transposition import transposed
from xent.kernels.softmax_cross_entropy.arguments import MOST_CLASSES
from xent.kernels.softmax_cross_entropy.cpu.label_terms import LabelTerms
from xent.kernels.softmax_cross_entropy.cpu.program import Program
from xent.kernels.vector_code import (
    INT,
    INT64,
    Array,
    Format,
    Kernel,
    Value,
    convert,
    larger,
    select,
    splat,
)  # fmt: skip

__all__ = ["short_rows_kernel"]


def short_rows_kernel(numbers: Format, *, gradient: bool) -> Kernel:
    """
    Kernel of the cross-entropy of labels, with `gradient` also of its gradient, for at most 96 classes.

    `numbers` is the format of the logits. It takes `KernelArguments`, of which it does not read `targets`,
    `other_weights`, `kept`, `share` and `scratch`; each range of rows but the last must be a multiple of the
    lanes.
    """
    program = Program("short_rows", numbers, gradient=gradient)
    kernel = program.kernel
    memory = kernel.local_array(numbers.arithmetic.stored, (MOST_CLASSES + numbers.lanes) * numbers.lanes)
    with kernel.loop(program["first"], program["last"], numbers.lanes) as row:
        tile = _Tile(program, row, Array(kernel, memory, numbers.arithmetic))
        tile.fill(program.array("logits", numbers))
        _compute(tile)
        if gradient:
            tile.empty(program.array("gradient", numbers))
    return kernel


@dataclass(frozen=True)
class _Tile:
    """
    Rows of few classes, transposed: a vector per class, a lane per row.

    Parameters
    ----------
    program : Program
        Kernel being built.
    row : Value
        First row.
    vectors : Array
        Memory for a vector per class.
    """

    program: Program
    row: Value
    vectors: Array

    @property
    def lanes(self) -> int:
        """Rows in a tile."""
        return self.program.format.lanes

    @property
    def is_row(self) -> Value:
        """True for lanes that hold a row; in the last tile some do not."""
        return self._lane_numbers < self.narrow(self.program["last"] - self.row)

    def narrow(self, integer: Value) -> Value:
        """`integer`, a number or vector that must be small, in integers of the width of the floats."""
        wide = isinstance(self.program.format.compute, ir.DoubleType)
        return convert(integer, INT if wide else ir.IntType(32))

    def load(self, k: Value) -> Value:
        """Vector of class `k`, a lane for each row, in the type of the arithmetic."""
        return self.vectors.load(k * self.lanes, self.lanes)

    def store(self, k: Value, vector: Value) -> None:
        """Store the vector of class `k`."""
        self.vectors.store(k * self.lanes, vector)

    def each_class(self) -> Any:
        """Loop over the classes: a context manager that gives the number of the class."""
        return self.program.kernel.loop(self.program.kernel.constant(0), self.program["K"])

    def variable(self, number: Value | float) -> Any:
        """Variable with one number per row, which is `number` at first; a single number is repeated."""
        if not isinstance(number, Value):
            number = self.program.kernel.constant(number, self.program.format.compute)
        return self.program.kernel.variable(number if number.lanes else splat(number, self.lanes))

    def fill(self, source: Array) -> None:
        """
        Load the tile's rows from `source`, of shape (N, K), and store them transposed: a vector for each
        class.

        Rows beyond the last, and classes from K to the end of the last square (as many classes as lanes), are
        0.
        """

        def act(start: Value) -> None:
            rows = [source.load(at, self.lanes, where=mask) for at, mask in self._pieces(start)]
            for k, vector in enumerate(transposed(rows)):
                self.store(start + k, vector)

        self._by_squares(act)

    def empty(self, target: Array) -> None:
        """
        Transpose the tile back and store its rows in `target`, of shape (N, K).

        Rows beyond the last and lanes beyond K are not written.
        """

        def act(start: Value) -> None:
            rows = transposed([self.load(start + k) for k in range(self.lanes)])
            for (at, mask), row in zip(self._pieces(start), rows, strict=True):
                target.store(at, row, where=mask)

        self._by_squares(act)

    def _by_squares(self, act: Callable[[Value], None]) -> None:
        """
        Write the loop that calls `act` with the first class of each square.

        A square has as many classes as the tile has rows.
        """
        kernel = self.program.kernel
        with kernel.loop(kernel.constant(0), self.program["K"], self.lanes) as start:
            act(start)

    def _pieces(self, start: Value) -> list[tuple[Value, Value]]:
        """
        For each row of the tile, the index of its entry of class `start`, and a mask of lanes from there on.

        The index counts from the first number of all rows. The mask is True for lanes that are classes, as
        many as there are up to K; it is empty for a row beyond the last.
        """
        classes, left = self.program["K"], self.program["last"] - self.row
        # A row beyond the last has an empty mask: it loads zeros and stores nothing.
        zero = self.program.kernel.constant(0)
        is_class, none = (self._lane_numbers < self.narrow(end) for end in (classes - start, zero))
        places, place = [], self.row * classes + start
        for r in range(self.lanes):
            places.append((place, select(left > r, is_class, none)))
            place = place + classes
        return places

    @property
    def _lane_numbers(self) -> Value:
        """Numbers of the lanes, one row each, in the integer type of the tile."""
        kernel = self.program.kernel
        return kernel.lane_numbers(self.lanes, self.narrow(kernel.constant(0)).element)


def _compute(tile: _Tile) -> None:
    """
    Write the code for a tile of rows: outputs are stored, the logits in the tile replaced by the gradient.

    Outputs are loss, with class weight and z-loss, log-normaliser and argmax; the gradient has the row's
    factor. An ignored row has loss and gradient 0, log-normaliser nan and argmax -1; a label out of range, or
    a row without a softmax, makes all nan, and the argmax -1. Without a gradient the tile is left with the
    exponentials.
    """
    program = tile.program
    labels = program.array("labels", INT64).load(tile.row, tile.lanes, where=tile.is_row)
    is_class = (labels >= 0) & (labels < program["K"])
    # Replaced before it is narrowed: the low 32 bits of a label out of range might be a class.
    label = tile.narrow(select(is_class, labels, 0))
    is_ignored = program.is_ignored(labels)
    peak, top = _largest(tile)
    rest, found = _exponentials(tile, peak, top, label)
    terms = LabelTerms(
        peak,
        select(is_class, rest, float("nan")),
        found["logit"],
        label == top,
        found["weight"],
        splat(program["z_weight"], tile.lanes),
    )
    value, normaliser = terms.value()
    program.write_statistics(
        tile.row,
        select(is_ignored, 0.0, value),
        select(is_ignored, float("nan"), normaliser),
        convert(top, INT),
        where=tile.is_row,
    )
    if program.has_gradient:
        scale, at_label = terms.gradient(found["exponential"], _factor(tile), normaliser)
        with tile.each_class() as k:
            entry = select(label == tile.narrow(k), at_label, tile.load(k) * scale)
            # Selected, not multiplied: the logits of an ignored row may be nan.
            tile.store(k, select(is_ignored, 0.0, entry))


def _largest(tile: _Tile) -> tuple[Value, Value]:
    """
    Largest logit of each row, a lane a row, and its class, the first of tied classes; nan is ignored.

    A row of nan or ``-inf`` alone has ``-inf`` and class 0.
    """
    zero = tile.narrow(tile.program.kernel.constant(0))
    peak, top = tile.variable(float("-inf")), tile.variable(zero)
    with tile.each_class() as k:
        vector = tile.load(k)
        top.value = select(vector > peak.value, tile.narrow(k), top.value)
        peak.value = larger(vector, peak.value)
    return peak.value, top.value


def _exponentials(tile: _Tile, peak: Value, top: Value, label: Value) -> tuple[Value, dict[str, Value]]:
    """
    Replace the logits of the tile by exponentials relative to `peak`; their sum without the class `top`.

    `peak`, `top` and `label` have a lane for each row: its largest logit, the class of that, and the true
    class, or 0 for a label out of range. The second result holds ``"logit"``, ``"exponential"`` and the class
    weight, ``"weight"``, at the class `label`. The sum is nan for a row whose peak is infinite or that holds
    nan.
    """
    found = {name: tile.variable(0.0) for name in ("logit", "exponential", "weight")}
    total, lost = tile.variable(0.0), tile.variable(0.0)
    weights = tile.program.array("class_weights")
    with tile.each_class() as k:
        logit = tile.load(k)
        magnified = magnified_exponential(*exact_difference(logit, peak))
        power = reduced(magnified)
        tile.store(k, power)
        total.value, error = exact_sum(total.value, select(top == tile.narrow(k), 0.0, magnified))
        lost.value = lost.value + error
        here = {"logit": logit, "exponential": power, "weight": weights.load(k * tile.program["weight_step"])}
        # Selected on the way: a gather would need an address for each lane.
        for name, number in here.items():
            found[name].value = select(label == tile.narrow(k), number, found[name].value)
    # If the peak is infinite, make `rest` nan: `peak - peak` is nan there and 0 otherwise.
    rest = reduced(total.value + lost.value) + (peak - peak)
    return rest, {name: variable.value for name, variable in found.items()}


def _factor(tile: _Tile) -> Value:
    """Factor of the gradient for each row of a tile: one number for all rows if the step is 0."""
    program = tile.program
    factors, step = program.array("factors"), program["factor_step"]
    # With a step of 0 there is one number, and a vector would be read past its end.
    by_row = factors.load(tile.row * step, tile.lanes, where=tile.is_row & (step != 0))
    return select(step == 0, splat(factors.load(program.kernel.constant(0)), tile.lanes), by_row)
