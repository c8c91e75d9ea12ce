"""
Rows of hidden states times a weight of which each rank has some classes, in chunks of rows.

The twin of `xent.torch.cross_entropy.sharded_rows`, with the same numbers and the same one all-gather of
them, after all chunks. Backward computes the logits of each chunk again; the gradient in the hidden states,
which all ranks share, is the sum of the ranks' parts by one all-reduce.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.sharded import truth_of_rank
from xent.torch.cross_entropy.sharded_kernels import slope_by_kernels
from xent.torch.cross_entropy.sharded_numbers import ClassShard, SharedNumbers, combined, slope_of
from xent.torch.cross_entropy.sharded_rows import (
    at_labels,
    local_softmax,
    numbers_of_rank,
    pulls_of_rows,
)
from xent.torch.linear_cross_entropy.adjustment import adjust_in_place, pull_back
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.linear_cross_entropy.wide_logits import WideLogits
from xent.torch.process_groups import gathered, summed

__all__ = ["linear_rows", "request_of_logits"]

# Logits that a rank has in memory, in 32 bits 32 MiB, and a few temporaries of the size.
_NUMBERS = 1 << 23
_NOTHING = (None,) * 5


class _Chunk(NamedTuple):
    """Chunk being computed: its rows, logits, the derivative of the cap or None, and its truth."""

    rows: slice
    logits: Tensor
    derivative: Tensor | None
    labels: Tensor | None
    ignored: Tensor | None
    targets: Tensor | None


def linear_rows(
    request: LinearRequest, shard: ClassShard, *, most_classes: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """
    Cost, log-normaliser, entropy and argmax of each row, in nats and 64 bits, differentiable in the operands.

    `most_classes` is the largest number of classes of a rank, from which all ranks take the same chunks.
    """
    results: tuple[Tensor, Tensor, Tensor, Tensor]
    results = _Rows.apply(*request[:4], request.weight, request.options, shard, most_classes)  # type: ignore[no-untyped-call]
    return results


def request_of_logits(request: LinearRequest, rows: slice = slice(None)) -> SoftmaxRequest:
    """Cross-entropy of the logits of some rows, of which only shape, dtype and device can be read."""
    hidden, weight, options = request.input[rows], request.linear_weight, request.options
    logits = hidden.detach().new_empty(1).expand(hidden.shape[0], weight.shape[0])
    mask = options.class_mask
    softmax = options.softmax._replace(class_mask=mask)
    return SoftmaxRequest(logits, request.target[rows], request.weight, softmax)


class _Rows(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        weight: Tensor | None,
        options: LinearOptions,
        shard: ClassShard,
        most_classes: int,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Numbers of this rank, gathered once and combined; None stands for a tensor that was not given."""
        request = LinearRequest(input, linear_weight, linear_bias, target, None, weight, options)
        parts, has_targets = [], False
        for chunk in _chunks(request, shard, most_classes, keeps=False):
            has_targets = chunk.targets is not None
            truth = chunk.labels, chunk.targets, chunk.ignored
            parts.append(numbers_of_rank(chunk.logits, *truth, shard, slice(None)))
        fields = torch.cat([part for part, _ in parts], 1)
        numbers = gathered(fields, shard.group, caller=shard.caller)
        results, shared = combined(numbers, shard, has_targets=has_targets)
        ctx.options, ctx.shard, ctx.most_classes = options, shard, most_classes
        ctx.set_materialize_grads(False)
        tops = [top for _, top in parts if top is not None]
        local_tops = torch.cat(tops) if len(tops) == len(parts) else None
        ctx.save_for_backward(input, linear_weight, linear_bias, target, weight, local_tops, *shared)
        ctx.mark_non_differentiable(results[-1])
        return results

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """Gradients of the operands: that of the input is summed over the ranks; None for the rest."""
        input, matrix, bias, target, weight, tops = ctx.saved_tensors[:6]
        shared = SharedNumbers(*ctx.saved_tensors[6:])
        request = LinearRequest(input, matrix, bias, target, None, weight, ctx.options)
        sums = _Sums(request, ctx.needs_input_grad[:3])
        for chunk in _chunks(request, ctx.shard, ctx.most_classes, keeps=True):
            idle = _has_no_gradient(chunk, upstream)
            slope = _slope(chunk, shared, tops, upstream, ctx.shard)
            if ctx.options.adjusts:
                pull_back(slope, chunk.derivative, ctx.options, into=slope)
            sums.add(chunk.rows, torch.where(idle[:, None], 0.0, slope), idle)
        return (*sums.gradients(ctx.shard), *_NOTHING)


