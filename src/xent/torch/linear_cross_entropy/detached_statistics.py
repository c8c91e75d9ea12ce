"""
Loss and statistics without a derivative from one pass, which makes the gradients of the loss with its values.

The factor of the loss in each row is known before the pass, so that logits are multiplied once: three
products in all, where statistics with a derivative take four. Backward hands the gradients out once, by the
rule of `xent.torch.reduction`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import Pulls, RowNumbers
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, total_weight, weights_of_labels
from xent.torch.cross_entropy.triton import factor_of
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest, dense_shape
from xent.torch.linear_cross_entropy.second_derivatives import differentiable_gradients
from xent.torch.linear_cross_entropy.spread_targets import SpreadNumbers
from xent.torch.linear_cross_entropy.statistics_loss import reduced_loss
from xent.torch.linear_cross_entropy.statistics_pass import StatisticsPass
from xent.torch.linear_cross_entropy.statistics_results import RESULTS, pulls_of, results_of
from xent.torch.reduction import is_made_forward

__all__ = ["detached_statistics", "suits_one_pass"]

_NOTHING = (None,) * 6


def suits_one_pass(request: LinearRequest) -> bool:
    """
    True if statistics without a derivative are requested and the factor of each row is known before the pass.

    The factor is not known for one loss per row, for float16, whose loss may have a factor later, and under
    hooks on saved tensors, as a checkpoint sets them.
    """
    reduction = request.options.softmax.reduction
    return request.options.return_stats == "detached" and is_made_forward(request.input, reduction)


def detached_statistics(request: LinearRequest, *, on_device: bool) -> tuple[Tensor, ...]:
    """
    Reduced loss of a matrix of hidden states, differentiable, then the seven results of its rows.

    The results are those of `results_of`, in its order, and have no derivative. `on_device` is True for the
    kernels of Triton. Raises `DomainError` for a mean of denominator 0 under ``"raise"``, where it can be
    read, and `LaunchError` if a launch of Triton's kernel fails.
    """
    found: tuple[Tensor, ...] = _Detached.apply(*request, request.needs_gradients, on_device)  # type: ignore[no-untyped-call]
    return found


class _Detached(torch.autograd.Function):
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
        Reduced loss, (), and seven results of each row, which have no derivative.

        They are log-probability, log-normaliser, entropy, argmax, the largest log-probabilities and their
        classes, and the cost with class weights and smoothing, without z-loss; the last three are None if the
        request does not have them. Gradients of the loss that are `wanted`, of input, weight and bias, are
        made here and kept in `ctx`. A label out of range gives nan. Raises `DomainError` for a mean of
        denominator 0 under ``"raise"``, where it can be read, and `LaunchError` if a launch of Triton's
        kernel fails.
        """
        tensors = input, linear_weight, linear_bias, target, probs, weight
        request = LinearRequest(*tensors, options)
        total = torch.as_tensor(total_weight(dense_shape(request), weight, options.softmax))
        dtype = torch.promote_types(input.dtype, torch.float32)
        ctx.factor = factor_of(options.softmax, total, input.device, dtype)
        whole = StatisticsPass(request, keeps=False, on_device=on_device)
        ctx.gradients = None
        if any(wanted):
            pulls = partial(pulls_of_loss, request, ctx.factor)
            numbers, spread, ctx.gradients = whole.numbers_and_gradients(pulls, wanted)
            ctx.options, ctx.wanted, ctx.on_device = options, wanted, on_device
            ctx.save_for_backward(*tensors, *numbers, *spread)
        else:
            numbers, spread, _ = whole.numbers()
        results: Any = results_of(numbers, spread, request)
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(*(one for one in results if one is not None))
        statistics = SoftmaxStatistics(*results[: RESULTS - 1])
        return reduced_loss(statistics, results[-1], request), *results

    @staticmethod
    def backward(ctx: Any, upstream: Tensor | None, *others: Any) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias times `upstream`, that in the loss; None for all other arguments.

        The first call hands out those made forward, scaled in place; later ones make a second pass. While
        gradients are enabled they have a graph. For an `upstream` of None all are None.
        """
        del others
        # Forgotten before they are handed out: the receiver may write to them.
        made, ctx.gradients = ctx.gradients, None
        if upstream is None:
            return (None,) * 9
        request: LinearRequest = LinearRequest._make((*ctx.saved_tensors[:6], ctx.options))
        if torch.is_grad_enabled():
            return (*differentiable_gradients(request, upstream, ctx.factor, ctx.wanted), *_NOTHING)
        if made is None:
            made = _again(ctx, request)
        return (*(None if one is None else one.mul_(upstream) for one in made), *_NOTHING)


def _again(ctx: Any, request: LinearRequest) -> Any:
    """
    Gradients of input, weight and bias, times the derivative of the reduction but not yet the upstream.

    They are computed by a second pass, for a backward after the first; None for those not wanted.
    """
    saved = ctx.saved_tensors[6:]
    count = len(RowNumbers._fields)
    numbers, spread = RowNumbers(*saved[:count]), SpreadNumbers(*saved[count:])
    pulls = pulls_of_loss(request, ctx.factor, numbers, spread, slice(None))
    whole = StatisticsPass(request, keeps=False, on_device=ctx.on_device)
    return whole.gradients(numbers, pulls, ctx.wanted, None)


def pulls_of_loss(
    request: LinearRequest, factor: Tensor | None, numbers: RowNumbers, spread: SpreadNumbers, rows: slice
) -> tuple[Pulls, Tensor]:
    """
    Gradients of the reduced loss in the statistics of `rows`, and in the costs of their spread targets,
    (rows, m).

    The statistics are log-normaliser, entropy, and the log-probabilities of some columns; spread targets are
    probabilities and smoothed labels, over all classes. `request` has all rows, `numbers` and `spread` are
    those of `rows` alone. `factor`, of shape (), is the derivative of the reduction in a row's loss, None for
    1. The gradients have class weights and z-loss; ignored rows have 0, and labels out of range nan.
    """
    softmax = request.options.softmax
    part = request._replace(target=request.target[rows])
    ones = torch.ones_like(numbers.rests)
    if softmax.has_labels:
        ones = torch.where(part.target == softmax.ignore_index, 0.0, ones)
    of_row = ones if factor is None else torch.where(ones == 0, 0.0, ones * factor.to(ones.dtype))
    normaliser, cost, log_prob = None, None, None
    if softmax.z_loss:
        normaliser = torch.where(
            of_row == 0, 0.0, 2 * softmax.z_loss * of_row * (numbers.peaks + torch.log1p(numbers.rests))
        )
    if spread.costs.shape[1] > int(not softmax.has_labels):
        cost = of_row
    else:
        weight: Tensor | float = 1.0
        if request.weight is not None:
            weight = weights_of_labels(part.target, request.weight, softmax)
        log_prob = -(of_row * weight)
    return pulls_of(numbers, spread, (log_prob, normaliser, None, None, cost), part)
