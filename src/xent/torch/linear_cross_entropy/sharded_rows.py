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
from xent.torch.cross_entropy.sharded_local import Truth
from xent.torch.cross_entropy.sharded_numbers import ClassShard, SharedNumbers, combined
from xent.torch.cross_entropy.sharded_rows import numbers_of_rank, slope_of_rows, tops_of
from xent.torch.cross_entropy.sharded_top import TopClasses, candidates_of, merged_top
from xent.torch.linear_cross_entropy.adjustment import adjust_in_place, pull_back
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.linear_cross_entropy.sharded_targets import targets_of_rank
from xent.torch.linear_cross_entropy.wide_logits import WideLogits
from xent.torch.process_groups import gathered, summed

__all__ = ["linear_rows", "request_of_logits"]

# Logits that a rank has in memory, in 32 bits 32 MiB, and a few temporaries of the size.
_NUMBERS = 1 << 23
_NOTHING = (None,) * 6


class _Chunk(NamedTuple):
    """
    Chunk being computed.

    Parameters
    ----------
    rows : slice
        Numbers of its rows.
    logits : Tensor of shape (rows, K)
        Logits of this rank's classes, adjusted.
    options : LinearOptions
        Options of these rows.
    derivative : Tensor of shape (rows, K), or None
        Derivative of the cap; None without a cap or a need of it.
    truth : Truth
        Labels or targets of these rows.
    """

    rows: slice
    logits: Tensor
    options: LinearOptions
    derivative: Tensor | None
    truth: Truth


def linear_rows(request: LinearRequest, shard: ClassShard, *, most_classes: int) -> tuple[Tensor, ...]:
    """
    Cost, log-normaliser, entropy and argmax of each row, (N,) each, in nats and 64 bits, the same on all
    ranks.

    With the option `top_k` also the largest log-probabilities and their classes, (N, top_k) each. All but
    argmax and classes are differentiable once in the operands. `most_classes` is the largest number of
    classes of a rank, from which all ranks take the same chunks. Raises `BackendError` if a rank is lost.
    """
    results: tuple[Tensor, ...]
    results = _Rows.apply(*request, shard, most_classes)  # type: ignore[no-untyped-call]
    return results


def request_of_logits(request: LinearRequest, rows: slice | None = None) -> SoftmaxRequest:
    """
    Cross-entropy of this rank's logits, of which only shape, dtype and device can be read.

    With `rows` it is that of these rows alone, and sparse targets, whose classes are counted from this rank's
    first already, become dense ones of this rank's classes. Without, the classes of sparse targets stand as
    the target, and must not be read.
    """
    hidden, weight, options = request.input, request.linear_weight, request.options
    target, mask = request.target, options.class_mask
    if rows is not None:
        hidden, target = hidden[rows], targets_of_rank(request, rows)
        mask = _of_rows(options, rows).class_mask
    logits = hidden.detach().new_empty(1).expand(*hidden.shape[:-1], weight.shape[0])
    return SoftmaxRequest(logits, target, request.weight, options.softmax._replace(class_mask=mask))


def _of_rows(options: LinearOptions, rows: slice) -> LinearOptions:
    """Options of `rows` alone: a mask with an entry for each logit is cut to them."""
    mask = options.class_mask
    return options if mask is None or mask.ndim == 1 else options._replace(class_mask=mask[rows])


