"""
One pass over hidden states in chunks of rows: logits, their loss, their gradient, the gradients of all else.

The logits of a chunk become their gradient in place; only those of one chunk are ever there. With gradients
that is three matrix products for each chunk, without them one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.torch.linear_cross_entropy.adjustment import Adjustment
from xent.torch.linear_cross_entropy.chunks import Chunking, rows_at_once, sums_are_wide
from xent.torch.linear_cross_entropy.label_logits import LabelLogits
from xent.torch.linear_cross_entropy.products import Logits
from xent.torch.linear_cross_entropy.targets import Truth
from xent.torch.memory import in_memory, new_memory

__all__ = ["Gradients", "Operands", "gradients", "values", "values_and_gradients"]


class Operands(NamedTuple):
    """
    What logits are made of: ``input @ linear_weight.T + linear_bias``.

    Parameters
    ----------
    input : Tensor of shape (N, D)
        Hidden states.
    linear_weight : Tensor of shape (C, D)
        Of the dtype of the input.
    linear_bias : Tensor of shape (C,), or None
        Of the dtype of the input.
    """

    input: Tensor
    linear_weight: Tensor
    linear_bias: Tensor | None


class Gradients(NamedTuple):
    """Gradients of a sum of losses in the `Operands`, as far as they are wanted."""

    input: Tensor | None
    linear_weight: Tensor | None
    linear_bias: Tensor | None


class _Chunk(NamedTuple):
    """Rows that are in work: which they are, and their hidden states."""

    rows: slice | Tensor
    input: Tensor


def values(operands: Operands, truth: Truth, adjustment: Adjustment, chunking: Chunking) -> Tensor:
    """Cross-entropy of each row in nats, in 32 bits or more; 0 for rows that are left out."""
    return _Pass(operands, truth, adjustment, chunking).losses(None)


def gradients(
    operands: Operands,
    truth: Truth,
    adjustment: Adjustment,
    chunking: Chunking,
    *,
    factor: Tensor | float,
    wanted: tuple[bool, ...],
) -> Gradients:
    """Gradients of the sum of losses times `factor`, which is one number or one for each row."""
    return values_and_gradients(operands, truth, adjustment, chunking, factor=factor, wanted=wanted)[1]


def values_and_gradients(
    operands: Operands,
    truth: Truth,
    adjustment: Adjustment,
    chunking: Chunking,
    *,
    factor: Tensor | float,
    wanted: tuple[bool, ...],
) -> tuple[Tensor, Gradients]:
    """`values` and `gradients`, of which those not `wanted` are not computed."""
    sums = _Sums(operands, truth, chunking, factor, wanted)
    return _Pass(operands, truth, adjustment, chunking).losses(sums), sums.gradients()


class _Pass:
    """
    All chunks, one after the other.

    Parameters
    ----------
    operands : Operands
        What logits are made of.
    truth : Truth
        What they are compared with, and which rows are read.
    adjustment : Adjustment
        What is done to them before.
    chunking : Chunking
        How many rows are in work at once.
    """

    def __init__(self, operands: Operands, truth: Truth, adjustment: Adjustment, chunking: Chunking) -> None:
        hidden, weight, bias = operands
        self.operands, self.truth, self.adjustment = operands, truth, adjustment
        row_bytes = weight.shape[0] * (
            hidden.dtype.itemsize + truth.bytes_a_class + adjustment.bytes_a_class(hidden.dtype)
        )
        self.total = hidden.shape[0] if truth.rows_read is None else truth.rows_read.numel()
        self.count = rows_at_once(hidden.shape[0], hidden.shape[1], hidden.dtype, row_bytes, chunking)
        self.logits = Logits(weight, bias, min(self.count, self.total))
        self.at_labels = _label_logits(operands, truth, adjustment)

    def losses(self, sums: _Sums | None) -> Tensor:
        """Loss of each row; what its gradient contributes is added to the `sums`, if there are any."""
        hidden = self.operands.input
        dtype = torch.float64 if hidden.dtype is torch.float64 else torch.float32
        result = torch.zeros(hidden.shape[0], dtype=dtype)
        for chunk in self._chunks():
            result[chunk.rows] = self._losses(chunk, sums)
        return result if self.at_labels is None else self.at_labels.corrected(result)

    def _chunks(self) -> Iterator[_Chunk]:
        """Chunks of the rows that are read."""
        hidden, read = self.operands.input, self.truth.rows_read
        for first in range(0, self.total, self.count):
            part = slice(first, min(first + self.count, self.total))
            rows = part if read is None else read[part]
            yield _Chunk(rows, hidden[rows])

    def _losses(self, chunk: _Chunk, sums: _Sums | None) -> Tensor:
        truth, adjustment = self.truth, self.adjustment
        given = self.logits.of(chunk.input)
        if self.at_labels is not None:
            self.at_labels.read(chunk.rows, given)
        logits, slope = adjustment.apply(given, keeps_slope=sums is not None)
        memory, true = in_memory(logits), truth.of_rows(chunk.rows, logits)
        if sums is None:
            return torch.from_numpy(kernels.value(memory, true, z_weight=truth.z_loss))
        factor = sums.factor(chunk.rows)
        losses = kernels.value_and_gradient(memory, true, memory, factor=factor, z_weight=truth.z_loss)
        adjustment.pull_back(logits, slope, into=given)
        sums.add(chunk, given)
        return torch.from_numpy(losses)


def _label_logits(operands: Operands, truth: Truth, adjustment: Adjustment) -> LabelLogits | None:
    """For 16 bits, where the loss is that of a label alone."""
    if operands.input.dtype.itemsize < 4 and truth.is_plain and adjustment.is_nothing:
        return LabelLogits(*operands, truth.target)
    return None


class _Sums:
    """
    Gradients, summed over chunks.

    Parameters
    ----------
    operands : Operands
        What they are gradients in.
    truth : Truth
        Which rows are read; the gradient in others is 0.
    chunking : Chunking
        In what a weight's is summed.
    factor : Tensor or float
        What each row's is multiplied by.
    wanted : tuple of bool
        Which are.
    """

    def __init__(
        self,
        operands: Operands,
        truth: Truth,
        chunking: Chunking,
        factor: Tensor | float,
        wanted: tuple[bool, ...],
    ) -> None:
        hidden, weight, _ = operands
        self._weight, self._factor = weight, factor
        all_read = truth.rows_read is None
        new = torch.empty if all_read else torch.zeros
        self.of_input = new(hidden.shape, dtype=hidden.dtype) if wanted[0] else None
        is_wide = sums_are_wide(hidden.shape[0], hidden.shape[1], hidden.dtype, chunking)
        wide = torch.float32 if is_wide else hidden.dtype
        self.of_weight = new_memory(weight.shape, wide) if wanted[1] else None
        more = torch.float64 if hidden.dtype is torch.float64 else torch.float32
        self.of_bias = torch.zeros(weight.shape[0], dtype=more) if wanted[2] else None
        self.is_empty = True

    def factor(self, rows: slice | Tensor) -> NDArray[Any] | float:
        """The factor of some rows."""
        return in_memory(self._factor[rows]) if isinstance(self._factor, Tensor) else self._factor

    def add(self, chunk: _Chunk, gradient: Tensor) -> None:
        """Add what a chunk contributes: the `gradient` in its logits times what they were made of."""
        if self.of_input is not None and isinstance(chunk.rows, slice):
            torch.mm(gradient, self._weight, out=self.of_input[chunk.rows])
        elif self.of_input is not None:
            self.of_input[chunk.rows] = torch.mm(gradient, self._weight)
        if self.of_weight is not None:
            self._add_to_weight(self.of_weight, chunk.input, gradient)
        if self.of_bias is not None:
            self.of_bias += gradient.sum(0, dtype=self.of_bias.dtype)
        self.is_empty = False

    def _add_to_weight(self, sums: Tensor, input: Tensor, gradient: Tensor) -> None:
        if sums.dtype is not input.dtype:
            product = torch.mm(gradient.T, input)
            sums.copy_(product) if self.is_empty else sums.add_(product)
        elif self.is_empty:
            torch.mm(gradient.T, input, out=sums)
        else:
            sums.addmm_(gradient.T, input)

    def gradients(self) -> Gradients:
        """The sums, in the dtype of the operands."""
        dtype = self._weight.dtype
        if self.of_weight is not None and self.is_empty:
            self.of_weight.zero_()
        return Gradients(
            self.of_input,
            None if self.of_weight is None else self.of_weight.to(dtype),
            None if self.of_bias is None else self.of_bias.to(dtype),
        )
