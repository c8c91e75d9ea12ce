"""Cross-entropy and statistics of all logits by operations alone, differentiable any number of times."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, softmax_statistics
from xent.torch.linear_cross_entropy.request import LinearRequest, dense_target
from xent.torch.logit_adjustments import adjusted
from xent.torch.memory import is_exported_to_onnx

__all__ = [
    "differentiable_costs",
    "differentiable_linear",
    "differentiable_statistics",
    "logits_of",
    "wide_logits",
    "without_ignored",
]


def differentiable_linear(request: LinearRequest) -> Tensor:
    """
    Loss in nats by operations alone, reduced, in the options' dtype, differentiable any number of times.

    It is `composed_softmax` of all logits, with class weights, smoothing and z-loss; labels are not checked
    again, so one out of range gives nan.
    """
    return composed_softmax(_of_logits(logits_of(without_ignored(request)), request))


def differentiable_statistics(request: LinearRequest) -> SoftmaxStatistics:
    """
    Statistics of each row by operations alone, as `softmax_statistics` has them, differentiable any number of
    times.
    """
    of_rows = _of_logits(wide_logits(request), request)._replace(weight=None)
    return softmax_statistics(of_rows, composed_softmax, top_k=request.options.top_k)


def differentiable_costs(request: LinearRequest) -> Tensor:
    """
    Cross-entropy of each row, reduced as the request says, from logits in 32 bits or more, without z-loss.

    It has class weights and smoothing, is made of operations alone, and is differentiable any number of
    times.
    """
    of_rows = _of_logits(wide_logits(request), request)
    return composed_softmax(of_rows._replace(options=of_rows.options._replace(z_loss=0.0)))


def _of_logits(logits: Tensor, request: LinearRequest) -> SoftmaxRequest:
    """
    Request of `logits`, capped, scaled and masked here, with the target of `request` for all classes.

    A mask of the request becomes that of the smoothing too. Sparse targets are expanded, and class weights,
    reduction and all other options stay.
    """
    options, softmax = request.options, request.options.softmax
    if options.adjusts:
        logits = adjusted(logits, **options.adjustment, caller=softmax.reduction.caller)
    if options.class_mask is not None:
        # Smoothing is over the classes that the mask allows.
        softmax = softmax._replace(class_mask=options.class_mask.expand(logits.shape))
    return SoftmaxRequest(logits, dense_target(request), request.weight, softmax)


def without_ignored(request: LinearRequest) -> LinearRequest:
    """
    Request with hidden states of 0 in ignored rows, whose gradient of 0 times nan would be nan.

    Requests of probabilities, of a single row or of a weight of more than 2 axes, and any in an export to
    ONNX, are returned as they are.
    """
    ignored = _ignored(request)
    if ignored is None or is_exported_to_onnx():
        return request
    return request._replace(input=torch.where(ignored, 0.0, request.input))


def wide_logits(request: LinearRequest) -> Tensor:
    """
    Logits in 32 bits or more, (C,), (N, C) or (N, C, d1, ..., dK), with the bias, without cap, scale and
    mask.

    They come from operands of any width, which are widened before the product. In a matrix with a label for
    each row those of an ignored row are nan if its hidden states are not finite; their gradient is 0.
    """
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    bias = None if request.linear_bias is None else request.linear_bias.to(dtype)
    input, weight = request.input.to(dtype), request.linear_weight.to(dtype)
    widened, ignored = request._replace(linear_weight=weight, linear_bias=bias), _ignored(request)
    if ignored is None:
        return logits_of(widened._replace(input=input))
    is_wrong = ignored & ~input.isfinite().all(-1, keepdim=True)
    logits = logits_of(widened._replace(input=torch.where(is_wrong, 0.0, input)))
    return torch.where(is_wrong, torch.nan, logits)


def _ignored(request: LinearRequest) -> Tensor | None:
    """True for ignored rows, of shape (N, 1); None unless each row of a matrix has one label."""
    input, softmax = request.input, request.options.softmax
    if not (softmax.has_labels and request.linear_weight.ndim == 2 and input.ndim == 2):
        return None
    return (request.target == softmax.ignore_index)[:, None]


def logits_of(request: LinearRequest) -> Tensor:
    """
    Logits in the dtype of the operands, of shape (C,), (N, C) or (N, C, d1, ..., dK), with the bias.

    They are not capped, scaled and masked.
    """
    input, weight, bias = request[:3]
    if weight.ndim == 2:
        return linear(input, weight, bias)
    flat = linear(input, weight.reshape(-1, weight.shape[-1]), None if bias is None else bias.reshape(-1))
    return flat.reshape(*input.shape[:-1], *weight.shape[:-1])