class _Rows(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        probs: Tensor | None,
        weight: Tensor | None,
        options: LinearOptions,
        shard: ClassShard,
        most_classes: int,
    ) -> tuple[Tensor, ...]:
        """
        Cost, log-normaliser, entropy and argmax of each row, (N,) each, by one all-gather of a few numbers.

        With `top_k` the largest log-probabilities and their classes, (N, top_k), follow, by a second one. All
        are in 64 bits but argmax and classes, which have no derivative. The cost has class weights and
        smoothing, but that of labels without smoothing has none. Of ignored rows the cost has no meaning, and
        all else only with statistics and without smoothing. A tensor of None was not given. Chunks are cut by
        `chunk_bytes` and `most_classes`, the largest number of classes of a rank. Raises `BackendError` if a
        rank is lost, and `LabelError` for a label outside all ranks' classes, where it can be read.
        """
        request = LinearRequest(input, linear_weight, linear_bias, target, probs, weight, options)
        parts, candidates, has_targets = [], [], False
        for chunk in _chunks(request, shard, most_classes, keeps=False):
            has_targets = chunk.truth.targets is not None
            parts.append(numbers_of_rank(chunk.logits, chunk.truth, shard))
            if options.top_k:
                candidates.append(candidates_of(chunk.logits, shard, options.top_k))
        numbers = gathered(torch.cat([part for part, _ in parts], 1), shard.group, caller=shard.caller)
        results, shared = combined(numbers, shard, has_targets=has_targets)
        top: tuple[Tensor, ...] = ()
        if options.top_k:
            top = merged_top(torch.cat(candidates, 1), shared, shard, options.top_k)
        ctx.options, ctx.shard, ctx.most_classes = options, shard, most_classes
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(
            input, linear_weight, linear_bias, target, probs, weight, tops_of(parts), *shared, *top
        )
        ctx.mark_non_differentiable(results[-1], *top[1:])
        return (*results, *top)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias, None for those not needed; that of the input is summed over the
        ranks.

        The logits of each chunk are computed again. `upstream` are the gradients in cost, log-normaliser,
        entropy, argmax, and with `top_k` the largest log-probabilities and their classes; None stands for 0.
        All other arguments have None. Raises `BackendError` if a rank is lost.
        """
        input, matrix, bias, target, probs, weight, tops, *others = ctx.saved_tensors
        count = len(SharedNumbers._fields)
        request = LinearRequest(input, matrix, bias, target, probs, weight, ctx.options)
        sums = _Sums(request, ctx.needs_input_grad[:3])
        for chunk in _chunks(request, ctx.shard, ctx.most_classes, keeps=True):
            rows = chunk.rows
            pulls = tuple(None if pull is None else pull[rows] for pull in upstream)
            shared = SharedNumbers(*(part[rows] for part in others[:count]))
            top = TopClasses(*others[count:]).at(rows) if others[count:] else None
            here = None if tops is None else tops[rows]
            slope = slope_of_rows(chunk.logits, chunk.truth, here, shared, top, pulls, ctx.shard)
            if ctx.options.adjusts:
                pull_back(slope, chunk.derivative, chunk.options, into=slope)
            idle = _has_no_gradient(chunk, pulls)
            sums.add(rows, torch.where(idle[:, None], 0.0, slope), idle)
        return (*sums.gradients(ctx.shard), *_NOTHING)


def _chunks(request: LinearRequest, shard: ClassShard, most_classes: int, *, keeps: bool) -> Iterator[_Chunk]:
    """
    Chunks of rows with their logits, adjusted; the memory of the logits is overwritten by the next chunk.

    The caller may overwrite it too. `most_classes`, the largest number of classes of a rank, sets the length
    of chunks. With `keeps` each has the derivative of the cap. If there are no rows there is one chunk, which
    is empty. With statistics, and without smoothing, ignored rows are not marked in ``truth`` and have label
    0. Raises `LabelError` for a label outside all ranks' classes, where it can be read.
    """
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
        of_rows = _of_rows(options, rows)
        if options.adjusts:
            logits, derivative = adjust_in_place(logits, of_rows, keeps_derivative=keeps)
        yield _Chunk(rows, logits, of_rows, derivative, Truth(labels, targets, ignored))


def _rows_of_a_chunk(options: LinearOptions, dtype: torch.dtype, most_classes: int) -> int:
    """
    Number of rows of a chunk, the same on all ranks: one or more, within `chunk_bytes` or about 8 million
    logits, or `chunk_rows` if that was given.
    """
    # Not the bytes of so many rows, which differ among ranks that may meet in each chunk.
    if options.chunk_rows is not None:
        return options.chunk_rows
    numbers = _NUMBERS if options.chunk_bytes is None else options.chunk_bytes // dtype.itemsize
    return max(1, numbers // max(1, most_classes))


def _has_no_gradient(chunk: _Chunk, pulls: tuple[Tensor | None, ...]) -> Tensor:
    """
    True for rows of the chunk, (rows,), in whose results all gradients are 0.

    `pulls` are the gradients in all results of these rows; None stands for 0, and those in argmax and classes
    are not read.
    """
    zero = torch.zeros(chunk.logits.shape[0], device=chunk.logits.device)
    for place, pull in enumerate(pulls):
        if pull is not None and place in _DIFFERENTIABLE:
            # Not by `reshape`, which cannot compute a length of no rows.
            zero = zero + (pull[:, None].flatten(1) != 0).sum(1)
    return zero == 0


# Cost, log-normaliser, entropy and the largest log-probabilities; argmax and classes are integers.
_DIFFERENTIABLE = (0, 1, 2, 4)


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
        """
        Add the contributions of a chunk, whose gradient in its logits is `slope`, 0 in rows that are `idle`.

        `slope`, (rows, K), is rounded to the dtype of the weight for the products. The hidden states of idle
        rows are read as 0.
        """
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
        """
        Gradients of input, weight and bias in the dtype of the operands; None for one that is not computed.

        That of the input is summed over the ranks, by one all-reduce, which raises `BackendError` if a rank
        is lost.
        """
        dtype = self._request.linear_weight.dtype
        of_input = self.of_input
        if of_input is not None:
            of_input = summed(of_input, shard.group, caller=shard.caller).to(dtype)
        of_weight, of_bias = (
            None if one is None else one.to(dtype) for one in (self.of_weight, self.of_bias)
        )
        return of_input, of_weight, of_bias
