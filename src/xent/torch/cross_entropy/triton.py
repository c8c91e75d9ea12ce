"""
The triton way: the kernel of `xent.kernels.softmax_cross_entropy.triton`, on GPUs.

In eager code the forward pass makes the gradient of a reduced loss with its values, and backward hands it
out once, by the rule of `xent.torch.reduction`. The host reads no value, so that it never waits: totals and
factors stay on the device, and where backward gets a factor that may be 1, the kernel itself looks, and
writes the gradient anew only if it is not. In compiled code the values are an operator with a derivative,
whose gradient is made in backward.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.kernels.triton.errors import LaunchError
from xent.kernels.triton.launches import reason_not_triton
from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.cross_entropy.triton_operators import (
    gradient_on_device,
    operator_values,
    values_on_device,
)
from xent.torch.memory import is_exported_to_onnx, reason_not_plain, rows_shape, tracer
from xent.torch.reduction import is_made_forward
from xent.torch.ways import warn_of_failure

__all__ = ["factor_of", "reason_not_on_device", "reason_not_operator", "total_weight", "triton_softmax"]

_TENSORS = ("input", "target", "weight")


def reason_not_on_device(request: SoftmaxRequest) -> str | None:
    """
    Reason why Triton's kernel cannot compute this request, as the end of a sentence; None if it can.

    It is that `input` is not on a GPU, that Triton is not installed or a launch has failed before, that a
    tensor has 64 bits, that one but `input` requires grad, that there are no logits, that a tensor is of a
    subclass or not strided, or that the call is traced. Under torch.compile in place of the last two it is
    that an export to ONNX traces the call, or that a transform of torch.func is active.
    """
    tensors = request[:3]
    reason = reason_not_triton(request.input, "input")
    if reason is not None:
        return reason
    for name, tensor in zip(_TENSORS, tensors, strict=True):
        if tensor is not None and tensor.dtype is torch.float64:
            return f"`{name}` has 64 bits, and the kernel computes in 32"
        if tensor is not None and tensor.requires_grad and name != "input":
            return f"`{name}` requires grad, and the kernel differentiates in `input` alone"
    if request.input.numel() == 0:
        return "`input` is empty"
    if torch.compiler.is_compiling():
        return reason_not_operator()
    return reason_not_plain(_TENSORS, tensors) or tracer()


def reason_not_operator() -> str | None:
    """
    Reason why compiled code cannot call the operator, as the end of a sentence; None if it can.

    It is that an export to ONNX traces the call, or that a transform of torch.func is active.
    """
    if is_exported_to_onnx():
        return "an export to ONNX traces the call, and ONNX has no such operator"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `xent.arrays.torch_tracing`
        return "a transform of torch.func is active inside the compiled code"
    return None


def triton_softmax(request: SoftmaxRequest) -> Tensor:
    """
    Cross-entropy of tensors on a GPU in nats, reduced, in the request's dtype; differentiable in the input.

    It has class weights, smoothing and z-loss. A label out of range gives nan, and over a denominator of 0
    the rule ``"raise"`` is ``"nan"``. Second derivatives are those of the composed way; compiled code has
    none.

    Raises
    ------
    LaunchError
        If the kernel can be neither compiled nor launched here.
    """
    loss: Tensor
    if torch.compiler.is_compiling():
        values = operator_values(request).reshape(rows_shape(request.input))
        options = request.options
        loss = options.reduction.apply(values, lambda: total_weight(request), options.dtype)
    else:
        loss = _OnDevice.apply(*request)  # type: ignore[no-untyped-call]
    return loss


class _OnDevice(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, input: Tensor, target: Tensor, weight: Tensor | None, options: SoftmaxOptions
    ) -> Tensor:
        """
        Loss in the dtype of `options`, reduced or of the shape of the rows; its gradient may be kept in
        `ctx`.

        It is kept if `input` requires grad and is not float16, the loss is reduced, and no hooks on saved
        tensors are set; it is then that of the reduced loss. A `weight` of None stands for 1. The host reads
        no value: a label out of range gives nan, and over a denominator of 0 the rule ``"raise"`` is
        ``"nan"``. Raises `LaunchError` if the kernel cannot run here.
        """
        request = SoftmaxRequest(input, target, weight, options)
        reduction = options.reduction
        total = total_weight(request) if reduction.kind == "mean" else None
        ctx.options, ctx.gradient, ctx.factor = options, None, None
        is_made = False
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(input, target, weight)
            ctx.factor = factor_of(options, total, input.device)
            is_made = is_made_forward(input, reduction)
        values, ctx.gradient = values_on_device(request, ctx.factor, has_gradient=is_made)
        shaped = values.reshape(rows_shape(input))
        return reduction.apply(shaped, lambda: 0.0 if total is None else total, options.dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradient in `input` times `upstream`, which is one number or, without a reduction, one for each row.

        The first call hands out the gradient kept in forward, which the kernel writes anew unless `upstream`
        is 1; without one, and in later calls, it is computed in new memory. While gradients are enabled, and
        with a `UserWarning` if the kernel cannot be launched, it is that of the composed way. All other
        arguments have None.
        """
        # Forgotten before it is handed out: the receiver may write to it.
        made, ctx.gradient = ctx.gradient, None
        # Unpack once: a checkpoint hands saved tensors out only once.
        request = SoftmaxRequest._make((*ctx.saved_tensors, ctx.options))
        if torch.is_grad_enabled():
            return _composed_gradient(request, upstream), None, None, None
        try:
            return gradient_on_device(request, ctx.factor, upstream, made), None, None, None
        except LaunchError as error:
            # The forward pass ran another kernel, or another size of tile, which worked.
            warn_of_failure("cross_entropy", error)
            return _composed_gradient(request, upstream), None, None, None


