"""
The sharded way: a weight of which each rank of a process group has some classes.

Hidden states and labels are the same on all ranks, weight and bias those of the rank's classes, which follow
one another in the order of the ranks. All ranks get the same loss, bit for bit, the whole gradient in the
hidden states, and each its part of that in the weight. `sharded_rows.py` says where the ranks communicate;
`sharded_logits.py` computes what its chunks cannot.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.composed import weighted
from xent.torch.cross_entropy.sharded import denominator_of_ranks, statistics_of_ranks, weight_of_labels
from xent.torch.cross_entropy.sharded_agreement import agreed_shard
from xent.torch.cross_entropy.sharded_checks import (
    check_labels_of_ranks,
    check_softmax,
    check_targets,
    check_top_k_of_ranks,
)
from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.linear_cross_entropy.sharded_logits import linear_by_logits, reason_not_by_chunks
from xent.torch.linear_cross_entropy.sharded_rows import linear_rows, request_of_logits
from xent.torch.linear_cross_entropy.sharded_targets import placed
from xent.torch.logit_adjustments import mask_like

__all__ = ["reason_not_sharded", "sharded_linear"]


def reason_not_sharded(request: LinearRequest) -> str | None:
    """
    Reason why ranks cannot compute the request, or it is not one over ranks; None if they can.

    It is that there is no group, that `weight` requires grad, or that a transform of torch.func is active.
    """
    if request.options.softmax.ranks is None:
        return "no `process_group` is given"
    if request.weight is not None and request.weight.requires_grad:
        return "`weight` requires grad, and the ranks differentiate in the other tensors alone"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `xent.arrays.torch_tracing`
        return "a transform of torch.func is active, through which the ranks cannot communicate"
    return None


def sharded_linear(request: LinearRequest) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss over all ranks' classes, reduced, or a pair of it and statistics; the same on all ranks.

    Raises, on all ranks alike: `DomainError` for arguments that differ, a `top_k` outside 0 .. C, targets
    that are no distributions under `validate_targets`, rows without a softmax under ``nonfinite="raise"``,
    and a mean of denominator 0 under ``on_empty="raise"``, where it can be read; `LabelError` for a class
    outside those of all ranks, where it can be read. Raises `BackendError` if a rank is lost; and for a mask
    of each row `DTypeError` if it is not bool, `ShapeError` for another shape than the logits, and
    `DomainError` on another device.
    """
    options = request.options
    if options.class_mask is not None and options.class_mask.ndim != 1:
        # Checked before the ranks agree, so that all hear of a mask of one rank that does not fit.
        shape = *request.input.shape[:-1], *request.linear_weight.shape[:-1]
        logits = request.input.detach().new_empty(1).expand(shape)
        mask_like(logits, options.class_mask, caller=options.softmax.reduction.caller)
    shard = agreed_shard(request.linear_weight.shape[0], options.softmax, request.input.device)
    check_top_k_of_ranks(options.top_k, shard)
    request = placed(request, shard)
    if reason_not_by_chunks(request) is not None:
        return linear_by_logits(request)
    return _by_chunks(request, shard)


def _by_chunks(request: LinearRequest, shard: ClassShard) -> Tensor | tuple[Tensor, SoftmaxStatistics]:
    """
    Loss over all ranks' classes by chunks of rows, reduced, or a pair of it and statistics.

    Classes of sparse targets in `request` are counted from this rank's first already. Raises, on all ranks
    alike, `DomainError` for targets that are no distributions under `validate_targets`, for rows without a
    softmax under ``nonfinite="raise"`` and for a mean of denominator 0 under ``on_empty="raise"``, where it
    can be read, and `LabelError` for a label outside all ranks' classes, where it can be read; `BackendError`
    if a rank is lost.
    """
    scale = request.options.logit_scale
    if isinstance(scale, Tensor):
        request = request._replace(options=request.options._replace(logit_scale=float(scale)))
    rows = request.as_matrix()
    of_logits = request_of_logits(rows)
    options = of_logits.options
    if rows.probs is None:
        check_targets(of_logits, shard)
    if options.has_labels:
        # Of all rows: the checks of each chunk would count from its first.
        check_labels_of_ranks(request.target, options, shard)
    ranks = options.ranks
    assert ranks is not None  # noqa: S101 - the way is taken for no other request
    of_loss, of_statistics = _passes(rows)
    results = linear_rows(of_loss, shard, most_classes=max(ranks.counts))
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
    if of_statistics is not of_loss:
        results = linear_rows(of_statistics, shard, most_classes=max(ranks.counts))
    return loss, statistics_of_ranks(results, request_of_logits(request), shard)


def _passes(request: LinearRequest) -> tuple[LinearRequest, LinearRequest]:
    """
    Pair of the requests of the loss and of the statistics; twice `request` if one pass computes both.

    With statistics two differ under smoothing, and with class weights beside probabilities: the first is then
    without statistics and `top_k`, the second without smoothing and class weights.
    """
    options, softmax = request.options, request.options.softmax
    is_changed = softmax.label_smoothing > 0 or (request.weight is not None and not softmax.has_labels)
    if not (options.return_stats and is_changed):
        return request, request
    plain = options._replace(softmax=softmax._replace(label_smoothing=0.0))
    return (
        request._replace(options=options._replace(return_stats=False, top_k=0)),
        request._replace(weight=None, options=plain),
    )


def _loss(
    request: LinearRequest, results: tuple[Tensor, ...], weights: Tensor | None, shard: ClassShard
) -> Tensor:
    """
    Loss, reduced, from the `results` of all rows, with z-loss; ignored rows cost 0.

    `results` begin with the cost and the log-normaliser of each row over all ranks, (N,) each; a cost of
    targets has smoothing and class weights already. `weights` are the labels' class weights, None for 1; they
    are not used with smoothing. With class weights beside labels the default denominator takes one
    all-reduce.
    """
    of_logits = request_of_logits(request)
    options = of_logits.options
    cost, normaliser = results[:2]
    if options.has_labels:
        # Replaced before the products: the derivative of nan would be 0 times nan.
        ignored = request.target == options.ignore_index
        cost, normaliser = torch.where(ignored, 0.0, cost), torch.where(ignored, 0.0, normaliser)
    if weights is not None and options.label_smoothing == 0:
        cost = weighted(cost, weights)
    if options.z_loss > 0:
        cost = cost + options.z_loss * normaliser**2
    return options.reduction.apply(cost, lambda: denominator_of_ranks(of_logits, shard), options.dtype)
