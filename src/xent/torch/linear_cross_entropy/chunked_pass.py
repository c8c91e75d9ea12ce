"""
One pass over hidden states in chunks of rows: logits, their loss, their gradient, the gradients of all else.

The memory of one chunk of logits is reused by all chunks, and within a chunk the gradient overwrites the
logits, so never more than one chunk of either exists::

    for each chunk of rows that are not ignored
        logits   = input[rows] @ linear_weight.T + linear_bias     product 1
        logits   = capped, scaled, masked, in place
        losses[rows], gradient = kernel(logits, target[rows])      the gradient overwrites the logits
        gradient = pulled back through mask, scale and cap, in place
        of_input[rows] = gradient @ linear_weight                  product 2, if wanted
        of_weight     += gradient.T @ input[rows]                  product 3, if wanted
        of_bias       += sum of the rows of gradient               if wanted

Products 2 and 3 read the gradient before the next chunk overwrites it; both write memory of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.torch.cross_entropy.plain_labels import are_plain, plain_labels
from xent.torch.linear_cross_entropy.adjustment import (
    adjust_in_place,
    adjustment_bytes_per_class,
    pull_back,
)
from xent.torch.linear_cross_entropy.chunks import Logits, rows_at_once, sums_are_wide
from xent.torch.linear_cross_entropy.label_logits import LabelLogits
from xent.torch.linear_cross_entropy.request import (
    LinearRequest,
    rows_read,
    target_bytes_per_class,
    target_of_rows,
)
from xent.torch.memory import in_memory, new_memory

__all__ = ["Chunk", "Gradients", "Sums", "gradients", "values", "values_and_gradients"]


class Gradients(NamedTuple):
    """Gradients of a sum of losses in the operands of the product; None for those not wanted."""

    input: Tensor | None
    linear_weight: Tensor | None
    linear_bias: Tensor | None


class Chunk(NamedTuple):
    """Chunk being computed: its row numbers and its hidden states."""

    rows: slice | Tensor
    input: Tensor


def values(request: LinearRequest) -> Tensor:
    """
    Cross-entropy of each row in nats, (N,), in 32 bits or more, with class weights, smoothing and z-loss.

    It is 0 for ignored rows, and nan for a label out of range and in a row without a softmax.
    """
    return _Pass(request, rows_read(request)).losses(None)


def gradients(request: LinearRequest, *, factor: Tensor | float, wanted: tuple[bool, ...]) -> Gradients:
    """
    Gradients of the sum of losses times `factor`, which is one number or one for each row, (N,).

    `wanted` has a flag for input, weight and bias; a gradient not wanted is None.
    """
    return values_and_gradients(request, factor=factor, wanted=wanted)[1]


def values_and_gradients(
    request: LinearRequest, *, factor: Tensor | float, wanted: tuple[bool, ...]
) -> tuple[Tensor, Gradients]:
    """Pair of `values` and `gradients`, in one pass."""
    read = rows_read(request)
    sums = Sums(request, factor, wanted, all_read=read is None)
    return _Pass(request, read).losses(sums), sums.gradients()


class _Pass:
    """
    Loop over all chunks.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    read : Tensor or None
        Rows that are not ignored; None for all.
    """

    def __init__(self, request: LinearRequest, read: Tensor | None) -> None:
        hidden, weight, bias = request[:3]
        options = request.options
        self.request, self.read = request, read
        row_bytes = weight.shape[0] * (
            hidden.dtype.itemsize
            + target_bytes_per_class(request)
            + (adjustment_bytes_per_class(options, hidden.dtype) if options.adjusts else 0)
        )
        self.total = hidden.shape[0] if read is None else read.numel()
        self.count = rows_at_once(
            hidden.shape[0],
            hidden.shape[1],
            hidden.dtype,
            row_bytes,
            chunk_bytes=options.chunk_bytes,
            wide_sums=options.wide_sums,
        )
        self.logits = Logits(weight, bias, min(self.count, self.total))
        softmax = options.softmax
        self.has_plain_labels = softmax.has_labels and request.weight is None and softmax.label_smoothing == 0
        # In 16 bits the rounding of the label's logit is most of the error of a loss that has no other terms.
        corrects = hidden.dtype.itemsize < 4 and self.has_plain_labels and not softmax.z_loss
        self.at_labels = (
            LabelLogits(hidden, weight, bias, request.target) if corrects and not options.adjusts else None
        )

    def losses(self, sums: Sums | None) -> Tensor:
        """
        Loss of each row, (N,), 0 for ignored rows; the contributions of its gradient are added to `sums`.

        For `sums` of None no gradient is computed. Losses have class weights, smoothing and z-loss; in 16
        bits those of labels alone are corrected for the rounding of the label's logit.
        """
        hidden = self.request.input
        dtype = torch.float64 if hidden.dtype is torch.float64 else torch.float32
        result = torch.zeros(hidden.shape[0], dtype=dtype)
        for chunk in self._chunks():
            result[chunk.rows] = self._losses(chunk, sums)
        return result if self.at_labels is None else self.at_labels.corrected(result)

    def _chunks(self) -> Iterator[Chunk]:
        """Chunks of the rows that are not ignored, in their order; none if all are ignored."""
        for first in range(0, self.total, self.count):
            part = slice(first, min(first + self.count, self.total))
            rows = part if self.read is None else self.read[part]
            yield Chunk(rows, self.request.input[rows])

    def _losses(self, chunk: Chunk, sums: Sums | None) -> Tensor:
        """
        Losses of a chunk, (rows,); the contributions of its gradient are added to `sums`, unless that is
        None.

        Losses are not corrected for rounding yet. The memory of the logits is overwritten by the next chunk.
        """
        options = self.request.options
        given = self.logits.of(chunk.input)
        if self.at_labels is not None:
            # Read before the adjustment and the kernel overwrite them.
            self.at_labels.read(chunk.rows, given)
        logits, derivative = given, None
        if options.adjusts:
            logits, derivative = adjust_in_place(given, options, keeps_derivative=sums is not None)
        if sums is None:
            return self._from_kernels(logits, chunk, None, 1.0)
        losses = self._from_kernels(logits, chunk, logits, sums.factor(chunk.rows))
        if options.adjusts:
            pull_back(logits, derivative, options, into=given)
        sums.add(chunk, given)
        return losses

    def _from_kernels(
        self, logits: Tensor, chunk: Chunk, gradient: Tensor | None, factor: Tensor | float
    ) -> Tensor:
        """
        Losses of a chunk, (rows,); `gradient`, which may be `logits`, becomes their gradient times `factor`.

        A `gradient` of None is not computed. `factor` is one number or one for each row of the chunk.
        """
        softmax = self.request.options.softmax
        z_weight = softmax.z_loss
        if self.has_plain_labels and not isinstance(factor, Tensor):
            labels, ignored = self.request.target[chunk.rows], softmax.ignore_index
            if are_plain(logits, labels):
                return plain_labels(
                    logits, labels, gradient, ignored=ignored, factor=factor, z_weight=z_weight
                )
        memory, truth = in_memory(logits), target_of_rows(self.request, chunk.rows, logits)
        if gradient is None:
            return torch.from_numpy(kernels.value(memory, truth, z_weight=z_weight))
        factors: NDArray[Any] | float = in_memory(factor) if isinstance(factor, Tensor) else factor
        losses = kernels.value_and_gradient(
            memory, truth, in_memory(gradient), factor=factors, z_weight=z_weight
        )
        return torch.from_numpy(losses)


class Sums:
    """
    Gradients, summed over chunks.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    factor : Tensor or float
        Factor of all rows' gradients, or of each row's.
    wanted : tuple of bool
        True for each of the three gradients that is computed.
    all_read : bool
        True if no row is ignored; the gradient in an ignored row is 0.
    """

    def __init__(
        self, request: LinearRequest, factor: Tensor | float, wanted: tuple[bool, ...], *, all_read: bool
    ) -> None:
        hidden, weight, _ = request[:3]
        self._weight, self._factor = weight, factor
        new = torch.empty if all_read else torch.zeros
        self.of_input = new(hidden.shape, dtype=hidden.dtype) if wanted[0] else None
        is_wide = sums_are_wide(hidden.shape[0], hidden.shape[1], hidden.dtype, request.options.wide_sums)
        wide = torch.float32 if is_wide else hidden.dtype
        self.of_weight = new_memory(weight.shape, wide) if wanted[1] else None
        # In 16 bits a sum over all rows would stop growing.
        more = torch.float64 if hidden.dtype is torch.float64 else torch.float32
        self.of_bias = torch.zeros(weight.shape[0], dtype=more) if wanted[2] else None
        # The first chunk overwrites the sum for the weight: zeros would be one more pass over it.
        self.is_empty = True

    def factor(self, rows: slice | Tensor) -> Tensor | float:
        """Factor of `rows`: one number, or one for each."""
        return self._factor[rows] if isinstance(self._factor, Tensor) else self._factor

    def add(self, chunk: Chunk, gradient: Tensor) -> None:
        """
        Add the contributions of a chunk to the gradients of weight and bias, and write its rows of that of
        the input.

        `gradient`, (rows, C), is that in the logits of the chunk, in the dtype of the weight.
        """
        if self.of_input is not None and isinstance(chunk.rows, slice):
            # A slice is a view, which the product can write; row numbers would select a copy.
            torch.mm(gradient, self._weight, out=self.of_input[chunk.rows])
        elif self.of_input is not None:
            self.of_input[chunk.rows] = torch.mm(gradient, self._weight)
        if self.of_weight is not None:
            self._add_to_weight(self.of_weight, chunk.input, gradient)
        if self.of_bias is not None:
            self.of_bias += gradient.sum(0, dtype=self.of_bias.dtype)
        self.is_empty = False

    def _add_to_weight(self, sums: Tensor, input: Tensor, gradient: Tensor) -> None:
        """
        Add ``gradient.T @ input`` to `sums`, (C, D), which may be in 32 bits beside operands of 16.

        While `is_empty`, which `add` makes False after the first chunk, it overwrites them, whatever they
        hold.
        """
        if sums.dtype is not input.dtype:
            # The product has the dtype of its operands, so it needs memory of its own before it is widened.
            product = torch.mm(gradient.T, input)
            sums.copy_(product) if self.is_empty else sums.add_(product)
        elif self.is_empty:
            torch.mm(gradient.T, input, out=sums)
        else:
            sums.addmm_(gradient.T, input)

    def gradients(self) -> Gradients:
        """
        Sums over all chunks in the dtype of the operands; None for a gradient that is not computed.

        Without any chunk all are 0.
        """
        dtype = self._weight.dtype
        if self.of_weight is not None and self.is_empty:
            # No chunk ran, for all rows are ignored: the memory still holds undefined values.
            self.of_weight.zero_()
        return Gradients(
            self.of_input,
            None if self.of_weight is None else self.of_weight.to(dtype),
            None if self.of_bias is None else self.of_bias.to(dtype),
        )
