"""
Launches of the Triton kernel for a request, eager and as an operator that a compiler keeps as one node.

The kernel reads logits of shape (N, C), or (N, C, d) with all axes after the classes as one; other strides
than those of such a view are copied.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.memory import rows_shape
from xent.torch.reduction import Reduction

__all__ = ["gradient_on_device", "operator_values", "values_on_device"]


def values_on_device(
    request: SoftmaxRequest, factor: Tensor | None, *, has_gradient: bool
) -> tuple[Tensor, Tensor | None]:
    """
    Loss of each row, (rows,) in float32, and with `has_gradient` the gradient times `factor`, else None.

    Losses have class weights, smoothing and z-loss; they are 0 in ignored rows, and nan for a label out of
    range and in a row without a softmax. `factor` is one number or one for each row, None stands for 1; the
    gradient has the shape and dtype of the input. Raises `LaunchError` if the kernel cannot run here.
    """
    # Not at the head of the file: Triton is imported when the first kernel is launched.
    from xent.kernels.softmax_cross_entropy.triton.launch import Outputs, softmax_of_rows

    logits = _as_rows(request.input.detach())
    values = logits.new_empty(logits.numel() // logits.shape[1], dtype=torch.float32)
    gradient = torch.empty_like(logits) if has_gradient else None
    softmax_of_rows(
        logits,
        _truth(request),
        Outputs(values),
        gradient=gradient,
        factor=factor,
        z_weight=request.options.z_loss,
    )
    return values, None if gradient is None else gradient.reshape(request.input.shape)


def gradient_on_device(
    request: SoftmaxRequest, factor: Tensor | None, upstream: Tensor, made: Tensor | None
) -> Tensor:
    """
    Gradient in the input times `factor` and `upstream`, in the shape of the input.

    It is the tensor `made`, unchanged if `upstream` is 1; else the kernel reads the logits again and writes
    the gradient over it, rounded once. For a `made` of None it is new memory.

    Parameters
    ----------
    request : SoftmaxRequest
        Request of the forward pass.
    factor : Tensor of one number, or None
        Derivative of the reduction; None for 1.
    upstream : Tensor of one number, or of one for each row
        Derivative of what follows; one number beside `made`.
    made : Tensor or None
        Gradient times `factor` alone.

    Raises
    ------
    LaunchError
        If the kernel can be neither compiled nor launched here.
    """
    from xent.kernels.softmax_cross_entropy.triton.launch import Outputs, softmax_of_rows

    logits = _as_rows(request.input.detach())
    gradient = torch.empty_like(logits) if made is None else _as_rows(made)
    # Contiguous: the upstream of a sum is one number, expanded.
    wide = upstream.float().contiguous().reshape(-1) if upstream.ndim else upstream.float()
    if made is None:
        factor = wide if factor is None else factor * wide
    softmax_of_rows(
        logits,
        _truth(request),
        Outputs(),
        gradient=gradient,
        factor=factor,
        upstream=None if made is None else wide,
        z_weight=request.options.z_loss,
    )
    return gradient.reshape(request.input.shape)


def operator_values(request: SoftmaxRequest) -> Tensor:
    """
    Loss of each row in nats, (rows,) in float32, in compiled code; differentiable once in the input.

    It has class weights, smoothing and z-loss, and is 0 in ignored rows, and nan for a label out of range and
    in a row without a softmax.
    """
    options = request.options
    values: Tensor = _values(
        request.input, request.target, request.weight, _mask(request), options.has_labels,
        options.ignore_index, options.label_smoothing, options.z_loss,
    )  # fmt: skip
    return values


@torch.library.custom_op("xent::softmax_cross_entropy_on_device", mutates_args=())
def _values(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    mask: Tensor | None,
    has_labels: bool,
    ignored: int,
    smoothing: float,
    z_weight: float,
) -> Tensor:
    """
    Loss of each row, (rows,) in float32, with z-loss; 0 for the label `ignored`, nan for one out of range.

    None stands for class weights of 1 and for no mask. `mask` has the shape of the input and limits smoothing
    alone: masked logits are ``-inf`` already.
    """
    options = _options(mask, has_labels, ignored, smoothing, z_weight)
    return values_on_device(SoftmaxRequest(input, target, weight, options), None, has_gradient=False)[0]


@torch.library.custom_op("xent::softmax_cross_entropy_gradient_on_device", mutates_args=())
def _gradient(
    upstream: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    mask: Tensor | None,
    has_labels: bool,
    ignored: int,
    smoothing: float,
    z_weight: float,
) -> Tensor:
    """
    Gradient of the rows' losses in the input, each times its entry of `upstream`, (rows,), in the input's
    shape.

    The losses are those of `_values`, with class weights `weight` and z-loss of factor `z_weight`; None
    stands for class weights of 1 and for no mask. `mask` has the shape of the input and limits smoothing
    alone. Rows of the label `ignored` are 0, those of one out of range nan.
    """
    options = _options(mask, has_labels, ignored, smoothing, z_weight)
    request = SoftmaxRequest(input, target, weight, options)
    return gradient_on_device(request, None, upstream, None)


@_values.register_fake
def _values_like(input: Tensor, *rest: Any) -> Tensor:
    """Tensor of the shape and dtype of the result of `_values`, without values, for a compiler."""
    del rest
    classes = input.shape[1 if input.ndim > 1 else 0]
    return input.new_empty(input.numel() // classes, dtype=torch.float32)


@_gradient.register_fake
def _gradient_like(upstream: Tensor, input: Tensor, *rest: Any) -> Tensor:
    """Tensor of the shape and dtype of the result of `_gradient`, without values, for a compiler."""
    del upstream, rest
    return input.new_empty(input.shape)


def _save(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    """
    Save the four tensors among the `inputs` of `_values` in the context `ctx`, and the others as
    `ctx.settings`.
    """
    del output
    ctx.save_for_backward(*inputs[:4])
    ctx.settings = inputs[4:]


def _backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
    """
    Gradient in the input of the rows' losses times `upstream`, (rows,); None for the seven other
    arguments.
    """
    return (_gradient(upstream, *ctx.saved_tensors, *ctx.settings), *(None,) * 7)


_values.register_autograd(_backward, setup_context=_save)


def _options(
    mask: Tensor | None, has_labels: bool, ignored: int, smoothing: float, z_weight: float
) -> SoftmaxOptions:
    """
    Options from the arguments of an operator, for one loss a row in float32; a `mask` of None masks
    nothing.
    """
    reduction = Reduction("cross_entropy", "none")
    return SoftmaxOptions(reduction, torch.float32, has_labels, ignored, smoothing, z_weight, mask)


def _truth(request: SoftmaxRequest) -> Any:
    """
    `Truth` of the kernel for a request: labels, flat, or probabilities, as (N, C) or (N, C, d).

    It has the class weights in float32, the label of ignored rows, the smoothing, and the mask that limits
    it, None without one.
    """
    from xent.kernels.softmax_cross_entropy.triton.launch import Truth

    target, options = request.target.detach(), request.options
    mask = _mask(request)
    return Truth(
        target.reshape(-1) if options.has_labels else _as_rows(target),
        options.has_labels,
        None if request.weight is None else request.weight.detach().float().contiguous(),
        options.ignore_index,
        options.label_smoothing,
        None if mask is None else _as_rows(mask),
    )


def _mask(request: SoftmaxRequest) -> Tensor | None:
    """
    Mask of the shape of the input, which limits smoothing; None without a mask or without smoothing.

    Masked logits are ``-inf`` already.
    """
    mask = request.options.class_mask
    if mask is None or request.options.label_smoothing == 0:
        return None
    expanded = mask.expand(*rows_shape(request.input), mask.shape[-1])
    return expanded.movedim(-1, 1) if expanded.ndim > 1 else expanded


def _as_rows(tensor: Tensor) -> Tensor:
    """
    Tensor as (N, C) or (N, C, d), with all axes after the classes as one; a view where strides allow.

    A tensor of shape (C,) becomes one row.
    """
    if tensor.ndim == 1:
        return tensor[None]
    return tensor if tensor.ndim == 2 else tensor.reshape(*tensor.shape[:2], -1)
