"""
The eager way: the fused kernels of an eager training step, which make the gradient in the forward pass.

One pass over the logits gives values and gradient; backward hands the gradient out once, by the rule of
`xent.torch.reduction`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.options.label_smoothing import smoothed
from xent.options.mean import gradient_factor, mean_of_numbers, total_weight
from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.plain_labels import are_plain, plain_labels
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.labels import check_labels
from xent.torch.memory import (
    in_memory,
    n_classes,
    new_memory,
    reason_not_kernels,
    rows_of,
    rows_shape,
    shaped_as,
)
from xent.torch.reduction import is_made_forward, is_scaled, number_of

__all__ = ["eager_softmax", "reason_not_eager"]

_TENSORS = ("input", "target", "weight")


def reason_not_eager(request: SoftmaxRequest) -> str | None:
    """
    Reason why the kernels of processors cannot compute this request, as the end of a sentence; None if they
    can.

    It is that `target` or `weight` requires grad, that a class mask limits smoothing, that there are no
    logits, that a tensor is of a subclass, not on the CPU or not strided, that the call is traced, or that no
    kernel runs here.
    """
    input, target, weight, options = request
    if target.requires_grad:
        return "`target` requires grad, and the kernels differentiate in `input` alone"
    if weight is not None and weight.requires_grad:
        return "`weight` requires grad, and the kernels differentiate in `input` alone"
    if options.class_mask is not None and options.label_smoothing > 0:
        return "`class_mask` limits `label_smoothing`, and the kernels smooth over all classes"
    if input.numel() == 0:
        return "`input` is empty"
    return reason_not_kernels(_TENSORS, (input, target, weight))


def eager_softmax(request: SoftmaxRequest) -> Tensor:
    """
    Cross-entropy in nats of CPU tensors that `reason_not_eager` accepts, differentiable in the input alone.

    It is in the dtype of the options, of shape () or, without a reduction, that of the rows; second
    derivatives are those of the composed way. Raises `DomainError` for a mean of denominator 0 under the rule
    ``"raise"``, then `LabelError` for a label out of range that is not ignored.
    """
    loss: Tensor = _FusedSoftmax.apply(*request)  # type: ignore[no-untyped-call]
    return loss


class _FusedSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, input: Tensor, target: Tensor, weight: Tensor | None, options: SoftmaxOptions
    ) -> Tensor:
        """
        Loss in the dtype of `options`, reduced or of the shape of the rows; its gradient may be kept in
        `ctx`.

        Arguments are the fields of a `SoftmaxRequest`: logits with the classes on axis 1, labels or
        probabilities, and weights of the classes or None for 1. The gradient, that of the reduced loss, is
        kept if `input` requires grad and is not float16, the loss is reduced, and no hooks on saved tensors
        are set. Raises `DomainError` for a mean of denominator 0 under the rule ``"raise"``, then
        `LabelError` for a label out of range that is not ignored.
        """
        ctx.options, ctx.gradient, factor = options, None, 1.0
        reduction, rows = options.reduction, rows_of(input).contiguous()
        check = partial(_check_labels, input, target, options)
        ctx.divisor = divisor = reduction.divisor(
            partial(_total_weight, input, target, weight, options), check
        )
        if ctx.needs_input_grad[0]:
            ctx.shape = input.shape
            ctx.save_for_backward(input, target, weight)
            if is_made_forward(input, reduction):
                # In the pass that computes the values each row is in the cache; a later pass would read it
                # once more.
                ctx.gradient = new_memory(rows.shape, rows.dtype)
                factor = gradient_factor(divisor, reduction.on_empty)
        values = _values(rows, target, weight, options, gradient=ctx.gradient, factor=factor)
        total = float(values.sum(dtype=torch.float64))
        # The loss of a label out of range is nan, so labels are read only if the sum is nan.
        if total != total:  # noqa: PLR0124 - the test for nan
            check()
        if reduction.kind == "none":
            return values.to(options.dtype).reshape(rows_shape(input))
        return number_of(mean_of_numbers(total, divisor, reduction.on_empty), options.dtype)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Gradient in `input` times `upstream`, which is one number or, without a reduction, one for each row.

        The first call hands out the gradient kept in forward, scaled in place; if there is none, in later
        calls, and for bfloat16 unless `upstream` is 1, it is computed anew. While gradients are enabled it
        has a graph. All other arguments have None.
        """
        # Forgotten before it is handed out: the receiver may write to it.
        gradient, ctx.gradient = ctx.gradient, None
        if gradient is None or torch.is_grad_enabled() or not is_scaled(gradient, float(upstream)):
            return _gradient_anew(ctx, upstream, gradient), None, None, None
        return shaped_as(ctx.shape, gradient), None, None, None


