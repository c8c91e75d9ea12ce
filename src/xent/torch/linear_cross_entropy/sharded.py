"""
The sharded way: a weight of which each rank of a process group has some classes.

Hidden states and labels are the same on all ranks, weight and bias those of the rank's classes, which follow
one another in the order of the ranks. All ranks get the same loss, bit for bit, the whole gradient in the
hidden states, and each its part of that in the weight. `sharded_rows.py` says where the ranks communicate.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.sharded import denominator_of_ranks, weight_of_labels
from xent.torch.cross_entropy.sharded_agreement import agreed_shard
from xent.torch.cross_entropy.sharded_checks import check_softmax, check_targets
from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, with_summary
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.sharded_rows import linear_rows, request_of_logits
from xent.torch.memory import is_traced

__all__ = ["reason_not_sharded", "sharded_linear"]

_INSTEAD = "`cross_entropy` of the logits takes it"


def reason_not_sharded(request: LinearRequest) -> str | None:
    """Reason why the ranks cannot compute the request; None if they can."""
    options = request.options
    scale, mask = options.logit_scale, options.class_mask
    if options.softmax.ranks is None:
        return "no `process_group` is given"
    if is_traced() or request.linear_weight.ndim > 2 or request.probs is not None:
        return (
            f"the call is traced, `linear_weight` has more than 2 axes, or the target is sparse; {_INSTEAD}"
        )
    if options.return_stats and (options.top_k or options.softmax.label_smoothing > 0):
        return f"`top_k`, or statistics beside smoothing, are requested; {_INSTEAD}"
    if mask is not None and mask.ndim != 1:
        return f"`class_mask` differs by row; {_INSTEAD}"
    fixed = (request.target, request.weight, scale)
    if any(isinstance(one, Tensor) and one.requires_grad for one in fixed):
        return f"`target`, `weight` or `logit_scale` requires grad; {_INSTEAD}"
    return None


def sharded_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """Cross-entropy over all ranks' classes, reduced, with statistics if requested; the same on all ranks."""
    scale = request.options.logit_scale
    if isinstance(scale, Tensor):
        request = request._replace(options=request.options._replace(logit_scale=float(scale)))
    rows = request.as_matrix()
    of_logits = request_of_logits(rows)
    options = of_logits.options
    shard = agreed_shard(of_logits)
    check_targets(of_logits, shard)
    ranks = options.ranks
    assert ranks is not None  # noqa: S101 - the way is taken for no other request
    results = linear_rows(rows, shard, most_classes=max(ranks.counts))
    is_read = rows.target != options.ignore_index if options.has_labels else None
    has_softmax = results[1].detach().isfinite()
    check_softmax(has_softmax if is_read is None else has_softmax | ~is_read, options)
    weights = None
    if rows.weight is not None and options.has_labels:
        weights = weight_of_labels(rows.weight, rows.target, shard)
    loss = _loss(rows, results, weights, shard)
    loss = loss[0] if request.input.ndim == 1 and loss.ndim else loss
    if not request.options.return_stats:
        return loss
    return loss, _statistics(request, results, shard)


def _loss(
    request: LinearRequest, results: tuple[Tensor, ...], weights: Tensor | None, shard: ClassShard
) -> Tensor:
    """Loss from cost and log-normaliser of each row; `weights` are the labels'."""
    of_logits = request_of_logits(request)
    options = of_logits.options
    cost, normaliser = results[:2]
    if options.has_labels:
        # Replaced before it is squared: the derivative of nan would be 0 times nan.
        normaliser = torch.where(request.target == options.ignore_index, 0.0, normaliser)
    if weights is not None and options.label_smoothing == 0:
        cost = torch.where(weights == 0, 0.0, weights * cost)
    if options.z_loss > 0:
        cost = cost + options.z_loss * normaliser**2
    if options.has_labels:
        cost = torch.where(request.target == options.ignore_index, 0.0, cost)
    return options.reduction.apply(cost, lambda: denominator_of_ranks(of_logits, shard), options.dtype)


def _statistics(request: LinearRequest, results: tuple[Tensor, ...], shard: ClassShard) -> SoftmaxStatistics:
    """Statistics of each row, as `softmax_statistics` has them."""
    of_logits = request_of_logits(request.as_matrix())
    options, target = of_logits.options, of_logits.target
    dtype = torch.promote_types(request.input.dtype, torch.float32)
    cost, normaliser, entropy, top = results
    top = torch.where(normaliser.detach().isnan(), -1, top)
    log_prob = 0 - cost
    if options.has_labels:
        log_prob = torch.where(target == options.ignore_index, 0.0, log_prob)
    numbers = [number.to(dtype) for number in (log_prob, normaliser, entropy)]
    if request.input.ndim == 1:
        numbers, top, target = [number[0] for number in numbers], top[0], target[0]
    log_prob, normaliser, entropy = numbers
    found = SoftmaxStatistics(log_prob, normaliser, entropy, top, None, None)
    return with_summary(found, target, options, lambda: denominator_of_ranks(of_logits, shard))
