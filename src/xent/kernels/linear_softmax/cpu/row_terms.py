r"""
Softmax of the rows of a tile, and what its cross-entropy contributes to a sum, row by row.

Logits, probabilities and factors are matrices of eight rows in memory, in whole vectors: columns beyond the
classes hold logits whose exponentials are 0. The largest probability of a row is *marked* by its sign: it is
stored as a negative number, so that later sweeps find it. Equal largest ones are all marked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from xent.kernels.cpu.exponential import exponential
from xent.kernels.vector_code import (
    FLOAT64,
    INT,
    Array,
    Format,
    Kernel,
    Value,
    absolute,
    bits,
    convert,
    folded,
    larger,
    select,
    splat,
)  # fmt: skip

__all__ = ["RowTerms"]


@dataclass(frozen=True)
class RowTerms:
    """
    Terms of a row of K classes.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    format : Format
        Format of all numbers but packed probabilities: that of the arithmetic.
    K, width : Value
        Number of classes, and of columns: whole vectors.
    """

    kernel: Kernel
    format: Format
    K: Value
    width: Value

    def softmax(self, logits: Array, out: Array) -> None:
        """
        Write the probabilities of a row of `logits` to `out`, which may be the same, the largest as negative.

        All equal largest ones are negative: so they are marked for later sweeps. Columns beyond the classes
        hold logits whose exponentials are 0, and get 0.
        """
        _, rest, count = self._exponentials(logits, out)
        scale = splat(1.0 / (count + rest), self.format.lanes)

        def act(k: Value) -> None:
            # The largest exponential is 1, and no other is.
            power = out.load(k, self.format.lanes)
            out.store(k, select(power == 1.0, -(power * scale), power * scale))

        self._each_vector(act)

    def unpack(self, packed: Array, out: Array) -> None:
        """
        Write the probabilities of a row of K `packed` ones, in bfloat16, to `out`, the largest as negative.

        The packed largest ones are -0: they share equally, each as a negative number, what the sum of the
        others leaves of 1, at least 0. Columns beyond the classes get 0.
        """
        zero = self._vector(0.0)
        rest, count = self.kernel.variable(zero), self.kernel.variable(zero)

        def add(k: Value) -> None:
            prob = packed.load(k, where=self._is_class(k))
            out.store(k, prob)
            rest.value = rest.value + prob
            count.value = count.value + select(_is_marked(prob), self._vector(1.0), 0.0)

        self._each_vector(add)
        # Rounding up can make the others more than 1 where all are tiny.
        left = larger(1.0 - _total(rest.value), _total(zero))
        largest = splat(-(left / _total(count.value)), self.format.lanes)

        def fill(k: Value) -> None:
            prob = out.load(k, self.format.lanes)
            out.store(k, select(_is_marked(prob), largest, prob))

        self._each_vector(fill)

    def pack(self, probs: Array, packed: Array) -> None:
        """Write a row of marked `probs` to K `packed` ones, rounded to nearest; for marked ones -0."""

        def act(k: Value) -> None:
            prob = probs.load(k, self.format.lanes)
            packed.store(k, select(_is_marked(prob), -0.0, prob), where=self._is_class(k))

        self._each_vector(act)

    def unmark(self, probs: Array, out: Array, weight: Value) -> None:
        """
        Make the largest probabilities of a row of `probs`, stored as negative numbers, positive, in place.

        All probabilities of the row, times `weight`, are written to `out`.
        """

        def act(k: Value) -> None:
            prob = absolute(probs.load(k, self.format.lanes))
            probs.store(k, prob)
            out.store(k, prob * weight)

        self._each_vector(act)

    def curve(self, probs: Array, directions: Array, weight: Value) -> None:
        r"""
        Replace a row of `directions` v by ``weight`` times its product with the curvature of the softmax.

        That is :math:`p_k (v_k - \bar v)` with the mean :math:`\bar v` under the probabilities p. `probs`,
        which stay, hold p with the largest as negative numbers. Differences from the direction of the largest
        come first: its own curvature, of a confident row, is then a sum without cancellation.
        """
        lanes = self.format.lanes
        top = self.kernel.variable(self._vector(float("-inf")))

        def find(k: Value) -> None:
            at_largest = select(_is_marked(probs.load(k, lanes)), directions.load(k, lanes), float("-inf"))
            top.value = larger(top.value, at_largest)

        self._each_vector(find)
        reference = splat(_largest(top.value), lanes)
        mean = self.kernel.variable(self._vector(0.0))

        def add(k: Value) -> None:
            apart = directions.load(k, lanes) - reference
            mean.value = mean.value + absolute(probs.load(k, lanes)) * apart

        self._each_vector(add)
        shift, factor = (splat(number, lanes) for number in (_total(mean.value), weight))

        def write(k: Value) -> None:
            # Not less their sum, which would round the shift of a confident row away.
            apart = (directions.load(k, lanes) - reference) - shift
            directions.store(k, factor * absolute(probs.load(k, lanes)) * apart)

        self._each_vector(write)

    def slopes(self, logits: Array, code: Value, weight: Value) -> tuple[Value, Value]:
        """
        Replace a row of `logits` by the slopes of its cross-entropy, times `weight`; two parts of the value.

        The row has `width` numbers; columns behind the K classes are overwritten too, and their exponentials
        must be 0. Slopes are the derivatives in the logits. The value in nats, without the weight, is the
        first part plus ``log1p`` of the second. The slope at the class `code`, which is not checked, is minus
        the sum of the other probabilities, not its own less 1.
        """
        lanes = self.format.lanes
        target = logits.load(code)
        true_class = splat(convert(code, self._integer), lanes)
        others = self.kernel.variable(self._vector(0.0))

        def add(k: Value, power: Value) -> None:
            others.value = others.value + select(self._numbers(k) == true_class, 0.0, power)

        peak, rest, count = self._exponentials(logits, logits, add)
        scale = splat(weight / (count + rest), lanes)
        missing = splat(-_total(others.value), lanes)

        def write(k: Value) -> None:
            is_true = self._numbers(k) == true_class
            logits.store(k, scale * select(is_true, missing, logits.load(k, lanes)))

        self._each_vector(write)
        return peak - target, (count - 1.0) + rest

    def _exponentials(
        self, logits: Array, out: Array, see: Callable[[Value, Value], None] | None = None
    ) -> tuple[Value, Value, Value]:
        """
        Write ``exp(logit - peak)`` for each of a row of `logits` to `out`, which may be the same.

        The row is `width` numbers; those behind the K classes must be so low that their exponentials are 0.
        Returns the peak, the sum of the exponentials of the logits below it, nan if a logit is, and the
        number of logits that equal it. The exponentials of these are 1, or nan if the peak is infinite.
        `see`, unless it is None, is called once, in the loop over vectors, with the index and the
        exponentials of a vector, to emit code.
        """
        lanes = self.format.lanes
        top = self.kernel.variable(logits.load(self.kernel.constant(0), lanes))

        def find(k: Value) -> None:
            top.value = larger(top.value, logits.load(k, lanes))

        self._each_vector(find, first=lanes)
        peak = _largest(top.value)
        rest, count = (self.kernel.variable(self._vector(0.0)) for _ in range(2))

        def add(k: Value) -> None:
            logit = logits.load(k, lanes)
            power = exponential(logit - peak, logit.like(0.0))
            out.store(k, power)
            is_peak = logit == peak
            rest.value = rest.value + select(is_peak, 0.0, power)
            count.value = count.value + select(is_peak, self._vector(1.0), 0.0)
            if see is not None:
                see(k, power)

        self._each_vector(add)
        return peak, _total(rest.value), _total(count.value)

    def _each_vector(self, act: Callable[[Value], None], first: int = 0) -> None:
        """
        Write a loop that calls `act`, once, to emit code, with the index of each vector of a row from `first`
        on.
        """
        with self.kernel.loop(self.kernel.constant(first), self.width, self.format.lanes) as k:
            act(k)

    def _is_class(self, k: Value) -> Value:
        """Mask of the lanes of the vector at `k` that are classes."""
        return self.kernel.lane_numbers(self.format.lanes) < (self.K - k)

    def _numbers(self, k: Value) -> Value:
        """Vector of the column numbers of the lanes of the vector at column `k`."""
        return self.kernel.lane_numbers(self.format.lanes, self._integer) + convert(k, self._integer)

    @property
    def _integer(self) -> Any:
        """Integers as wide as the floats, so that masks take as many registers."""
        return INT if self.format is FLOAT64 else ir.IntType(32)

    def _vector(self, number: float) -> Value:
        """Vector with `number` in each lane."""
        return splat(self.kernel.constant(number, self.format.compute), self.format.lanes)


def _is_marked(probs: Value) -> Value:
    """Mask of the lanes whose sign bit is set."""
    return bits(probs) < 0


def _total(vector: Value) -> Value:
    """Sum of the lanes of a vector, a single number."""
    (number,) = folded((vector,), lambda a, b: (a[0] + b[0],))
    return number


def _largest(vector: Value) -> Value:
    """Largest lane of a vector, a single number."""
    (number,) = folded((vector,), lambda a, b: (larger(a[0], b[0]),))
    return number
