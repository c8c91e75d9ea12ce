"""
Linear cross-entropy over ranks with all logits of this rank's classes in memory.

For calls that the chunks of `sharded_rows.py` cannot compute: traced ones, weights of more than 2 axes, and
targets or a scale with a gradient. The logits never leave the rank; the gradient in the hidden states, which
all ranks share, is the sum of the ranks' parts by one all-reduce in 32 bits or more.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import linear

from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.sharded import sharded_softmax, sharded_statistics
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.sharded_targets import targets_of_rank
from xent.torch.logit_adjustments import adjusted, mask_like
from xent.torch.memory import is_traced
from xent.torch.process_groups import shared_parameter

__all__ = ["linear_by_logits", "reason_not_by_chunks"]


def reason_not_by_chunks(request: LinearRequest) -> str | None:
    """
    Reason why a call over ranks needs all logits of a rank; None if it is computed by chunks of rows.

    It is that the call is traced, that the weight has more than 2 axes, or that target, sparse probabilities
    or scale require grad.
    """
    if is_traced():
        return "the call is traced"
    if request.linear_weight.ndim > 2:
        return "`linear_weight` has more than 2 axes"
    fixed = request.target, request.probs, request.options.logit_scale
    if any(isinstance(one, Tensor) and one.requires_grad for one in fixed):
        return "`target` or `logit_scale` requires grad"
    return None


def linear_by_logits(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss over all ranks' classes, reduced, or a pair of it and statistics; the same on all ranks.

    It takes all logits of this rank's classes in memory. Classes of sparse targets are counted from this
    rank's first already. Raises, on all ranks alike: `DomainError` for targets that are no distributions
    under `validate_targets`, for rows without a softmax under ``nonfinite="raise"``, and for a mean of
    denominator 0 under ``on_empty="raise"``, where it can be read; `LabelError` for a label outside all
    ranks' classes, where it can be read. Raises `BackendError` if a rank is lost.
    """
    of_logits = _request_of_logits(request)
    loss = sharded_softmax(of_logits)
    if not request.options.return_stats:
        return loss
    return loss, sharded_statistics(of_logits, top_k=request.options.top_k)


def _request_of_logits(request: LinearRequest) -> SoftmaxRequest:
    """
    Cross-entropy of this rank's logits in 32 bits or more, after cap, scale and mask, differentiable.

    The gradients in hidden states, scale and sparse probabilities are summed over the ranks in backward.
    Raises as `adjusted` and `mask_like` for cap, scale and mask.
    """
    options = request.options
    ranks, caller = options.softmax.ranks, options.softmax.reduction.caller
    assert ranks is not None  # noqa: S101 - the way `sharded` is taken for no other request
    hidden = request.input
    dtype = torch.promote_types(hidden.dtype, torch.float32)
    # Widened before it is shared: the parts of all ranks are added in 32 bits or more.
    shared = shared_parameter(hidden.to(dtype), ranks.group, caller=caller)
    logits = _logits(request._replace(input=shared))
    adjustment, softmax, scale = options.adjustment, options.softmax, options.logit_scale
    if isinstance(scale, Tensor) and scale.requires_grad:
        adjustment["logit_scale"] = shared_parameter(scale, ranks.group, caller=caller)
    if options.adjusts:
        logits = adjusted(logits, **adjustment, caller=caller)
    if options.class_mask is not None:
        mask = mask_like(logits, options.class_mask, caller=caller).expand(logits.shape)
        softmax = softmax._replace(class_mask=mask.movedim(1, -1) if logits.ndim > 2 else mask)
    probs = request.probs
    if probs is not None and probs.requires_grad:
        request = request._replace(probs=shared_parameter(probs, ranks.group, caller=caller))
    return SoftmaxRequest(logits, targets_of_rank(request), request.weight, softmax)


def _logits(request: LinearRequest) -> Tensor:
    """
    Logits of this rank's K classes in 32 bits or more, (K,), (N, K) or (N, K, d1, ..., dM), with the bias.

    The hidden states of `request` are widened already. In a matrix those of a row all of whose labels are
    ignored are read as 0, so that its gradient is 0 whatever they hold. With statistics, which read its
    logits, they are read as 0 only if they are not finite, and the logits are nan.
    """
    softmax, hidden = request.options.softmax, request.input
    if not softmax.has_labels or hidden.ndim == 1:
        return _product(hidden, request)
    is_ignored = (request.target == softmax.ignore_index).reshape(len(hidden), -1).all(1, keepdim=True)
    if not request.options.return_stats:
        return _product(torch.where(is_ignored, 0.0, hidden), request)
    is_wrong = is_ignored & ~hidden.isfinite().all(-1, keepdim=True)
    logits = _product(torch.where(is_wrong, 0.0, hidden), request)
    return torch.where(is_wrong.reshape(-1, *(1,) * (logits.ndim - 1)), torch.nan, logits)


def _product(hidden: Tensor, request: LinearRequest) -> Tensor:
    """
    Wide hidden states times the weight of this rank, plus its bias, (K,), (N, K) or (N, K, d1, ...,
    dM).
    """
    _, weight, bias = request[:3]
    flat_bias = None if bias is None else bias.reshape(-1).to(hidden.dtype)
    flat = linear(hidden, weight.flatten(0, -2).to(hidden.dtype), flat_bias)
    return flat.reshape(*hidden.shape[:-1], *weight.shape[:-1])
