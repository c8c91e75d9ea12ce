"""The composed way: PyTorch's own product, and the cross-entropy of logits, all of which are materialised."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.cross_entropy.composed import composed_softmax
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, softmax_statistics
from xent.torch.linear_cross_entropy.request import LinearRequest, dense_target
from xent.torch.logit_adjustments import adjusted
from xent.torch.memory import is_exported_to_onnx

__all__ = ["composed_linear", "differentiable_linear", "differentiable_statistics"]


def composed_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """Cross-entropy of all logits by the first way of `cross_entropy` that suits, statistics if requested."""
    options = request.options
    softmax = options.softmax
    reduction = softmax.reduction
    return cross_entropy(
        # Statistics are those of logits in 32 bits on every way.
        _wide_logits(request) if options.return_stats else _logits(_without_ignored(request)),
        dense_target(request),
        request.weight,
        ignore_index=softmax.ignore_index,
        reduction=reduction.kind,
        label_smoothing=softmax.label_smoothing,
        z_loss=softmax.z_loss,
        **options.adjustment,
        denominator=reduction.denominator,
        on_empty=reduction.on_empty,
        nonfinite=options.nonfinite,
        validate_targets=options.validate_targets,
        return_stats=options.return_stats,
        top_k=options.top_k,
        out_dtype=softmax.dtype,
    )


def differentiable_linear(request: LinearRequest) -> Tensor:
    """Cross-entropy of operations alone, for the derivative of a gradient; values are not checked again."""
    options = request.options
    logits = _logits(_without_ignored(request))
    if options.adjusts:
        logits = adjusted(logits, **options.adjustment, caller=options.softmax.reduction.caller)
    return composed_softmax(SoftmaxRequest(logits, dense_target(request), request.weight, options.softmax))


def differentiable_statistics(request: LinearRequest) -> SoftmaxStatistics:
    """Statistics of each row of operations alone, for the derivative of a gradient."""
    options = request.options
    logits = _wide_logits(request)
    if options.adjusts:
        logits = adjusted(logits, **options.adjustment, caller=options.softmax.reduction.caller)
    of_rows = SoftmaxRequest(logits, dense_target(request), None, options.softmax)
    return softmax_statistics(of_rows, composed_softmax, top_k=options.top_k)


def _without_ignored(request: LinearRequest) -> LinearRequest:
    """Request with hidden states of 0 in ignored rows, whose gradient of 0 times nan would be nan."""
    input, target, softmax = request.input, request.target, request.options.softmax
    is_of_rows = softmax.has_labels and request.linear_weight.ndim == 2 and input.ndim == 2
    if not is_of_rows or is_exported_to_onnx():
        return request
    ignored = (target == softmax.ignore_index)[:, None]
    return request._replace(input=torch.where(ignored, 0.0, input))


def _wide_logits(request: LinearRequest) -> Tensor:
    """Logits in 32 bits or more, of operands of any width."""
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    bias = None if request.linear_bias is None else request.linear_bias.to(dtype)
    input, weight = request.input.to(dtype), request.linear_weight.to(dtype)
    return _logits(request._replace(input=input, linear_weight=weight, linear_bias=bias))


def _logits(request: LinearRequest) -> Tensor:
    """Logits of shape (C,), (N, C) or (N, C, d1, ..., dK)."""
    input, weight, bias = request[:3]
    if weight.ndim == 2:
        return linear(input, weight, bias)
    flat = linear(input, weight.reshape(-1, weight.shape[-1]), None if bias is None else bias.reshape(-1))
    return flat.reshape(*input.shape[:-1], *weight.shape[:-1])