def _chunks(request: LinearRequest, shard: ClassShard, most_classes: int, *, keeps: bool) -> Iterator[_Chunk]:
    """Chunks of rows with their logits, whose memory the next chunk overwrites; one if there are no rows."""
    hidden, weight = request.input.detach(), request.linear_weight.detach()
    bias = None if request.linear_bias is None else request.linear_bias.detach()
    options, rows_of_all = request.options, request.input.shape[0]
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    count = _rows_of_a_chunk(options, dtype, most_classes)
    product = WideLogits(weight, bias, on_device=not hidden.is_cpu)
    memory = request.input.new_empty((min(count, rows_of_all), weight.shape[0]), dtype=dtype)
    for first in range(0, max(1, rows_of_all), count):
        rows = slice(first, min(first + count, rows_of_all))
        labels, ignored, targets = truth_of_rank(request_of_logits(request, rows), shard)
        if options.return_stats and labels is not None and ignored is not None:
            # An ignored row has statistics of its logits, in which any label may stand for its own.
            labels, ignored = torch.where(ignored, 0, labels), None
        logits, derivative = memory[: rows.stop - rows.start], None
        if weight.shape[0]:
            product.of(hidden[rows], logits)
        if options.adjusts:
            logits, derivative = adjust_in_place(logits, options, keeps_derivative=keeps)
        yield _Chunk(rows, logits, derivative, labels, ignored, targets)


def _rows_of_a_chunk(options: LinearOptions, dtype: torch.dtype, most_classes: int) -> int:
    """Number of rows of a chunk, the same on all ranks."""
    numbers = _NUMBERS if options.chunk_bytes is None else options.chunk_bytes // dtype.itemsize
    return max(1, numbers // max(1, most_classes))


def _slope(
    chunk: _Chunk,
    shared: SharedNumbers,
    tops: Tensor | None,
    upstream: tuple[Tensor | None, ...],
    shard: ClassShard,
) -> Tensor:
    """Gradient in the logits of a chunk, which may overwrite them; `tops` of None were not by kernels."""
    if tops is not None and chunk.labels is not None:
        of_chunk = SharedNumbers(*(numbers[chunk.rows] for numbers in shared))
        pulls = pulls_of_rows(upstream, chunk.ignored, chunk.rows, chunk.logits.dtype)
        slope_by_kernels(chunk.logits, chunk.labels, tops[chunk.rows], of_chunk, pulls, shard)
        return chunk.logits
    local = local_softmax(chunk.logits, chunk.ignored, slice(None))
    dtype = local.rest.dtype
    of_rows = SharedNumbers(*(numbers[chunk.rows] for numbers in shared))
    pulls = [None if pull is None else pull[chunk.rows, None].to(dtype) for pull in upstream[:3]]
    if chunk.targets is not None:
        return slope_of(local, of_rows, chunk.targets.to(dtype), pulls)
    assert chunk.labels is not None  # noqa: S101 - a truth has labels or targets
    return slope_of(local, of_rows, at_labels(chunk.labels, local, shard), pulls)


def _has_no_gradient(chunk: _Chunk, upstream: tuple[Tensor | None, ...]) -> Tensor:
    """True for rows in whose results all gradients are 0."""
    zero = torch.zeros(chunk.logits.shape[0], device=chunk.logits.device)
    for pull in upstream[:3]:
        zero = zero if pull is None else zero + (pull[chunk.rows] != 0)
    return zero == 0


class _Sums:
    """
    Gradients of this rank, summed over chunks.

    Parameters
    ----------
    request : LinearRequest
        Linear cross-entropy with the weight of this rank.
    wanted : tuple of bool
        True for each of the three gradients that is computed.
    """

    def __init__(self, request: LinearRequest, wanted: tuple[bool, ...]) -> None:
        self._request = request
        hidden, weight, _ = request[:3]
        wide = torch.promote_types(hidden.dtype, torch.float32)
        self.of_input = torch.zeros_like(hidden, dtype=wide) if wanted[0] else None
        self.of_weight = torch.zeros_like(weight, dtype=wide) if wanted[1] else None
        self.of_bias = weight.new_zeros(weight.shape[0], dtype=wide) if wanted[2] else None

    def add(self, rows: slice, slope: Tensor, idle: Tensor) -> None:
        """Add the contributions of a chunk with this gradient in its logits, 0 in rows that are `idle`."""
        # Zeros times the hidden states of an ignored row, which may be nan, would not be 0.
        hidden = torch.where(idle[:, None], 0.0, self._request.input[rows])
        weight = self._request.linear_weight
        narrow = slope.to(weight.dtype)
        if self.of_input is not None:
            self.of_input[rows] = narrow @ weight
        if self.of_weight is not None:
            self.of_weight += narrow.T @ hidden
        if self.of_bias is not None:
            self.of_bias += slope.sum(0)

    def gradients(self, shard: ClassShard) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """Gradients in the dtype of the operands, that of the input summed over the ranks."""
        dtype = self._request.linear_weight.dtype
        of_input = self.of_input
        if of_input is not None:
            of_input = summed(of_input, shard.group, caller=shard.caller).to(dtype)
        of_weight, of_bias = (
            None if one is None else one.to(dtype) for one in (self.of_weight, self.of_bias)
        )
        return of_input, of_weight, of_bias