def _gradient_anew(ctx: Any, upstream: Tensor, memory: Tensor | None) -> Tensor:
    """
    Gradient in the input saved in `ctx`, in its shape, times `upstream` and the derivative of the reduction.

    That derivative is 1 over the denominator for a mean, else 1; `upstream` is one number or, without a
    reduction, one for each row. The gradient is written to `memory`, (N, C), or to new memory for None. While
    gradients are enabled it is differentiable, and always in new memory.
    """
    # Unpack once: a checkpoint hands saved tensors out only once.
    input, target, weight = ctx.saved_tensors
    options: SoftmaxOptions = ctx.options
    if torch.is_grad_enabled():
        loss = composed_softmax(SoftmaxRequest(input, target, weight, options))
        gradient: Tensor = torch.autograd.grad(loss, input, upstream, create_graph=True)[0]
        return gradient
    factor: NDArray[Any] | float
    if options.reduction.kind == "none":
        # One factor for each row, in a dtype that the kernels read.
        wide = upstream if upstream.dtype is torch.float64 else upstream.float()
        factor = in_memory(wide.reshape(-1))
    else:
        factor = gradient_factor(ctx.divisor, options.reduction.on_empty) * float(upstream)
    return shaped_as(ctx.shape, _gradient(input, target, weight, options, factor=factor, memory=memory))


def _values(
    rows: Tensor,
    target: Tensor,
    weight: Tensor | None,
    options: SoftmaxOptions,
    *,
    gradient: Tensor | None,
    factor: float,
) -> Tensor:
    """
    Loss of each row in nats, (N,), in 32 bits or more, with class weights, smoothing and z-loss; 0 in ignored
    rows.

    It is nan for a label out of range and in a row without a softmax. `rows`, (N, C), are logits, contiguous;
    `target` holds labels, in any shape, or probabilities, with the classes on axis 1 as in the call.
    `gradient`, contiguous and of the shape and dtype of `rows`, is overwritten by the gradient times
    `factor`; None skips it. A `weight` of None stands for 1.
    """
    is_plain = weight is None and options.has_labels and options.label_smoothing == 0
    if is_plain and are_plain(rows, target):
        ignored, z_weight = options.ignore_index, options.z_loss
        return plain_labels(rows, target, gradient, ignored=ignored, factor=factor, z_weight=z_weight)
    logits = in_memory(rows)
    truth = _truth(rows, target, weight, options)
    if gradient is None:
        return torch.from_numpy(kernels.value(logits, truth, z_weight=options.z_loss))
    return torch.from_numpy(
        kernels.value_and_gradient(logits, truth, in_memory(gradient), factor=factor, z_weight=options.z_loss)
    )


def _gradient(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    options: SoftmaxOptions,
    *,
    factor: NDArray[Any] | float,
    memory: Tensor | None,
) -> Tensor:
    """
    Gradient of the rows' losses in the logits times `factor`, as rows (N, C) in the dtype of `input`.

    `input`, and probabilities in `target`, have the classes on axis 1. The gradient is written to `memory`,
    which must be contiguous, or to new memory for None; it is 0 in ignored rows, and nan for a label out of
    range and in a row without a softmax. Losses have class weights, smoothing and z-loss. `factor` is one
    number, or one for each row; a `weight` of None stands for 1.
    """
    rows = rows_of(input).contiguous()
    gradient = new_memory(rows.shape, rows.dtype) if memory is None else memory
    truth = _truth(rows, target, weight, options)
    kernels.gradient(in_memory(rows), truth, in_memory(gradient), factor=factor, z_weight=options.z_loss)
    return gradient


def _truth(
    rows: Tensor, target: Tensor, weight: Tensor | None, options: SoftmaxOptions
) -> kernels.Labels | kernels.Targets:
    """
    Labels with their smoothing, or smoothed targets of all rows, as the kernels read them.

    `target` has the shape that it has in the call; labels become (N,), probabilities (N, C). The class
    weights stand beside them, not multiplied in; None stands for 1. Weights and targets of rows in float64
    are in float64, else in float32.
    """
    dtype = torch.float64 if rows.dtype is torch.float64 else torch.float32
    class_weights = None if weight is None else in_memory(weight.detach().to(dtype))
    smoothing = options.label_smoothing
    if options.has_labels:
        labels = in_memory(target).reshape(-1)
        return kernels.Labels(labels, class_weights, options.ignore_index, smoothing)
    targets = rows_of(target.detach()).to(dtype)
    if smoothing > 0:
        targets = smoothed(targets, smoothing, rows.shape[1])
    return kernels.Targets(in_memory(targets), class_weights)


def _check_labels(input: Tensor, target: Tensor, options: SoftmaxOptions) -> None:
    """Raise `LabelError` for a label that is neither a class nor ignored; probabilities pass."""
    if options.has_labels:
        caller = options.reduction.caller
        check_labels(target, n_classes(input), ignored=options.ignore_index, caller=caller)


def _total_weight(input: Tensor, target: Tensor, weight: Tensor | None, options: SoftmaxOptions) -> float:
    """
    Total weight of the rows; as in PyTorch, a row of probabilities weighs 1 whatever its classes weigh.

    A `weight` of None stands for 1; an ignored row weighs 0. A label out of range weighs 0 beside class
    weights, else 1.
    """
    if not options.has_labels:
        return input.numel() // n_classes(input)
    # In 64 bits: a sum of many weights of 16 bits would stop growing.
    weights = None if weight is None else in_memory(weight.detach().double())
    return total_weight(target.numpy(), weights, ignored=options.ignore_index)
