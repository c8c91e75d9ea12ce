"""
The triton way: the pass of `device_pass.py`, on GPUs, which makes the gradients in the forward pass.

Backward hands the gradients out once, times its factor, which no host reads. A later backward, one loss per
row and float16, whose factors are known in backward only, take a second pass. A second derivative is that of
the composed way, by chunks of rows.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.kernels.triton.launches import reason_not_triton
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.cross_entropy.triton import factor_of, reason_not_operator
from xent.torch.linear_cross_entropy.checks import check_count_of_rows, check_losses
from xent.torch.linear_cross_entropy.device_pass import losses_and_gradients
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest, reason_not_pass
from xent.torch.linear_cross_entropy.second_derivatives import differentiable_gradients
from xent.torch.linear_cross_entropy.statistics import linear_statistics
from xent.torch.linear_cross_entropy.triton_operators import compiled_on_device, total_of_rows
from xent.torch.memory import reason_not_plain, tracer
from xent.torch.reduction import is_made_forward

__all__ = ["reason_not_on_device", "triton_linear"]

_TENSORS = ("input", "linear_weight", "linear_bias", "target", "probs", "weight")
_NOTHING = (None,) * 5
_NONE_WANTED = (False, False, False)


def reason_not_on_device(request: LinearRequest) -> str | None:
    """
    Reason why the pass of devices cannot compute this request now, as the end of a sentence; None if it can.

    It is that `input` is not on a GPU, that Triton is not installed or a launch has failed before, that a
    tensor has 64 bits, that input or weight is empty, that the weight has more than 2 axes, that target,
    probabilities or class weights require grad, that a mask differs by row, that a scale requires grad or is
    a tensor on a device or in traced code, that a tensor is of a subclass or not strided, or tracing; under
    torch.compile only ONNX's export and transforms of torch.func in place of the last two. Smoothing over a
    mask of classes suits.
    """
    reason = reason_not_triton(request.input, "input")
    if reason is not None:
        return reason
    for name, tensor in zip(_TENSORS, request[:6], strict=True):
        if tensor is not None and tensor.dtype is torch.float64:
            return f"`{name}` has 64 bits, and the kernel computes in 32"
    mask = request.options.class_mask
    # The kernel smooths over a mask, which those of a processor do not.
    softmax = request.options.softmax._replace(label_smoothing=0.0)
    plain = request if mask is None else request._replace(options=request.options._replace(softmax=softmax))
    if torch.compiler.is_compiling():
        return reason_not_operator() or reason_not_pass(plain)
    return reason_not_pass(plain) or reason_not_plain(_TENSORS, request[:6]) or tracer()


def triton_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss of tensors on a GPU, reduced, or a pair of it and statistics; differentiable in the operands.

    A label out of range gives nan, and so does a wrong `count_read` without statistics, unless
    ``nonfinite="raise"`` has values read.

    Raises
    ------
    LaunchError
        If a kernel can be neither compiled nor launched here.
    LabelError, DomainError
        Under ``nonfinite="raise"`` alone, and not in compiled code: for a label out of range, with statistics
        only if a row has no softmax too; for a wrong `count_read`, and for a row without a softmax.
    """
    scale = request.options.logit_scale
    if isinstance(scale, Tensor):
        # As a number: autograd saves no tensor among the options, and this one needs no gradient.
        request = request._replace(options=request.options._replace(logit_scale=float(scale)))
    if request.options.return_stats:
        return linear_statistics(request, kernels="device")
    rows = request.as_matrix()
    loss: Tensor
    if torch.compiler.is_compiling():
        loss = compiled_on_device(rows)
    else:
        loss = _LinearOnDevice.apply(*rows, rows.needs_gradients)  # type: ignore[no-untyped-call]
    return loss[0] if request.input.ndim == 1 and loss.ndim else loss


class _LinearOnDevice(torch.autograd.Function):
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

        Those are kept that are `wanted`, of input, weight and bias, if the loss is reduced, `input` is not
        float16, and no hooks on saved tensors are set. None stands for a tensor that was not given. A label
        out of range gives nan. Only under ``nonfinite="raise"`` are values read, and only if a loss is nan is
        there an error: `DomainError` for a wrong `count_read`, else `LabelError` for a label out of range,
        else `DomainError`. Raises `LaunchError` if the kernel cannot run here.
        """
        tensors = input, linear_weight, linear_bias, target, probs, weight
        request = LinearRequest(*tensors, options)
        reduction = options.softmax.reduction
        total = total_of_rows(request) if reduction.kind == "mean" else None
        ctx.options, ctx.wanted, ctx.gradients = options, wanted, None
        ctx.factor = factor_of(options.softmax, total, input.device)
        is_made = any(wanted) and is_made_forward(input, reduction)
        if any(wanted):
            ctx.save_for_backward(*tensors)
        losses, gradients = losses_and_gradients(request, ctx.factor, wanted if is_made else _NONE_WANTED)
        ctx.gradients = gradients if is_made else None
        if options.nonfinite == "raise" and bool(losses.isnan().any()):
            check_count_of_rows(target, options)
            check_losses(losses, target, linear_weight.shape[0], options)
        return reduction.apply(losses, lambda: 0.0 if total is None else total, options.softmax.dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradients of input, weight and bias times `upstream`, one number or, without a reduction, one for each
        row.

        The first call hands out those made forward, scaled in place by a kernel; if there are none, and in
        later calls, a second pass computes them. While gradients are enabled they have a graph. None for
        those not wanted, and for all other arguments. Raises `LaunchError` if a kernel cannot be launched
        here.
        """
        # Not at the head of the file: Triton is imported when the first kernel is launched.
        from xent.kernels.triton.scaling import scale_in_place

        # Forgotten before they are handed out: the receiver may write to them.
        made, ctx.gradients = ctx.gradients, None
        if torch.is_grad_enabled():
            request = LinearRequest._make((*ctx.saved_tensors, ctx.options))
            return (*differentiable_gradients(request, upstream, ctx.factor, ctx.wanted), *_NOTHING)
        wide = upstream.float().contiguous()
        if made is None:
            request = LinearRequest._make((*ctx.saved_tensors, ctx.options))
            factor = wide if ctx.factor is None else ctx.factor * wide
            return (*losses_and_gradients(request, factor, ctx.wanted)[1], *_NOTHING)
        for gradient in made:
            if gradient is not None:
                scale_in_place(gradient, wide)
        return (*made, *_NOTHING)
