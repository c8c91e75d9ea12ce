"""
Loss and statistics of a linear cross-entropy from one pass over chunks, differentiable together.

The pass returns a few numbers a row, of which the loss is a function: it weights, squares and reduces them by
operations on N numbers, so all gradients meet in one second pass.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import RowNumbers
from xent.torch.cross_entropy.statistics import (
    SoftmaxStatistics,
    total_weight,
    with_summary,
)
from xent.torch.labels import check_labels
from xent.torch.linear_cross_entropy.checks import check_losses
from xent.torch.linear_cross_entropy.composed_statistics import statistics_by_operations
from xent.torch.linear_cross_entropy.detached_statistics import detached_statistics, suits_one_pass
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest, dense_shape
from xent.torch.linear_cross_entropy.second_derivatives import differentiable_pulls
from xent.torch.linear_cross_entropy.spread_targets import SpreadNumbers
from xent.torch.linear_cross_entropy.statistics_loss import reduced_loss
from xent.torch.linear_cross_entropy.statistics_operators import compiled_statistics
from xent.torch.linear_cross_entropy.statistics_pass import StatisticsPass
from xent.torch.linear_cross_entropy.statistics_results import pulls_of, results_of
from xent.torch.memory import is_traced
from xent.torch.reduction import keeps_nothing

__all__ = ["linear_statistics"]

Kernels = Literal["processor", "device", "none"]

_NUMBERS = len(RowNumbers._fields)
# Results without a derivative: the argmax, and the classes of the largest log-probabilities.
_INTEGERS = 3, 5


def linear_statistics(
    request: LinearRequest, *, kernels: Kernels = "processor"
) -> tuple[Tensor, SoftmaxStatistics]:
    """
    Pair of loss and statistics of hidden states, differentiable in the operands of the product.

    `kernels` are those of a "processor", those of a "device", or "none", operations of PyTorch alone;
    compiled code takes operators instead. For ``return_stats="detached"``, where the factor of each row is
    known before the pass, kernels make loss and gradients in one pass, and the statistics have no derivative;
    elsewhere they have one, and the caller detaches them.

    Raises
    ------
    LabelError
        For a label out of range that is not ignored, on the CPU; on a device only beside a row without a
        softmax under ``nonfinite="raise"``, else the loss of its row is nan. Traced labels are not read.
    DomainError
        For a row without a softmax under ``nonfinite="raise"``, unless it is traced; for a mean of
        denominator 0 under ``on_empty="raise"``, where the denominator can be read.
    LaunchError
        If a launch of the kernel of a device fails.
    """
    options, target, softmax = request.options, request.target, request.options.softmax
    if softmax.has_labels and target.is_cpu and not is_traced():
        count = request.linear_weight.shape[0]
        check_labels(target, count, ignored=softmax.ignore_index, caller=softmax.reduction.caller)
    found: Any = _of_rows(request.as_matrix(), kernels)
    if request.input.ndim == 1:
        found = tuple(one[0] if one is not None and one.ndim else one for one in found)
    loss, *results, costs = found
    statistics = SoftmaxStatistics(*results)
    if options.nonfinite == "raise" and not is_traced():
        _check_rows(statistics, request)
    loss = reduced_loss(statistics, costs, request) if loss is None else loss
    truth = dense_shape(request)
    return loss, with_summary(
        statistics, truth, softmax, lambda: total_weight(truth, request.weight, softmax)
    )


def _check_rows(statistics: SoftmaxStatistics, request: LinearRequest) -> None:
    """
    Raise `DomainError` for the first row without a softmax that is not ignored; values are read.

    If there is such a row, and labels are out of range, it is a `LabelError` for the first of these. The
    option `nonfinite` must be "raise".
    """
    values, softmax = statistics.log_normaliser.detach(), request.options.softmax
    if softmax.has_labels:
        values = torch.where(request.target == softmax.ignore_index, 0.0, values)
    if bool(values.isnan().any()):
        check_losses(values, request.target, request.linear_weight.shape[0], request.options)


def _of_rows(request: LinearRequest, kernels: Kernels) -> tuple[Tensor | None, ...]:
    """
    Loss of all rows, None if it is not made with the statistics, and seven results of each row.

    They are log-probability, log-normaliser, entropy, argmax, the largest log-probabilities and their
    classes, and the cost with class weights and smoothing; the last three are None if the request does not
    have them. `kernels` are those of a "processor" or a "device", or "none"; compiled code takes operators.
    """
    if torch.compiler.is_compiling():
        return None, *compiled_statistics(request)
    if kernels == "none":
        return None, *statistics_by_operations(request)
    if suits_one_pass(request):
        return detached_statistics(request, on_device=kernels == "device")
    found: tuple[Tensor | None, ...]
    found = _Statistics.apply(*request, request.needs_gradients, kernels == "device")  # type: ignore[no-untyped-call]
    return None, *found


class _Statistics(torch.autograd.Function):
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
        wanted: tuple[bool, bool, bool],
        on_device: bool,
    ) -> tuple[Tensor | None, ...]:
        """
        Seven results of each row: log-probability, log-normaliser, entropy, argmax, largest ones, classes,
        cost.

        The largest log-probabilities and their classes, (N, top_k), and the cost, which has class weights and
        smoothing, are None if the request does not have them; argmax and classes have no derivative. None as
        an argument stands for a tensor that was not given. Where gradients are `wanted`, of input, weight or
        bias, chunks of logits may be kept in `ctx`.
        """
        tensors = input, linear_weight, linear_bias, target, probs, weight
        request = LinearRequest(*tensors, options)
        keeps = any(wanted) and not keeps_nothing()
        numbers, spread, kept = StatisticsPass(request, keeps=keeps, on_device=on_device).numbers()
        results = results_of(numbers, spread, request)
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(*(results[place] for place in _INTEGERS if results[place] is not None))
        if any(wanted):
            ctx.options, ctx.wanted, ctx.kept, ctx.on_device = options, wanted, kept, on_device
            ctx.save_for_backward(*tensors, *numbers, *spread)
        return results

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor | None) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias by a second pass; None for those not wanted and all other
        arguments.

        `upstream` are the gradients in the seven results; None stands for 0, and if all but those of argmax
        and classes are None, all gradients are None. The first call overwrites the chunks of logits that
        forward kept; while gradients are enabled the gradients have a graph.
        """
        # Forgotten before they are overwritten: a later backward computes all chunks again.
        kept, ctx.kept = ctx.kept, None
        pulls = tuple(one for place, one in enumerate(upstream) if place not in _INTEGERS)
        if all(pull is None for pull in pulls):
            return (None,) * 9
        *tensors, numbers, spread = _saved(ctx)
        request: LinearRequest = LinearRequest._make((*tensors, ctx.options))
        if torch.is_grad_enabled():
            return (*differentiable_pulls(request, pulls, ctx.wanted), *(None,) * 6)
        of_rows = pulls_of(numbers, spread, pulls, request)
        whole = StatisticsPass(request, keeps=kept is not None, on_device=ctx.on_device)
        return (*whole.gradients(numbers, of_rows, ctx.wanted, kept), *(None,) * 6)


def _saved(ctx: Any) -> tuple[Any, ...]:
    """Six tensors of the request, and the numbers of its rows and of their spread targets."""
    saved = ctx.saved_tensors
    return *saved[:6], RowNumbers(*saved[6 : 6 + _NUMBERS]), SpreadNumbers(*saved[6 + _NUMBERS :])
