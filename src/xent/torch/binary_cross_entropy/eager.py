"""
The eager way: the fused kernel of an eager training step, which makes the gradient in the forward pass.

Backward hands the gradient out once, by the rule of `xent.torch.reduction`.
"""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.kernels import sigmoid_cross_entropy as kernels
from xent.options.mean import gradient_factor, mean_of_numbers
from xent.torch.binary_cross_entropy.composed import composed_sigmoid
from xent.torch.binary_cross_entropy.request import SigmoidRequest
from xent.torch.memory import in_memory, new_memory, reason_not_kernels
from xent.torch.reduction import Reduction, is_made_forward, is_scaled, number_of

__all__ = ["eager_sigmoid", "reason_not_eager"]

_TENSORS = ("input", "target", "weight", "pos_weight")


def reason_not_eager(request: SigmoidRequest) -> str | None:
    """
    Reason why the kernel of processors cannot compute this request, as the end of a sentence; None if it can.

    It is that a tensor but `input` requires grad, that one has 64 bits where `input` has fewer, that there
    are no logits, that a tensor is of a subclass, not on the CPU or not strided, that the call is traced, or
    that no kernel runs here.
    """
    tensors = request[:4]
    for name, tensor in zip(_TENSORS[1:], tensors[1:], strict=True):
        if tensor is not None and tensor.requires_grad:
            return f"`{name}` requires grad, and the kernel differentiates in `input` alone"
        if tensor is not None and tensor.dtype is torch.float64 and request.input.dtype is not torch.float64:
            return f"`{name}` has 64 bits, and the kernel computes in those of `input`"
    if request.input.numel() == 0:
        return "`input` is empty"
    return reason_not_kernels(_TENSORS, tensors)


def eager_sigmoid(request: SigmoidRequest) -> Tensor:
    """
    Cross-entropy in nats of CPU tensors that `reason_not_eager` accepts, differentiable in the input alone.

    It is in the request's dtype, of shape () or, without a reduction, that of the input; second derivatives
    are those of the composed way. Raises `DomainError` for a mean of denominator 0 under the rule
    ``"raise"``.
    """
    loss: Tensor = _FusedSigmoid.apply(*request)  # type: ignore[no-untyped-call]
    return loss


class _FusedSigmoid(torch.autograd.Function):
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

        It is kept if `input` requires grad and is not float16, the loss is reduced, and no hooks on
        saved tensors are set; it is then that of the reduced loss. `weight` and `pos_weight` of None stand
        for 1. Raises `DomainError` for a mean of denominator 0 under the rule ``"raise"``.
        """
        ctx.gradient, ctx.reduction, ctx.dtype = None, reduction, dtype
        ctx.divisor = reduction.divisor(input.numel)
        logits, targets, positive = _arrays(input, target, pos_weight)
        factor = _factors(input, weight, gradient_factor(ctx.divisor, reduction.on_empty))
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(input, target, weight, pos_weight)
            if is_made_forward(input, reduction):
                ctx.gradient = new_memory(input.shape, input.dtype)
        if ctx.gradient is None:
            found = kernels.value(logits, targets, positive_weight=positive)
        else:
            output = in_memory(ctx.gradient).reshape(logits.shape)
            found = kernels.value_and_gradient(
                logits, targets, output, positive_weight=positive, factor=_in_shape(factor, logits)
            )
        values = torch.from_numpy(found).reshape(input.shape)
        # The kernel applies factors to the gradient alone, so values are weighted here.
        values = values if weight is None else weight.detach() * values
        if reduction.kind == "none":
            return values.to(dtype)
        total = float(values.sum(dtype=torch.float64))
        return number_of(mean_of_numbers(total, ctx.divisor, reduction.on_empty), dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradient in `input` times `upstream`, which is one number or, without a reduction, one for each entry.

        The first call hands out the gradient kept in forward, scaled in place; if there is none, in later
        calls, and for bfloat16 unless `upstream` is 1, it is computed anew. While gradients are enabled the
        kept one is dropped, and the gradient is that of the composed way, with a graph. All other arguments
        have None.
        """
        # Forgotten before it is handed out: the receiver may write to it.
        gradient, ctx.gradient = ctx.gradient, None
        input, target, weight, pos_weight = ctx.saved_tensors
        if torch.is_grad_enabled():
            loss = composed_sigmoid(
                SigmoidRequest(input, target, weight, pos_weight, ctx.reduction, ctx.dtype)
            )
            gradient = torch.autograd.grad(loss, input, upstream, create_graph=True)[0]
        elif gradient is None or not is_scaled(gradient, float(upstream)):
            factor = gradient_factor(ctx.divisor, ctx.reduction.on_empty)
            # With one loss per row `upstream` has a factor for each entry, else it is one number.
            factors = _factors(input, weight, factor) * upstream
            gradient = _gradient(input, target, pos_weight, factor=factors, memory=gradient)
        return gradient, None, None, None, None, None


