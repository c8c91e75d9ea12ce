r"""
Cross-entropy under a sigmoid, number by number: value and gradient in one pass.

With the target :math:`t`, the weight :math:`q` of its positive part and :math:`u = 1 - t`,

.. math::

    \ell = (q t + u) \log(1 + e^{-|z|}) + |z| \cdot (u \text{ if } z > 0 \text{ else } q t), \qquad
    \frac{d\ell}{dz} = u\, \sigma(z) - q t\, \sigma(-z).

Both are arranged as in `xent.formulas.losses.sigmoid_cross_entropy`: no nearly equal numbers are subtracted.

Each number is read and written once, and no number depends on another: rows exist only so that threads can
share the work, and for the weights per column. The gradient is stored after the value, because it may replace
the logits.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from xent.kernels.cpu.arguments import Kind, argument_types, kinds_of
from xent.kernels.cpu.blocks import Blocks
from xent.kernels.cpu.exponential import exponential
from xent.kernels.cpu.logarithm import log1p
from xent.kernels.sigmoid_cross_entropy.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import Array, Format, Kernel, Value, select, splat

__all__ = ["sigmoid_kernel"]


def sigmoid_kernel(numbers: Format, of_targets: Format, *, value: bool, gradient: bool) -> Kernel:
    """
    Kernel for `total` numbers in rows of `K`, of which the last may be shorter; it takes `KernelArguments`.

    `numbers` is the format of logits and gradient, `of_targets` that of the targets; with `value` and
    `gradient` it writes the output of this name, and does not use the address of the other. With a positive
    weight for each column, `K` is the number of columns; with one weight for all, rows only divide the work.
    """
    kernel = Kernel(f"sigmoid_{numbers.name}", argument_types(KernelArguments, numbers.compute))
    formats = {"logits": numbers, "targets": of_targets, "gradient": numbers}
    arrays = {
        name: Array(kernel, kernel.arguments[name], formats.get(name, numbers.arithmetic))
        for name, kind in kinds_of(KernelArguments).items()
        if kind is Kind.ADDRESS
    }
    length = kernel.arguments["K"]
    with kernel.loop(kernel.arguments["first"], kernel.arguments["last"]) as row:
        start = row * length
        # Rows of fixed length do not divide the numbers evenly: the last one ends with them.
        left = kernel.arguments["total"] - start
        blocks = Blocks(kernel, select(left < length, left, length), numbers)
        step = _Step(kernel, arrays, start, numbers.lanes)
        blocks.each(functools.partial(step.write, value=value, gradient=gradient))
    return kernel


@dataclass(frozen=True)
class _Step:
    """
    Computation of a vector of one row.

    Parameters
    ----------
    kernel : Kernel
        Kernel being built.
    arrays : dict of str to Array
        Arrays at the addresses among its arguments.
    start : Value
        Index of the row's first number.
    lanes : int
        Numbers in a vector.
    """

    kernel: Kernel
    arrays: dict[str, Array]
    start: Value
    lanes: int

    def write(self, index: Value, where: Any, *, value: bool, gradient: bool) -> None:
        """
        Store the requested outputs of the vector at `index` of the row, in the lanes of the mask `where`.

        A mask of None stands for all lanes. `value` and `gradient` are True to store the cross-entropy in
        nats, with the positive weight of its column, and its derivative in the logit times the factor. The
        derivative is stored last, for it may replace the logits.
        """
        logit, *weights = self._read(index, where)
        is_above = logit > 0.0
        # exp(-|z|) is at most 1, so that neither side of the sigmoid overflows.
        below = select(is_above, -logit, logit)
        small = exponential(below, below.like(0.0))
        at = self.start + index
        if value:
            self.arrays["values"].store(at, _value(is_above, below, small, *weights), where=where)
        if gradient:
            factor = self._repeated("factors", at, "factor_step", where)
            self.arrays["gradient"].store(at, factor * _gradient(is_above, small, *weights), where=where)

    def _read(self, index: Value, where: Any) -> tuple[Value, Value, Value]:
        """
        Logits of the vector at `index`; targets times the positive weight; and 1 minus targets.

        Lanes outside the mask `where` are not read; None reads all.
        """
        logit, target = (
            self.arrays[name].load(self.start + index, self.lanes, where=where)
            for name in ("logits", "targets")
        )
        weight = self._repeated("positive_weights", index, "weight_step", where)
        return logit, target * weight, 1.0 - target

    def _repeated(self, name: str, index: Value, step: str, where: Any) -> Value:
        """
        Vector of the array `name` from `index` on, or its only number in all lanes.

        The latter is so if the argument `step` is 0. Lanes outside the mask `where` are not read.
        """
        # A vector is read in no lane where the array holds one number: it would reach beyond the array's end.
        is_vector = splat(self.kernel.arguments[step] != 0, self.lanes)
        mask = is_vector if where is None else is_vector & where
        first = self.arrays[name].load(self.kernel.constant(0))
        return select(is_vector, self.arrays[name].load(index, self.lanes, where=mask), first)


def _value(is_above: Value, below: Value, small: Value, positive: Value, negative: Value) -> Value:
    """
    Loss of one logit: minus the `positive` and `negative` mass, each times its log-probability.

    For the logit z, `is_above` is ``z > 0``, `below` is ``-abs(z)`` and `small` is ``exp(-abs(z))``.
    """
    share = select(is_above, negative, positive)
    # An infinite logit on the side of its target costs 0; `0 * inf` would be nan.
    distance = select(share == 0.0, 0.0, -(share * below))
    return distance + (positive + negative) * log1p(small)


def _gradient(is_above: Value, small: Value, positive: Value, negative: Value) -> Value:
    """
    ``negative * sigmoid(z) - positive * sigmoid(-z)``.

    For the logit z, `is_above` is ``z > 0`` and `small` is ``exp(-abs(z))``.
    """
    likely = 1.0 / (small + 1.0)
    # Not `1 - likely`, which has no digits left where the logit is large.
    unlikely = small * likely
    above, under = select(is_above, likely, unlikely), select(is_above, unlikely, likely)
    return negative * above - positive * under
