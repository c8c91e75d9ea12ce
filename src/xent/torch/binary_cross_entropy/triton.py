"""
The triton way: the kernel of `xent.kernels.sigmoid_cross_entropy.triton`, on GPUs.

As in `xent.torch.cross_entropy.triton`, the forward pass makes the gradient of a reduced loss, the host reads
no value, and backward writes the gradient anew only if its factor is not 1.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.kernels.triton.errors import LaunchError
from xent.kernels.triton.launches import reason_not_triton
from xent.torch.binary_cross_entropy.composed import composed_sigmoid
from xent.torch.binary_cross_entropy.request import SigmoidRequest
from xent.torch.memory import reason_not_plain, tracer
from xent.torch.reduction import Reduction, is_made_forward
from xent.torch.ways import warn_of_failure

__all__ = ["reason_not_on_device", "triton_sigmoid"]

_TENSORS = ("input", "target", "weight", "pos_weight")


def reason_not_on_device(request: SigmoidRequest) -> str | None:
    """
    Reason why Triton's kernel cannot compute this request, as the end of a sentence; None if it can.

    It is that `input` is not on a GPU, that Triton is not installed or a launch has failed before, that a
    tensor has 64 bits, that one but `input` requires grad, that there are no logits, that a tensor is of a
    subclass or not strided, or that the call is traced, also by torch.compile.
    """
    reason = reason_not_triton(request.input, "input")
    if reason is not None:
        return reason
    for name, tensor in zip(_TENSORS, request[:4], strict=True):
        if tensor is not None and tensor.dtype is torch.float64:
            return f"`{name}` has 64 bits, and the kernel computes in 32"
        if tensor is not None and tensor.requires_grad and name != "input":
            return f"`{name}` requires grad, and the kernel differentiates in `input` alone"
    if request.input.numel() == 0:
        return "`input` is empty"
    # A compiler fuses the composed way's operations on single numbers itself.
    return reason_not_plain(_TENSORS, request[:4]) or tracer()


def triton_sigmoid(request: SigmoidRequest) -> Tensor:
    """
    Cross-entropy in nats of tensors on a GPU that `reason_not_on_device` accepts, differentiable in the input
    alone.

    It is in the request's dtype, of shape () or, without a reduction, that of the input. No value is read.

    Raises
    ------
    LaunchError
        If the kernel can be neither compiled nor launched here.
    """
    loss: Tensor = _OnDevice.apply(*request)  # type: ignore[no-untyped-call]
    return loss


class _OnDevice(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        target: Tensor,
        weight: Tensor | None,
        pos_weight: Tensor | None,
        reduction: Reduction,
        dtype: torch.dtype,
    ) -> Tensor:
        """
        Loss in `dtype`, of shape () or, without a reduction, that of `input`; its gradient may be kept in
        `ctx`.

        It is kept if `input` requires grad and is not float16, the loss is reduced, and no hooks on saved
        tensors are set; it is then that of the reduced loss. `weight` and `pos_weight` of None stand for 1.
        The host reads no value, so over a denominator of 0 the rule ``"raise"`` is ``"nan"``. Raises
        `LaunchError` if the kernel cannot run here.
        """
        # Not at the head of the file: Triton is imported when the first kernel is launched.
        from xent.kernels.sigmoid_cross_entropy.triton.launch import blocks, sigmoid_of_events

        request = SigmoidRequest(input, target, weight, pos_weight, reduction, dtype)
        ctx.reduction, ctx.dtype, ctx.gradient, ctx.factor = reduction, dtype, None, None
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(input, target, weight, pos_weight)
            ctx.factor = _factor(input, reduction)
            if is_made_forward(input, reduction):
                ctx.gradient = torch.empty_like(input, memory_format=torch.contiguous_format)
        if reduction.kind == "none":
            found = input.new_empty(input.shape, dtype=torch.float32)
            outputs = {"values": found}
        else:
            found = input.new_empty(blocks(input.numel()), dtype=torch.float64)
            outputs = {"sums": found}
        sigmoid_of_events(_events(request), gradient=ctx.gradient, factor=ctx.factor, **outputs)
        return reduction.apply(found, input.numel, dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradient in `input` times `upstream`, which is one number or, without a reduction, one for each entry.

        The first call hands out the gradient kept in forward, which the kernel writes anew unless `upstream`
        is 1; without one, and in later calls, it is computed in new memory. While gradients are enabled, and
        with a `UserWarning` if the kernel cannot be launched, it is that of the composed way. All other
        arguments have None.
        """
        # Forgotten before it is handed out: the receiver may write to it.
        made, ctx.gradient = ctx.gradient, None
        # Unpack once: a checkpoint hands saved tensors out only once.
        request = SigmoidRequest._make((*ctx.saved_tensors, ctx.reduction, ctx.dtype))
        if torch.is_grad_enabled():
            return _composed_gradient(request, upstream), *(None,) * 5
        try:
            return _gradient(request, ctx.factor, upstream, made), *(None,) * 5
        except LaunchError as error:
            # The forward pass ran another kernel, which worked.
            warn_of_failure(ctx.reduction.caller, error)
            return _composed_gradient(request, upstream), *(None,) * 5


