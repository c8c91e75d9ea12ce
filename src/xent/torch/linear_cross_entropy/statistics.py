"""
Loss and statistics of a linear cross-entropy of labels from one pass over chunks, differentiable together.

The pass returns four numbers a row, of which the loss is a function: it weights, squares and reduces them by
operations on N numbers, so all gradients meet in one second pass.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import RowNumbers
from xent.torch.cross_entropy.statistics import (
    SoftmaxStatistics,
    loss_of_statistics,
    total_weight,
    with_summary,
)
from xent.torch.labels import check_labels
from xent.torch.linear_cross_entropy.checks import check_losses
from xent.torch.linear_cross_entropy.composed import differentiable_statistics
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.linear_cross_entropy.statistics_operators import compiled_statistics
from xent.torch.linear_cross_entropy.statistics_pass import StatisticsPass
from xent.torch.linear_cross_entropy.statistics_results import pulls_of, results_of
from xent.torch.memory import is_traced
from xent.torch.reduction import keeps_nothing

__all__ = ["linear_statistics"]

_NOTHING = (None,) * 4


def linear_statistics(request: LinearRequest, *, on_device: bool = False) -> tuple[Tensor, SoftmaxStatistics]:
    """
    Loss and statistics of hidden states with labels, differentiable in the operands of the product.

    Raises
    ------
    LabelError, DomainError
        For a label out of range, and for a row without a softmax under the rule ``"raise"``, where values
        are on the host.
    """
    options, target = request.options, request.target
    softmax = options.softmax
    if target.is_cpu and not is_traced():
        count = request.linear_weight.shape[0]
        check_labels(target, count, ignored=softmax.ignore_index, caller=softmax.reduction.caller)
    rows = request.as_matrix()
    found: Any = _of_rows(rows, on_device=on_device)
    if request.input.ndim == 1:
        found = tuple(None if one is None else one[0] for one in found)
    statistics = SoftmaxStatistics(*found)
    if options.nonfinite == "raise":
        values = torch.where(target == softmax.ignore_index, 0.0, statistics.log_normaliser.detach())
        if bool(values.isnan().any()):
            check_losses(values, target, request.linear_weight.shape[0], options)
    loss = loss_of_statistics(statistics, target, request.weight, softmax)
    return loss, with_summary(
        statistics, target, softmax, lambda: total_weight(target, request.weight, softmax)
    )


def _of_rows(request: LinearRequest, *, on_device: bool) -> tuple[Tensor | None, ...]:
    """Statistics of a matrix of hidden states, in the order of `SoftmaxStatistics`."""
    if torch.compiler.is_compiling():
        return compiled_statistics(request)
    found: tuple[Tensor | None, ...]
    found = _Statistics.apply(*request[:4], request.options, request.needs_gradients, on_device)  # type: ignore[no-untyped-call]
    return found


class _Statistics(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        linear_weight: Tensor,
        linear_bias: Tensor | None,
        target: Tensor,
        options: LinearOptions,
        wanted: tuple[bool, bool, bool],
        on_device: bool,
    ) -> tuple[Tensor | None, ...]:
        """Statistics of all rows; a bias of None is 0."""
        request = LinearRequest(input, linear_weight, linear_bias, target, None, None, options)
        keeps = any(wanted) and not keeps_nothing()
        numbers, kept = StatisticsPass(request, keeps=keeps, on_device=on_device).numbers()
        results = results_of(numbers, target, options.softmax.ignore_index, top_k=options.top_k)
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(*(results[place] for place in (3, 5) if results[place] is not None))
        if any(wanted):
            ctx.options, ctx.wanted, ctx.kept, ctx.on_device = options, wanted, kept, on_device
            ctx.save_for_backward(input, linear_weight, linear_bias, target, *numbers)
        return results

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """Gradients of the three operands by a second pass; None for those not wanted and for the rest."""
        # Forgotten before they are overwritten: a later backward computes all chunks again.
        kept, ctx.kept = ctx.kept, None
        pulls = upstream[0], upstream[1], upstream[2], upstream[4]
        if all(pull is None for pull in pulls):
            return (None,) * 7
        input, linear_weight, linear_bias, target, *numbers = ctx.saved_tensors
        request = LinearRequest(input, linear_weight, linear_bias, target, None, None, ctx.options)
        if torch.is_grad_enabled():
            return (*_differentiable(request, ctx.wanted, pulls), *_NOTHING)
        found = RowNumbers(*numbers)
        of_rows = pulls_of(found, pulls, target, ctx.options.softmax.ignore_index)
        whole = StatisticsPass(request, keeps=kept is not None, on_device=ctx.on_device)
        return (*whole.gradients(found, of_rows, ctx.wanted, kept), *_NOTHING)


def _differentiable(
    request: LinearRequest, wanted: tuple[bool, ...], pulls: tuple[Tensor | None, ...]
) -> tuple[Tensor | None, ...]:
    """Gradients of the three operands with a graph, by the composed way; None for those not wanted."""
    found = differentiable_statistics(request)
    results = found.log_prob, found.log_normaliser, found.entropy, found.top_log_probs
    pairs: list[tuple[Any, Tensor]] = [
        (one, pull) for one, pull in zip(results, pulls, strict=True) if pull is not None
    ]
    operands: list[Any] = [tensor for tensor, flag in zip(request[:3], wanted, strict=True) if flag]
    gradients = iter(
        torch.autograd.grad(
            [one for one, _ in pairs],
            operands,
            [pull.to(one.dtype) for one, pull in pairs],
            create_graph=True,
        )
    )
    return tuple(next(gradients) if flag else None for flag in wanted)
