"""
The eager way: the chunked pass of an eager training step, which makes the gradients in the forward pass.

Backward hands the gradients out once, by the rule of `xent.torch.reduction`; in a later backward, and
for one loss per row, whose factors are known in backward only, a second pass computes them. A second
derivative is that of the composed way, by chunks of rows.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from xent.options.mean import gradient_factor, mean_of_numbers
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.checks import check_losses, check_request_labels
from xent.torch.linear_cross_entropy.chunked_pass import (
    Gradients,
    gradients,
    values,
    values_and_gradients,
)
from xent.torch.linear_cross_entropy.request import (
    LinearOptions,
    LinearRequest,
    reason_not_pass,
    total_weight_of,
)
from xent.torch.linear_cross_entropy.second_derivatives import differentiable_gradients
from xent.torch.linear_cross_entropy.statistics import linear_statistics
from xent.torch.memory import reason_not_kernels
from xent.torch.reduction import is_made_forward, number_of

__all__ = ["FusedLinear", "eager_linear", "reason_not_eager"]

_TENSORS = ("input", "linear_weight", "linear_bias", "target", "probs", "weight")
_NOTHING = (None,) * 5


def reason_not_eager(request: LinearRequest) -> str | None:
    """
    Reason why the chunked pass cannot compute this request now, as the end of a sentence; None if it
    can.

    It is one of `reason_not_pass`, that a tensor is of a subclass, not on the CPU or not strided, that the
    call is traced, or that no kernel runs here.
    """
    return reason_not_pass(request) or reason_not_kernels(_TENSORS, request[:6])


def eager_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss of CPU tensors, reduced, or a pair of it and statistics; differentiable in input, weight and bias.

    The loss is in nats and in the options' dtype, of shape () or, without a reduction, that of the rows. The
    value of a tensor `logit_scale` is read. Raises `LabelError` for a label out of range that is not ignored,
    and `DomainError` for a mean of denominator 0, or a row without a softmax, if the rule for it is
    ``"raise"``.
    """
    scale = request.options.logit_scale
    if scale is not None:
        # As a number: autograd saves no tensor among the options, and this one needs no gradient.
        request = request._replace(options=request.options._replace(logit_scale=float(scale)))
    if request.options.return_stats:
        return linear_statistics(request)
    rows = request.as_matrix()
    loss: Tensor = FusedLinear.apply(*rows, rows.needs_gradients)  # type: ignore[no-untyped-call]
    return loss[0] if request.input.ndim == 1 and loss.ndim else loss


class FusedLinear(torch.autograd.Function):
    """Cross-entropy of a matrix of hidden states, reduced."""

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
    ) -> Tensor:
        """
        Loss in the dtype of `options`, reduced or one for each row; its gradients may be kept in `ctx`.

        Those are kept that are `wanted`, of input, weight and bias, if the loss is reduced, `input`
        is not float16, and no hooks on saved tensors are set. None stands for a tensor that was not given.
        Raises `LabelError` for a label out of range that is not ignored, and `DomainError` for a mean of
        denominator 0, or a row without a softmax, if the rule for it is ``"raise"``.
        """
        tensors = input, linear_weight, linear_bias, target, probs, weight
        request = LinearRequest(*tensors, options)
        ctx.options, ctx.wanted, ctx.gradients = options, wanted, None
        reduction = options.softmax.reduction
        check = partial(check_request_labels, target, linear_weight.shape[0], options)
        ctx.divisor = reduction.divisor(partial(total_weight_of, request), check)
        if any(wanted):
            ctx.save_for_backward(*tensors)
        if any(wanted) and is_made_forward(input, reduction):
            factor = gradient_factor(ctx.divisor, reduction.on_empty)
            losses, ctx.gradients = values_and_gradients(request, factor=factor, wanted=wanted)
        else:
            losses = values(request)
        return _reduced(losses, request, ctx.divisor)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias times `upstream`, one number or, without a reduction, one for each
        row.

        The first call hands out those made forward, scaled in place; if there are none, and in later calls, a
        second pass computes them. While gradients are enabled they have a graph. None for those not wanted,
        and for all other arguments.
        """
        # Forgotten before they are handed out: the receiver may write to them.
        made, ctx.gradients = ctx.gradients, None
        if torch.is_grad_enabled():
            return (*_differentiable(ctx, upstream), *_NOTHING)
        if made is None:
            return (*_gradients(ctx, upstream), *_NOTHING)
        factor = float(upstream)
        # In place, because no other code has seen these tensors yet.
        if factor != 1:
            for gradient in made:
                _ = gradient is None or gradient.mul_(factor)
        return (*made, *_NOTHING)


def _reduced(losses: Tensor, request: LinearRequest, divisor: float) -> Tensor:
    """
    Losses as requested, in the dtype of the result: one for each row, or their sum over `divisor`, ().

    `divisor` is the denominator of a mean, 1 for a sum; over 0 the result is 0 under the rule ``"zero"``,
    else nan, or inf for a sum above 0. If a loss is nan, raises `LabelError` for a label out of range, and
    `DomainError` for a row without a softmax under the rule ``"raise"``.
    """
    softmax = request.options.softmax
    total = float(losses.sum(dtype=torch.float64))
    # The loss of a label out of range is nan, so labels are read only if the sum is nan.
    if total != total:  # noqa: PLR0124 - the test for nan
        check_losses(losses, request.target, request.linear_weight.shape[0], request.options)
    if softmax.reduction.kind == "none":
        return losses.to(softmax.dtype)
    return number_of(mean_of_numbers(total, divisor, softmax.reduction.on_empty), softmax.dtype)


def _gradients(ctx: Any, upstream: Tensor) -> Gradients:
    """
    Gradients of the operands times `upstream` and the derivative of the reduction, by a second pass.

    It reads the tensors saved in `ctx`. `upstream` is one number or, without a reduction, one for each row.
    """
    request: LinearRequest = LinearRequest._make((*ctx.saved_tensors, ctx.options))
    reduction = request.options.softmax.reduction
    factor: Tensor | float
    if reduction.kind == "none":
        # Kernels read the factors of rows in their arithmetic dtype alone.
        is_double = request.input.dtype is torch.float64
        factor = upstream if upstream.dtype is torch.float64 else upstream.float()
        factor = factor.to(torch.float64 if is_double else torch.float32)
    else:
        factor = gradient_factor(ctx.divisor, reduction.on_empty) * float(upstream)
    return gradients(request, factor=factor, wanted=ctx.wanted)


def _differentiable(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    """
    Gradients of the loss in the three operands, times `upstream`, with a graph; None for those not wanted.

    They are computed from the tensors saved in `ctx`; `upstream` is one number or, without a reduction, one
    for each row.
    """
    request: LinearRequest = LinearRequest._make((*ctx.saved_tensors, ctx.options))
    reduction = request.options.softmax.reduction
    factor = None if reduction.kind == "none" else gradient_factor(ctx.divisor, reduction.on_empty)
    return differentiable_gradients(request, upstream, factor, ctx.wanted)
