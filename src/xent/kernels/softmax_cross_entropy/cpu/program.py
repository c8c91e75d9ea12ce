"""A kernel of softmax cross-entropy under construction: arguments by name, rows, and statistics of a row."""

from __future__ import annotations

from collections.abc import Callable

from xent.kernels.cpu.arguments import argument_types
from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments
from xent.kernels.vector_code import INT64, Array, Format, Kernel, Value, select

__all__ = ["Program"]


class Program:
    """
    A kernel of softmax cross-entropy under construction, for the rows from `first` to before `last`.

    ``program[name]`` is the argument of this name among `KernelArguments`.

    Parameters
    ----------
    name : str
        Name of the kernel.
    numbers : Format
        Format of the logits.
    gradient : bool
        True if the kernel writes the gradient.
    """

    def __init__(self, name: str, numbers: Format, *, gradient: bool) -> None:
        self.format = numbers
        self.has_gradient = gradient
        types = argument_types(KernelArguments, numbers.compute)
        self.kernel = Kernel(f"{name}_{numbers.name}_{'gradient' if gradient else 'value'}", types)

    def __getitem__(self, name: str) -> Value:
        return self.kernel.arguments[name]

    def array(self, name: str, numbers: Format | None = None) -> Array:
        """
        Array at the address of the argument `name`, in the format `numbers`.

        None means the format of the arithmetic.
        """
        return Array(self.kernel, self[name], numbers or self.format.arithmetic)

    def row_of(self, name: str, row: Value, numbers: Format | None = None) -> Array:
        """
        Row number `row` of the argument `name`, of shape (N, K), in the format `numbers`.

        None means the format of the logits.
        """
        return self.array(name, numbers or self.format).after(row * self["K"])

    def scratch(self, row: Value) -> Array:
        """Memory for the exponentials of a row, in the format of the arithmetic."""
        return self.array("scratch").after(row * self["scratch_step"])

    def next_row(self, row: Value) -> Callable[[Value], None]:
        """
        Function of a vector's index that writes the prefetch of this vector of the row after `row`.

        The gradient of the next row, if the program has one, is prefetched with its logits; after the last
        row addresses beyond the end are asked for, which is harmless. The first pass over a row is bound by
        memory, the second by arithmetic: prefetching overlaps them.
        """
        logits, gradient = (self.row_of(name, row + 1) for name in ("logits", "gradient"))

        def ask(index: Value) -> None:
            logits.prefetch(index)
            if self.has_gradient:
                gradient.prefetch(index, for_writing=True)

        return ask

    def is_ignored(self, labels: Value) -> Value:
        """Mask of the `labels` that equal `ignored`; False throughout if `has_ignored` is 0."""
        return (labels == self["ignored"]) & (self["has_ignored"] != 0)

    def write_statistics(
        self, row: Value, value: Value, normaliser: Value, top: Value, *, where: Value | None = None
    ) -> None:
        """
        Store `value`, `normaliser` and `top` at index `row` of the outputs whose address is not 0.

        They are the loss, the log-normaliser and the argmax, which is stored as -1 where the log-normaliser
        is nan. For a vector of rows from `row` on, only the lanes of the mask `where` are stored; None stores
        all.
        """
        # `normaliser` is nan exactly if the row has no softmax.
        top = select(normaliser == normaliser, top, -1)  # noqa: PLR0124 - the test for nan
        outputs = (("values", None, value), ("normalisers", None, normaliser), ("tops", INT64, top))
        for name, numbers, result in outputs:
            array = self.array(name, numbers)
            with self.kernel.when(self.kernel.is_given(array.pointer)):
                array.store(row, result, where=where)
