"""
The passes of `statistics_pass.py` as an operator with a derivative, which a compiler keeps as one node.

As in `compiled.py`, PyTorch derives the schema of an operator from the annotations of one flat signature. An
operator has no state, so no chunk of logits is kept for backward.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.cross_entropy.row_numbers import Pulls, RowNumbers, surprisals
from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.linear_cross_entropy.statistics_pass import StatisticsPass
from xent.torch.reduction import Reduction

__all__ = ["compiled_statistics"]

_FIRST_NUMBER = 3


def compiled_statistics(request: LinearRequest) -> tuple[Tensor | None, ...]:
    """Statistics of a matrix of hidden states in compiled code, in the order of `SoftmaxStatistics`."""
    options, ignored = request.options, request.options.softmax.ignore_index
    found = _statistics(
        *request[:4], options.class_mask, ignored, options.softcap, options.logit_scale, options.chunk_bytes,
        options.wide_sums, options.top_k, request.needs_gradients,
    )  # fmt: skip
    log_probs, normaliser, entropy, tops, *_ = found
    columns = found[7]
    log_prob = torch.where(request.target == ignored, 0.0, log_probs[:, 0])
    if options.top_k == 0:
        return log_prob, normaliser, entropy, tops, None, None
    return log_prob, normaliser, entropy, tops, log_probs[:, 1:], columns[:, 1:]


def _request(tensors: tuple[Any, ...], mask: Tensor | None, numbers: tuple[Any, ...]) -> LinearRequest:
    """Request from the arguments of an operator; None stands for an argument that was not given."""
    ignored, softcap, scale, chunk_bytes, wide_sums, top_k = numbers
    reduction = Reduction("linear_cross_entropy", "none")
    softmax = SoftmaxOptions(reduction, tensors[0].dtype, has_labels=True, ignore_index=ignored)
    options = LinearOptions(softmax, softcap, scale, mask, chunk_bytes, wide_sums, top_k=top_k)
    input, weight, bias, target = tensors
    return LinearRequest(input, weight, bias, target, None, None, options)


@torch.library.custom_op("xent::linear_softmax_statistics", mutates_args=())
def _statistics(
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    class_mask: Tensor | None,
    ignored: int,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    top_k: int,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """
    Log-probabilities of label and largest classes, log-normaliser and entropy of each row, and its numbers.

    None stands for an argument that was not given; `wanted` is for backward.
    """
    del wanted
    numbers = ignored, softcap, scale, chunk_bytes, wide_sums, top_k
    request = _request((input, linear_weight, linear_bias, target), class_mask, numbers)
    found, _ = StatisticsPass(request, keeps=False, on_device=not input.is_cpu).numbers()
    below = torch.log1p(found.rests)
    return 0 - surprisals(found), found.peaks + below, below + found.mean_distances, *found


@torch.library.custom_op("xent::linear_softmax_statistics_gradients", mutates_args=())
def _gradients(
    of_normaliser: Tensor,
    of_entropy: Tensor,
    of_columns: Tensor,
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    target: Tensor,
    class_mask: Tensor | None,
    found: Sequence[Tensor],
    ignored: int,
    softcap: float | None,
    scale: float | None,
    chunk_bytes: int | None,
    wide_sums: bool | None,
    top_k: int,
    wanted: Sequence[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    """
    Gradients of the operands; empty tensors for those not `wanted`.

    None stands for an argument that was not given.
    """
    numbers = ignored, softcap, scale, chunk_bytes, wide_sums, top_k
    request = _request((input, linear_weight, linear_bias, target), class_mask, numbers)
    pulls = Pulls(of_normaliser.contiguous(), of_entropy.contiguous(), of_columns.contiguous())
    whole = StatisticsPass(request, keeps=False, on_device=not input.is_cpu)
    return _filled(whole.gradients(RowNumbers(*found), pulls, tuple(wanted), None), input)


@_statistics.register_fake
def _statistics_like(input: Tensor, *rest: Any) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_statistics` returns, for a compiler."""
    rows, columns = input.shape[0], 1 + rest[-2]
    wide = torch.float64 if input.dtype is torch.float64 else torch.float32
    number, classes = input.new_empty(rows, dtype=wide), input.new_empty(rows, dtype=torch.int64)
    of_columns = input.new_empty((rows, columns), dtype=wide)
    like = torch.empty_like
    integers = input.new_empty((rows, columns), dtype=torch.int64)
    return (
        of_columns, number, like(number), classes, like(number), like(number), like(number), integers,
        like(of_columns),
    )  # fmt: skip


@_gradients.register_fake
def _gradients_like(
    of_normaliser: Tensor,
    of_entropy: Tensor,
    of_columns: Tensor,
    input: Tensor,
    linear_weight: Tensor,
    linear_bias: Tensor | None,
    *rest: Any,
) -> tuple[Tensor, ...]:
    """Tensors of the shapes that `_gradients` returns, for a compiler; a bias of None has no gradient."""
    del of_normaliser, of_entropy, of_columns
    operands = input, linear_weight, linear_bias
    return tuple(
        input.new_empty(operand.shape if flag and operand is not None else 0)
        for operand, flag in zip(operands, rest[-1], strict=True)
    )


def _filled(found: Gradients, input: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients as an operator may return them: an empty tensor stands for None."""
    first, second, third = (input.new_empty(0) if tensor is None else tensor for tensor in found)
    return first, second, third


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    """Save what backward needs in the context `ctx`."""
    *tensors, ctx.wanted = inputs
    ctx.numbers = tensors[5:]
    ctx.set_materialize_grads(False)
    ctx.save_for_backward(*tensors[:5], *output[_FIRST_NUMBER:])


def _backward(ctx: Any, *upstream: Tensor | None) -> tuple[Any, ...]:
    """Gradients of the operands; None for those not wanted and for the rest."""
    tensors, found = ctx.saved_tensors[:5], ctx.saved_tensors[5:]
    numbers = RowNumbers(*found)
    of_columns, normaliser, entropy = upstream[:3]
    ignored, target = ctx.numbers[0], tensors[3]
    columns = torch.zeros_like(numbers.column_logits) if of_columns is None else of_columns
    # A label out of range, whose logit is nan here, makes the gradient of its row nan.
    is_wrong = (target != ignored) & numbers.column_logits[:, 0].isnan()
    columns = torch.where(is_wrong[:, None] & (of_columns is not None), torch.nan, columns)
    zeros = torch.zeros_like(numbers.rests)
    gradients = _gradients(
        zeros if normaliser is None else normaliser,
        zeros if entropy is None else entropy,
        columns,
        *tensors,
        list(found),
        *ctx.numbers,
        ctx.wanted,
    )
    given = tuple(one if flag else None for one, flag in zip(gradients, ctx.wanted, strict=True))
    # The operator has 9 arguments after the three operands, none of them differentiable.
    return given + (None,) * 9


_statistics.register_autograd(_backward, setup_context=_save)
