"""
The composed way: PyTorch's own product, and the cross-entropy of logits, all of which are materialised.

Statistics are computed by chunks of rows where nothing traces the call.
"""

from __future__ import annotations

from torch import Tensor

from xent.errors import XentError
from xent.torch.cross_entropy.call import cross_entropy
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.differentiable import logits_of, wide_logits, without_ignored
from xent.torch.linear_cross_entropy.request import LinearRequest, dense_target, reason_not_pass
from xent.torch.linear_cross_entropy.statistics import linear_statistics
from xent.torch.memory import is_traced, reason_not_plain

__all__ = ["composed_linear"]


def composed_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss from all logits by the first way of `cross_entropy` that suits, or a pair of it and statistics.

    The loss is in nats, reduced, and includes class weights, smoothing and z-loss. Statistics, and the loss
    beside them, are computed by chunks of rows instead where these suit the request, and are those of logits
    in 32 bits or more. Raises as `cross_entropy` does for values: `LabelError` for a label out of range, and
    `DomainError` by `nonfinite`, `validate_targets` and `on_empty`, in the name of the caller of the request.
    """
    if request.options.return_stats and _suits_chunks(request):
        return linear_statistics(request, kernels="none")
    try:
        return _of_logits(request)
    except XentError as error:
        error.caller = request.options.softmax.reduction.caller
        raise


def _of_logits(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """Result of `cross_entropy` for all logits of `request`, with its errors."""
    options, softmax = request.options, request.options.softmax
    reduction = softmax.reduction
    return cross_entropy(
        # Statistics are those of logits in 32 bits on every way.
        wide_logits(request) if options.return_stats else logits_of(without_ignored(request)),
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
        return_stats=bool(options.return_stats),
        top_k=options.top_k,
        out_dtype=softmax.dtype,
    )


def _suits_chunks(request: LinearRequest) -> bool:
    """
    True if statistics can be computed by chunks of rows, so that not all logits are materialised.

    False for an empty input or weight, a weight of more than 2 axes, a target, probabilities or class weights
    that require grad, a mask that differs by row, a scale that requires grad or cannot be read, tensors of a
    subclass, and traced calls. Smoothing over a mask of classes suits.
    """
    options = request.options
    # Operations smooth over a mask, which the kernels of a processor do not.
    unmasked = request._replace(
        options=options._replace(softmax=options.softmax._replace(label_smoothing=0.0))
    )
    names = tuple(LinearRequest._fields[:6])
    return (
        reason_not_pass(unmasked) is None and reason_not_plain(names, request[:6]) is None and not is_traced()
    )