def _composed_gradient(request: SoftmaxRequest, upstream: Tensor) -> Tensor:
    """
    Gradient in `input` times `upstream` by the composed way; differentiable itself if gradients are
    enabled.
    """
    is_differentiable = torch.is_grad_enabled()
    with torch.enable_grad():
        input = request.input if is_differentiable else request.input.detach().requires_grad_()
        loss = composed_softmax(request._replace(input=input))
        gradient: Tensor = torch.autograd.grad(loss, input, upstream, create_graph=is_differentiable)[0]
    return gradient


def total_weight(request: SoftmaxRequest) -> Tensor:
    """
    Total weight of the rows, of shape () and float64 on their device; 0 for ignored rows.

    As in PyTorch, a row of probabilities weighs 1. A label out of range counts as the nearest class: its row
    makes the loss nan.
    """
    input, target, weight, options = request
    if not options.has_labels:
        rows = input.numel() // input.shape[1 if input.ndim > 1 else 0]
        return torch.full((), rows, dtype=torch.float64, device=input.device)
    reads = target != options.ignore_index
    if weight is None:
        return reads.sum().double()
    # In 64 bits: a sum of many weights of 16 bits would stop growing.
    weights = weight.double()[target.clamp(0, weight.shape[0] - 1)]
    return torch.where(reads, weights, 0.0).sum()


def factor_of(
    options: SoftmaxOptions,
    total: Tensor | None,
    device: torch.device,
    dtype: torch.dtype = torch.float32,
) -> Tensor | None:
    """
    Derivative of the reduction in each row's loss, of shape () and `dtype` on `device`; None, for 1, unless a
    mean.

    It is 1 over the given denominator, or else over `total`, the total weight of the rows. For a denominator
    of 0 it is 0 if the rule of `on_empty` is "zero" or, without z-loss, the denominator is the default; else
    ``inf``.
    """
    reduction = options.reduction
    if reduction.kind != "mean":
        return None
    given = reduction.denominator
    divisor = torch.as_tensor(total if given is None else given, dtype=torch.float64)
    factor = divisor.to(device).reciprocal()
    # The derivative of 0 / 0 is 0; that of a positive sum over 0 is inf, like the value.
    if reduction.on_empty == "zero" or (given is None and options.z_loss == 0):
        factor = torch.where(factor.isinf(), 0.0, factor)
    return factor.to(dtype)
