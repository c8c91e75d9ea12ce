"""
A request as the flat arguments of an operator: flattened once here, and made a request again inside.

PyTorch takes the arguments of an operator as one flat list and its schema as text, so every operator of
linear cross-entropy shares this list; the three operands come first, `wanted` last.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.linear_cross_entropy.chunked_pass import Gradients
from xent.torch.linear_cross_entropy.request import LinearOptions, LinearRequest
from xent.torch.reduction import Reduction

__all__ = [
    "PARAMETERS",
    "TENSORS",
    "empty_like",
    "filled",
    "flattened",
    "returned",
    "unflattened",
    "wanted_of",
]

# Arguments that autograd saves: the tensors, which come first.
TENSORS = 8
PARAMETERS = (
    "Tensor input, Tensor linear_weight, Tensor? linear_bias, Tensor target, Tensor? probs, Tensor? weight, "
    "Tensor? class_mask, Tensor? denominator, int ignored, float smoothing, float z_loss, float? softcap, "
    "float? scale, SymInt? chunk_bytes, bool? wide_sums, str kind, bool zero_if_empty, int top_k, "
    "SymInt? count_read, bool[] wanted"
)
_OPERANDS = 3
_CALLER = "linear_cross_entropy"


def flattened(request: LinearRequest) -> tuple[Any, ...]:
    """
    Arguments of an operator, in the order of `PARAMETERS`, for a request of a matrix of hidden states.

    They are the tensors of the request, from `input` to `weight`, mask and denominator, a tensor of shape ()
    or None, then numbers and names, the scale among them, which must be no tensor, and last a flag for each
    operand whose gradient backward needs. Rules that raise, dtype of the loss and `return_stats` are left
    out.
    """
    options, softmax = request.options, request.options.softmax
    reduction, denominator = softmax.reduction, softmax.reduction.denominator
    if denominator is not None and not isinstance(denominator, Tensor):
        denominator = torch.full((), denominator, dtype=torch.float64, device=request.input.device)
    return (
        *request[:6], options.class_mask, denominator, softmax.ignore_index, softmax.label_smoothing,
        softmax.z_loss, options.softcap, options.logit_scale, options.chunk_bytes, options.wide_sums,
        reduction.kind, reduction.on_empty == "zero", options.top_k, options.count_read,
        request.needs_gradients,
    )  # fmt: skip


def unflattened(arguments: tuple[Any, ...]) -> LinearRequest:
    """
    Request from the arguments of an operator, in the order of `PARAMETERS`; labels if the target has one
    axis.

    Its losses have 32 bits or more. Rules that raise are not among the arguments: ``"nan"`` stands for them
    in `on_empty`, ``"propagate"`` in `nonfinite`, and targets are not checked.
    """
    *tensors, mask, denominator = arguments[:TENSORS]
    ignored, smoothing, z_loss, softcap, scale, chunk, wide, kind, zero, top_k, count, _ = arguments[TENSORS:]
    input, target = tensors[0], tensors[3]
    reduction = Reduction(_CALLER, kind, denominator, "zero" if zero else "nan")
    dtype = torch.promote_types(input.dtype, torch.float32)
    softmax = SoftmaxOptions(reduction, dtype, target.ndim == 1, ignored, smoothing, z_loss)
    options = LinearOptions(softmax, softcap, scale, mask, chunk, wide, top_k=top_k, count_read=count)
    return LinearRequest._make((*tensors, options))


def wanted_of(arguments: tuple[Any, ...]) -> tuple[bool, ...]:
    """
    True for input, weight and bias, in this order, if its gradient is wanted by the arguments of an
    operator.
    """
    return tuple(arguments[-1])


def filled(found: Gradients, input: Tensor) -> tuple[Tensor, ...]:
    """Gradients as an operator may return them: an empty tensor, like `input`, stands for None."""
    return tuple(input.new_empty(0) if tensor is None else tensor for tensor in found)


def empty_like(arguments: tuple[Any, ...], made: tuple[bool, ...]) -> tuple[Tensor, ...]:
    """Tensor without values for each gradient that is `made`, of its operand's shape; empty for the rest."""
    new = arguments[0].new_empty
    return tuple(
        new(operand.shape) if flag and operand is not None else new(0)
        for operand, flag in zip(arguments[:_OPERANDS], made, strict=True)
    )


def returned(found: tuple[Tensor, ...], wanted: tuple[bool, ...], count: int) -> tuple[Any, ...]:
    """
    Results of the backward function of an operator with `count` arguments; None for all but operands
    `wanted`.

    `found` holds the gradients of the three operands, or nothing if there was no upstream: then all are None.
    """
    given = tuple(one if flag else None for one, flag in zip(found, wanted, strict=False))
    return given + (None,) * (count - len(given))
