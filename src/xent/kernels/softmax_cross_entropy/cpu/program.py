"""A kernel of softmax cross-entropy under construction: arguments by name, rows, and statistics of a row."""

from __future__ import annotations

from collections.abc import Callable

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import INT64, Array, Format, Kernel, Value, select

__all__ = ["Program"]


class Program:
    """
    A kernel of softmax cross-entropy that is being written.

    It goes through the rows from `first` to before `last`. What is one number for all rows, or for all
    classes, comes as an array of one with a step of 0.

    Parameters
    ----------
    name : str
        What it computes.
    numbers : Format
        What the logits are.
    gradient : bool
        Whether the gradient is wanted.
    """

    def __init__(self, name: str, numbers: Format, *, gradient: bool) -> None:
        self.format = numbers
        self.has_gradient = gradient
        types = argument_types(KernelArguments, numbers.compute)
        self.kernel = Kernel(f"{name}_{numbers.name}_{'gradient' if gradient else 'value'}", types)

    def __getitem__(self, name: str) -> Value:
        return self.kernel.arguments[name]

    def array(self, name: str, numbers: Format | None = None) -> Array:
        """The array of an argument; if not said otherwise, of the numbers that are calculated with."""
        return Array(self.kernel, self[name], numbers or self.format.arithmetic)

    def row_of(self, name: str, row: Value, numbers: Format | None = None) -> Array:
        """A row of the logits, or of another array of their shape, which may be in another format."""
        return self.array(name, numbers or self.format).after(row * self["K"])

    def scratch(self, row: Value) -> Array:
        """Memory for the exponentials of a row."""
        return self.array("scratch").after(row * self["scratch_step"])

    def next_row(self, row: Value) -> Callable[[Value], None]:
        """
        Asks for the next row's memory, vector by vector, while this one is computed with.

        The first pass over a row waits for memory and the second for the processor: so neither does.
        """
        logits, gradient = (self.row_of(name, row + 1) for name in ("logits", "gradient"))

        def ask(index: Value) -> None:
            logits.prefetch(index)
            if self.has_gradient:
                gradient.prefetch(index, for_writing=True)

        return ask

    def is_ignored(self, labels: Value) -> Value:
        """Which labels say that their row is left out."""
        return (labels == self["ignored"]) & (self["has_ignored"] != 0)

    def write_statistics(
        self, row: Value, value: Value, normaliser: Value, top: Value, *, where: Value | None = None
    ) -> None:
        """Write what there is one of in a row, as far as it is wanted; without a softmax there is no top."""
        # `normaliser` is nan just where there is no softmax.
        top = select(normaliser == normaliser, top, -1)  # noqa: PLR0124 - the test for nan
        outputs = (("values", None, value), ("normalisers", None, normaliser), ("tops", INT64, top))
        for name, numbers, result in outputs:
            array = self.array(name, numbers)
            with self.kernel.when(self.kernel.is_given(array.pointer)):
                array.store(row, result, where=where)