def _events(request: SigmoidRequest) -> Any:
    """
    Tensors of a request as `Events` of the kernel, detached and contiguous, their weights in float32.

    Weights that repeat by row are not expanded; None stays None.
    """
    from xent.kernels.sigmoid_cross_entropy.triton.launch import Events

    input, target, weight, pos_weight = request[:4]
    weights = [
        None if one is None else _repeating(one.detach().float(), input) for one in (pos_weight, weight)
    ]
    return Events(input.detach().contiguous(), target.detach().contiguous(), *weights)


def _repeating(weight: Tensor, input: Tensor) -> Tensor:
    """
    Contiguous weights that, repeated end to end, are those of all entries of `input`.

    `weight` broadcasts to the shape of `input`; the result has the entries of the last axes, or of all.
    """
    # Leading axes of 1 only repeat; any other shape is expanded.
    shape = weight.shape
    while shape and shape[0] == 1:
        shape = shape[1:]
    is_last = tuple(shape) == tuple(input.shape[input.ndim - len(shape) :])
    return weight.contiguous() if is_last else weight.expand(input.shape).contiguous()


def _gradient(
    request: SigmoidRequest, factor: Tensor | None, upstream: Tensor, made: Tensor | None
) -> Tensor:
    """
    Gradient in the logits times `factor` and `upstream`, in the shape of the input; a `factor` of None is 1.

    `factor` is the derivative of the reduction, of shape (), and `upstream` one number or, without a
    reduction, one for each entry. `made` is None, or for a reduced loss the gradient of the forward pass,
    which is that for an `upstream` of 1: if `upstream` is 1, `made` is returned as it is, else it is
    overwritten by the gradient, computed from `request` as in new memory for None. The host reads no value.
    Raises `LaunchError` if the kernel cannot be launched here.
    """
    from xent.kernels.sigmoid_cross_entropy.triton.launch import sigmoid_of_events

    wide = upstream.float().contiguous()
    gradient = made
    if gradient is None:
        gradient = torch.empty_like(request.input, memory_format=torch.contiguous_format)
    is_single = request.reduction.kind == "none"
    if made is None and not is_single:
        factor = wide if factor is None else factor * wide
    sigmoid_of_events(
        _events(request),
        gradient=gradient,
        factor=factor,
        upstream=None if made is None else wide,
        upstreams=wide if is_single else None,
    )
    return gradient


def _composed_gradient(request: SigmoidRequest, upstream: Tensor) -> Tensor:
    """
    Gradient in `input` times `upstream` by the composed way; differentiable itself if gradients are
    enabled.
    """
    is_differentiable = torch.is_grad_enabled()
    with torch.enable_grad():
        input = request.input if is_differentiable else request.input.detach().requires_grad_()
        loss = composed_sigmoid(request._replace(input=input))
        gradient: Tensor = torch.autograd.grad(loss, input, upstream, create_graph=is_differentiable)[0]
    return gradient


def _factor(input: Tensor, reduction: Reduction) -> Tensor | None:
    """
    Derivative of the reduction in each loss, of shape () and float32 on the device; None, for 1, unless a
    mean.

    It is 1 over the denominator. For one of 0 it is 0 under the rule "zero", else ``inf``.
    """
    if reduction.kind != "mean":
        return None
    given = input.numel() if reduction.denominator is None else reduction.denominator
    factor = torch.as_tensor(given, dtype=torch.float64).to(input.device).reciprocal()
    return (torch.where(factor.isinf(), 0.0, factor) if reduction.on_empty == "zero" else factor).float()
