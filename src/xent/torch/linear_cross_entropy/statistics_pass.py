"""
Two passes over hidden states in chunks of rows: the statistics of the softmax, and their gradients.

The gradients in the statistics are known in backward only, so backward computes the logits again::

    forward, for each chunk of rows
        logits = input[rows] @ linear_weight.T + linear_bias       product 1
        logits = capped, scaled, masked, in place
        a few numbers of each row = kernel(logits)
    backward, for each chunk
        logits as in forward                                       product 2, for most chunks
        gradient = kernel(logits, numbers[rows])                   the gradient overwrites the logits
        of_input, of_weight, of_bias as in `chunked_pass.py`       products 3 and 4

Two of the nine chunks of the forward pass are kept for backward where gradients are needed, so that product 2
is saved for them. Logits are computed in 32 bits from operands of 16, and the gradient is rounded to 16 bits
before products 3 and 4. All rows are multiplied, ignored ones too: their other statistics are those of their
logits. The costs of targets that are spread over classes are those of `spread_targets.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import (
    Pulls,
    RowNumbers,
    entries_of_columns,
    has_no_gradient,
    numbers_of,
    write_gradient,
)
from xent.torch.linear_cross_entropy.adjustment import (
    adjust_in_place,
    adjustment_bytes_per_class,
    pull_back,
)
from xent.torch.linear_cross_entropy.chunked_pass import Chunk, Gradients, Sums
from xent.torch.linear_cross_entropy.chunks import rows_at_once
from xent.torch.linear_cross_entropy.device_pass import DeviceSums, rows_on_device
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.spread_targets import SpreadNumbers, SpreadTargets
from xent.torch.linear_cross_entropy.wide_logits import WideLogits
from xent.torch.memory import new_memory

__all__ = ["KeptLogits", "PullsOfRows", "StatisticsPass"]

# Chunks that are kept: two ninths of all logits.
_KEPT = 2
# Gradients in the statistics of some rows, and in the costs of their spread targets.
PullsOfRows = Callable[[RowNumbers, SpreadNumbers, slice], tuple[Pulls, Tensor]]


class KeptLogits:
    """
    Logits of the last chunks of the forward pass.

    Parameters
    ----------
    memory : Tensor of shape (chunks, rows, C)
        Logits; chunk n is at place n modulo the number of chunks that are kept.
    chunks : dict of int to Tensor
        Logits by the number of their chunk.
    """

    def __init__(self, memory: Tensor) -> None:
        self.memory = memory
        self.chunks: dict[int, Tensor] = {}


class StatisticsPass:
    """
    Passes over the rows of a linear cross-entropy.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    keeps : bool
        True if chunks of logits may be kept for backward.
    on_device : bool
        True for the products and kernels of devices.
    """

    def __init__(self, request: LinearRequest, *, keeps: bool, on_device: bool) -> None:
        self.request, self.on_device = request, on_device
        hidden = request.input
        self.dtype = torch.promote_types(hidden.dtype, torch.float32)
        self.rows = self._rows_of_a_chunk()
        starts = range(0, hidden.shape[0], max(1, self.rows))
        self.slices = [slice(first, min(first + self.rows, hidden.shape[0])) for first in starts]
        # An adjustment keeps its derivative, which is as large as a chunk.
        may_keep = keeps and not request.options.adjusts and request.options.chunk_bytes is None
        self.places = min(_KEPT, len(self.slices)) if may_keep and not on_device else 1
        self.keeps = may_keep
        self.logits = WideLogits(*request[1:3], on_device=on_device)
        self.spread = SpreadTargets(request)
        self._narrow: Tensor | None = None

    def _rows_of_a_chunk(self) -> int:
        """
        Number of rows of a chunk of logits in 32 bits or more, with a 16-bit copy and the cap's derivative.

        On a device all rows up to 1 GiB are one chunk, else the limit is 512 MiB, or 600 rows if that is
        more. On a processor it is a ninth of the rows, at most 128 MiB, but 64 rows and 1 MiB if that is
        more. Chunks are as few as it allows, of equal length; for operands of 16 bits on a processor they
        have a third of that length. `chunk_bytes` replaces all of these limits, the third too, with one row
        in any case.
        """
        hidden, weight, options = self.request.input, self.request.linear_weight, self.request.options
        adjustment = adjustment_bytes_per_class(options, self.dtype) if options.adjusts else 0
        is_narrow = hidden.dtype.itemsize < self.dtype.itemsize
        copy = hidden.dtype.itemsize if is_narrow else 0
        row_bytes = weight.shape[0] * (self.dtype.itemsize + copy + adjustment)
        if self.on_device:
            return rows_on_device(hidden.shape[0], row_bytes, options.chunk_bytes)
        count = rows_at_once(
            hidden.shape[0], hidden.shape[1], self.dtype, row_bytes, chunk_bytes=options.chunk_bytes
        )
        # Beside logits in 16 bits, a chunk in 32 and its copy are three times as large.
        return -(-count // 3) if is_narrow and options.chunk_bytes is None else count

    def numbers(self) -> tuple[RowNumbers, SpreadNumbers, KeptLogits | None]:
        """
        Numbers of all rows, those of their spread targets, and chunks of logits for backward, or None.

        The numbers of a row give its statistics: argmax, largest logit, sum of the other exponentials, mean
        distance, and some columns with their logits. Those of a spread target, probabilities or a smoothed
        label, are cost, sum and largest entry. The last two chunks are kept, on a device the last; none with
        a cap, scale or mask, with `chunk_bytes`, or if `keeps` was False.
        """
        kept = KeptLogits(self._memory())
        labels = self._labels()
        found = []
        for number, (rows, into) in enumerate(self._chunks(kept.memory)):
            logits, _ = self._adjusted(self.logits.of(self.request.input[rows], into), keeps=False)
            plain = numbers_of(logits, labels[rows], self.request.options.top_k, on_device=self.on_device)
            found.append(self.spread.numbers(logits, plain, rows))
            kept.chunks.pop(number - self.places, None)
            kept.chunks[number] = into
        return *_whole(found), kept if self.keeps else None

    def _labels(self) -> Tensor:
        """Label of each row, (N,); 0 where the row is ignored, or the target holds probabilities."""
        target, softmax = self.request.target, self.request.options.softmax
        if not softmax.has_labels:
            return torch.zeros(target.shape[0], dtype=torch.int64, device=target.device)
        return torch.where(target == softmax.ignore_index, 0, target)

    def gradients(
        self,
        numbers: RowNumbers,
        pulls: tuple[Pulls, Tensor],
        wanted: tuple[bool, ...],
        kept: KeptLogits | None,
    ) -> Gradients:
        """
        Gradients of the operands that are `wanted`, None for others; the `kept` logits are overwritten.

        `numbers` are those of all rows, and `kept` the chunks that `numbers` of a pass over the same request
        returned; None has all chunks computed again. `pulls` are a pair: the gradients in log-normaliser,
        entropy and the log-probabilities of the columns, and, (N, m), those in the costs of spread targets.
        """
        sums = self._sums(wanted)
        memory = self._memory() if kept is None else kept.memory
        held = {} if kept is None else kept.chunks
        # Chunks that are kept first: the others overwrite them.
        for number in sorted(range(len(self.slices)), key=lambda n: n not in held):
            rows = self.slices[number]
            into = held[number] if number in held else memory[0, : rows.stop - rows.start]
            derivative = None
            if number not in held:
                self.logits.of(self.request.input[rows], into)
                _, derivative = self._adjusted(into, keeps=True)
            of_rows = RowNumbers(*(part[rows] for part in numbers))
            self._write_gradient(into, of_rows, (pulls[0].at(rows), pulls[1][rows]), rows)
            if self.request.options.adjusts:
                pull_back(into, derivative, self.request.options, into=into)
            self._add(sums, rows, into, has_no_gradient(pulls[0].at(rows)))
        found: Gradients = sums.gradients()
        return found

    def numbers_and_gradients(
        self, pulls_of_rows: PullsOfRows, wanted: tuple[bool, ...]
    ) -> tuple[RowNumbers, SpreadNumbers, Gradients]:
        """
        Numbers of all rows, those of their spread targets, and the `wanted` gradients of a loss, in one pass.

        `pulls_of_rows` is called with the numbers of the rows of a chunk, those of their spread targets and
        their slice, and returns the gradients of the loss in log-normaliser, entropy and log-probabilities of
        the columns, and in the costs of the spread targets. `wanted` has a flag for input, weight and bias.
        """
        memory, labels, sums = self._memory(), self._labels(), self._sums(wanted)
        found = []
        for rows, into in self._chunks(memory):
            self.logits.of(self.request.input[rows], into)
            _, derivative = self._adjusted(into, keeps=True)
            plain = numbers_of(into, labels[rows], self.request.options.top_k, on_device=self.on_device)
            numbers, spread = self.spread.numbers(into, plain, rows)
            found.append((numbers, spread))
            pulls = pulls_of_rows(numbers, spread, rows)
            self._write_gradient(into, numbers, pulls, rows)
            if self.request.options.adjusts:
                pull_back(into, derivative, self.request.options, into=into)
            self._add(sums, rows, into, has_no_gradient(pulls[0]))
        return *_whole(found), sums.gradients()

    def _write_gradient(
        self, logits: Tensor, numbers: RowNumbers, pulls: tuple[Pulls, Tensor], rows: slice
    ) -> None:
        """
        Overwrite the logits of `rows`, (rows, C), whose `numbers` are given, by the gradient in them.

        `pulls` are the gradients in log-normaliser, entropy and log-probabilities of the columns of these
        rows, and in the costs of their spread targets, (rows, m). The logits are adjusted, and so the
        gradient is in adjusted logits.
        """
        write_gradient(logits, numbers, pulls[0], entries_of_columns(numbers, pulls[0]))
        if self.spread.count:
            self.spread.subtract(logits, rows, pulls[1], numbers.columns)

    def _add(self, sums: Any, rows: slice, gradient: Tensor, idle: Tensor) -> None:
        """
        Add the contributions of `rows` to `sums`, from the `gradient` in their logits, (rows, C).

        It is rounded to the dtype of the hidden states for the products. `idle`, (rows,), marks rows in which
        it is 0, whose hidden states are read as 0.
        """
        # Zeros times the hidden states of an ignored row, which may be nan, would not be 0.
        hidden = torch.where(idle[:, None], 0.0, self.request.input[rows])
        if gradient.dtype is not hidden.dtype:
            if self._narrow is None:
                self._narrow = torch.empty_like(gradient, dtype=hidden.dtype)
            # Memory is reused, as new memory is slow to map.
            gradient = self._narrow[: gradient.shape[0]].copy_(gradient)
        sums.add(rows, gradient, hidden)

    def _adjusted(self, logits: Tensor, *, keeps: bool) -> tuple[Tensor, Tensor | None]:
        """
        Logits capped, scaled and masked in place, and the derivative of the cap.

        The derivative is None without a cap, and unless `keeps`.
        """
        options = self.request.options
        if not options.adjusts:
            return logits, None
        return adjust_in_place(logits, options, keeps_derivative=keeps)

    def _memory(self) -> Tensor:
        """
        Memory of the chunks that are kept, or of one, of shape (chunks, rows, C), with undefined
        values.
        """
        shape = (self.places, self.rows, self.request.linear_weight.shape[0])
        if not self.on_device:
            return new_memory(shape, self.dtype)
        return self.request.input.new_empty(shape, dtype=self.dtype)

    def _chunks(self, memory: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Slice of rows of each chunk, and its part of `memory` for its logits, (rows, C)."""
        for number, rows in enumerate(self.slices):
            yield rows, memory[number % self.places, : rows.stop - rows.start]

    def _sums(self, wanted: tuple[bool, ...]) -> Any:
        """Sums of the `wanted` gradients over chunks, empty, with the methods `add` and `gradients`."""
        if not self.on_device:
            return _SumsOnCpu(self.request, wanted)
        return DeviceSums(self.request, wanted, is_one=len(self.slices) == 1)


def _whole(found: list[tuple[RowNumbers, SpreadNumbers]]) -> tuple[RowNumbers, SpreadNumbers]:
    """Numbers of all rows, and those of their spread targets, from those of the chunks in their order."""
    numbers, spread = zip(*found, strict=True)
    return (
        RowNumbers(*(torch.cat(parts) for parts in zip(*numbers, strict=True))),
        SpreadNumbers(*(torch.cat(parts) for parts in zip(*spread, strict=True))),
    )


class _SumsOnCpu:
    """
    Sums of the gradients on a processor.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy of a matrix of hidden states.
    wanted : tuple of bool
        True for each of the three gradients that is computed.
    """

    def __init__(self, request: LinearRequest, wanted: tuple[bool, ...]) -> None:
        self._sums = Sums(request, 1.0, wanted, all_read=True)

    def add(self, rows: slice, gradient: Tensor, hidden: Tensor) -> None:
        """
        Add the contributions of the chunk `rows`, with its `hidden` states and the `gradient` in its
        logits.
        """
        self._sums.add(Chunk(rows, hidden), gradient)

    def gradients(self) -> Gradients:
        """Sums over all chunks, in the dtype of the operands; None for a gradient that is not computed."""
        return self._sums.gradients()