def _gradient(
    input: Tensor,
    target: Tensor,
    pos_weight: Tensor | None,
    *,
    factor: Tensor,
    memory: Tensor | None,
) -> Tensor:
    """
    Gradient in the logits times `factor`, in shape and dtype of `input`, written to `memory`, or to new
    memory for None.

    `memory` must be contiguous. `factor` is one number, or of the shape of `input`, and holds the `weight` of
    the entries already; a `pos_weight` of None stands for 1.
    """
    gradient = new_memory(input.shape, input.dtype) if memory is None else memory
    logits, targets, positive = _arrays(input, target, pos_weight)
    output = in_memory(gradient).reshape(logits.shape)
    factors = _in_shape(factor.to(_arithmetic(input)), logits)
    kernels.gradient(logits, targets, output, positive_weight=positive, factor=factors)
    return gradient


def _arithmetic(input: Tensor) -> torch.dtype:
    """Dtype of the arithmetic: float64 for float64, else float32."""
    return torch.float64 if input.dtype is torch.float64 else torch.float32


def _arrays(input: Tensor, target: Tensor, pos_weight: Tensor | None) -> tuple[Any, ...]:
    """
    Logits, targets and positive weights as three arrays for the kernel, of shapes (rows, columns) and
    (columns,).

    There is one row, unless `pos_weight` has one entry for each place of the last axis; any other is expanded
    to one number for each entry. A `pos_weight` of None gives the number 1 in place of the third. Logits keep
    their dtype, bfloat16 bit by bit as uint16. Targets and weights are in 64 bits beside logits of 64, else
    in 32.
    """
    dtype = _arithmetic(input)
    logits, targets = in_memory(input), in_memory(target.detach().to(dtype))
    if pos_weight is None:
        return logits.reshape(1, -1), targets.reshape(1, -1), 1.0
    positive = pos_weight.detach().to(dtype)
    # Weights that repeat by row are read in place; any other shape is expanded to one number per entry.
    if positive.ndim == 1 and input.ndim > 0 and positive.shape[0] == input.shape[-1]:
        shape = (-1, input.shape[-1])
        return logits.reshape(shape), targets.reshape(shape), in_memory(positive)
    whole = in_memory(positive.expand(input.shape))
    return logits.reshape(1, -1), targets.reshape(1, -1), whole.reshape(-1)


def _factors(input: Tensor, weight: Tensor | None, factor: float) -> Tensor:
    """
    `factor` times `weight`, in the shape of `input`; of shape () for a `weight` of None, which stands for 1.
    It is in float64 beside an `input` of float64, else in float32.
    """
    dtype = _arithmetic(input)
    if weight is None:
        return number_of(factor, dtype)
    return (weight.detach().to(dtype) * factor).expand(input.shape)


def _in_shape(factor: Tensor, logits: NDArray[Any]) -> NDArray[Any]:
    """
    `factor` as an array of the shape of `logits`, which has as many entries, or of shape () if it is one
    number.
    """
    factors = in_memory(factor)
    return factors.reshape(logits.shape) if factor.ndim > 0 else factors
