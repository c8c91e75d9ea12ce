"""
The sharded way: classes divided among the ranks of a process group (vocabulary parallelism).

Each rank passes the logits of its own classes and the same labels; the ranks' classes follow one another in
the order of the ranks, and their numbers may differ. All ranks get the same loss, bit for bit, and each the
gradient in its own logits. `sharded_rows.py` says where the ranks communicate.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.options.label_smoothing import kept_and_share
from xent.torch.cross_entropy.composed import weighted
from xent.torch.cross_entropy.request import SoftmaxRequest
from xent.torch.cross_entropy.sharded_agreement import agreed_shard
from xent.torch.cross_entropy.sharded_checks import (
    check_labels_of_ranks,
    check_softmax,
    check_targets,
    check_top_k_of_ranks,
)
from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.cross_entropy.sharded_rows import sharded_rows
from xent.torch.cross_entropy.statistics import SoftmaxStatistics, with_summary
from xent.torch.memory import n_classes, rows_of, rows_shape
from xent.torch.process_groups import summed

__all__ = [
    "denominator_of_ranks",
    "reason_not_sharded",
    "sharded_softmax",
    "sharded_statistics",
    "statistics_of_ranks",
    "truth_of_rank",
    "weight_of_labels",
]


def reason_not_sharded(request: SoftmaxRequest) -> str | None:
    """
    Reason why ranks cannot compute the request, or it is not one over a process group; None if they can.

    It is that there is no group, that `weight` requires grad, or that a transform of torch.func is active.
    """
    if request.options.ranks is None:
        return "no `process_group` is given"
    if request.weight is not None and request.weight.requires_grad:
        return "`weight` requires grad, and the ranks differentiate in `input` and `target` alone"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - as in `xent.arrays.torch_tracing`
        return "a transform of torch.func is active, through which the ranks cannot communicate"
    return None


def sharded_softmax(request: SoftmaxRequest) -> Tensor:
    """
    Cross-entropy over all ranks' classes in nats, reduced, in the options' dtype; the same on every rank.

    It has class weights, smoothing and z-loss, and one derivative, in logits and targets. Raises, on all
    ranks alike: `DomainError` for arguments that differ, for targets that are no distributions under
    `validate_targets`, for rows without a softmax under ``nonfinite="raise"``, and for a mean of denominator
    0 under ``on_empty="raise"`` where that can be read; `LabelError` for a label outside all ranks' classes,
    if it can be read, else its loss is nan. Raises `BackendError` if a rank is lost.
    """
    input, target, weight, options = request
    shard = agreed_shard(n_classes(input), options, input.device)
    check_targets(request, shard)
    weights = None
    if weight is not None and options.has_labels:
        weights = weight_of_labels(weight, target.reshape(-1), shard)
    values, has_softmax = _values(request, weights, shard)
    check_softmax(has_softmax.reshape(rows_shape(input)), options)
    shaped = values.reshape(rows_shape(input))
    return options.reduction.apply(shaped, lambda: _total_weight(request, weights), options.dtype)


def _values(request: SoftmaxRequest, weights: Tensor | None, shard: ClassShard) -> tuple[Tensor, Tensor]:
    """
    Loss of each row, flat and in 64 bits, and True where the row has a softmax or is ignored.

    It has class weights, smoothing and z-loss, and is 0 in ignored rows. `weights` are the class weights of
    the labels, which are used without smoothing alone; None stands for 1. Raises `LabelError` for a label
    outside all ranks' classes, if it can be read, and `BackendError` if a rank is lost.
    """
    options = request.options
    labels, ignored, targets = truth_of_rank(request, shard)
    cost, normaliser, _, _ = sharded_rows(rows_of(request.input), labels, targets, ignored, shard)
    if targets is None and weights is not None:
        # A label that no rank has weighs 0 and costs nan.
        cost = weighted(cost, weights)
    if options.z_loss > 0:
        cost = cost + options.z_loss * normaliser**2
    has_softmax = normaliser.detach().isfinite()
    if ignored is None:
        return cost, has_softmax
    return torch.where(ignored, 0.0, cost), has_softmax | ignored


def truth_of_rank(
    request: SoftmaxRequest, shard: ClassShard
) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """
    Labels (N,), ignored rows (N,) and weighted targets (N, K) of this rank's K classes, some of them None.

    Labels without smoothing have no targets. Labels with smoothing become targets, with ignored rows and no
    labels, and a row of nan for a label out of range; probabilities become targets alone. Targets have class
    weights and smoothing; labels count the classes of all ranks. Raises `LabelError` for a label outside
    these, if it can be read.
    """
    input, target, weight, options = request
    smoothing = options.label_smoothing
    dtype = torch.float64 if input.dtype is torch.float64 else torch.float32
    if not options.has_labels:
        targets = rows_of(target)
        targets = targets.to(torch.promote_types(targets.dtype, dtype))
        targets = targets if weight is None else targets * weight.to(targets.dtype)
        return None, None, targets if smoothing == 0 else _smoothed(targets, request, shard)
    labels = target.reshape(-1)
    check_labels_of_ranks(target, options, shard)
    ignored = labels == options.ignore_index
    if smoothing == 0:
        return labels, ignored, None
    classes = torch.arange(n_classes(input), device=input.device)
    is_label = (labels - shard.offset)[:, None] == classes
    targets = is_label.to(dtype) if weight is None else is_label * weight.to(dtype)
    in_range = (labels >= 0) & (labels < shard.classes)
    targets = torch.where((in_range | ignored)[:, None], targets, torch.nan)
    return None, ignored, _smoothed(targets, request, shard)


def _smoothed(targets: Tensor, request: SoftmaxRequest, shard: ClassShard) -> Tensor:
    """
    Weighted targets of this rank's classes, (N, K), with the share of smoothing spread over all ranks'
    classes.

    `targets`, (N, K), are weighted already. With a class mask the share is spread over the participating
    classes, which takes one all-reduce, and raises `BackendError` if a rank is lost.
    """
    weight, options = request.weight, request.options
    participates: Tensor | float = 1.0
    classes = shard.classes.double()
    if options.class_mask is not None:
        mask = options.class_mask.expand(*rows_shape(request.input), n_classes(request.input))
        participates = mask.reshape(targets.shape).to(targets.dtype)
        counts = participates.sum(-1, keepdim=True, dtype=torch.float64)
        classes = summed(counts, shard.group, caller=shard.caller)
    kept, share = kept_and_share(options.label_smoothing, classes)
    each = participates * share.to(targets.dtype)
    smoothed: Tensor = kept * targets + (each if weight is None else each * weight.to(targets.dtype))
    return smoothed


def weight_of_labels(weight: Tensor, labels: Tensor, shard: ClassShard) -> Tensor:
    """
    Class weight of each label in 64 bits, (N,), by one all-reduce; 0 for a label that no rank has.

    `weight` holds the weights of this rank's classes, `labels` are classes of all ranks. Raises
    `BackendError` if a rank is lost.
    """
    places = labels - shard.offset
    is_here = (places >= 0) & (places < weight.shape[0])
    if weight.shape[0] == 0:
        return summed(torch.zeros_like(labels, dtype=torch.float64), shard.group, caller=shard.caller)
    found = weight.detach().double()[torch.where(is_here, places, 0)]
    return summed(torch.where(is_here, found, 0.0), shard.group, caller=shard.caller)


def _total_weight(request: SoftmaxRequest, weights: Tensor | None) -> Tensor | float:
    """
    Sum of `weights`, those of the labels, over the rows not ignored, or the number of rows of probabilities.

    A `weights` of None stands for 1.
    """
    target, options = request.target, request.options
    if not options.has_labels:
        return float(rows_of(request.input).shape[0])
    is_read = target.reshape(-1) != options.ignore_index
    return is_read.sum().double() if weights is None else torch.where(is_read, weights, 0.0).sum()


def sharded_statistics(request: SoftmaxRequest, *, top_k: int) -> SoftmaxStatistics:
    """
    Statistics of each row over all ranks' classes, with the summary of the call; the same on every rank.

    They are log-probability of the label (minus the cross-entropy of probabilities), log-normaliser, entropy,
    argmax, and with `top_k` the largest log-probabilities and their classes, else None, of logits without
    smoothing, class weights and z-loss. Raises `DomainError` on all ranks if `top_k` is not in 0 .. C, C the
    number of all classes, `DTypeError` if it is no integer, and `LabelError` for a label outside these
    classes, where it can be read. Raises `BackendError` if a rank is lost.
    """
    input, options = request.input, request.options
    shard = agreed_shard(n_classes(input), options, input.device)
    check_top_k_of_ranks(top_k, shard)
    plain = request._replace(weight=None, options=options._replace(label_smoothing=0.0, z_loss=0.0))
    labels, ignored, targets = truth_of_rank(plain, shard)
    if ignored is not None and labels is not None:
        # An ignored row has statistics of its logits, in which any label may stand for its own.
        labels = torch.where(ignored, 0, labels)
    found = sharded_rows(rows_of(input), labels, targets, None, shard, top_k=top_k)
    return statistics_of_ranks(found, request, shard)


def statistics_of_ranks(
    found: tuple[Tensor, ...], request: SoftmaxRequest, shard: ClassShard
) -> SoftmaxStatistics:
    """
    Statistics with their summary, in the shape of the rows and in 32 bits or more, from `found`.

    `found` holds cost, log-normaliser, entropy and argmax of flat rows, (N,) each, and perhaps the largest
    log-probabilities and their classes, (N, k) each, all over the ranks' classes. The cost is without class
    weights. Ignored rows get log-probability 0, rows without a softmax argmax -1. With class weights beside
    labels the default denominator takes one all-reduce.
    """
    input, target, _, options = request
    shape = rows_shape(input)
    dtype = torch.promote_types(input.dtype, torch.float32)
    cost, normaliser, entropy, argmax, *top = found
    argmax = torch.where(normaliser.detach().isnan(), -1, argmax).reshape(shape)
    log_prob, normaliser, entropy = (
        number.to(dtype).reshape(shape) for number in (0 - cost, normaliser, entropy)
    )
    if options.has_labels:
        log_prob = torch.where(target == options.ignore_index, 0.0, log_prob)
    largest, classes = (part.reshape(*shape, part.shape[-1]) for part in top) if top else (None, None)
    largest = None if largest is None else largest.to(dtype)
    numbers = SoftmaxStatistics(log_prob, normaliser, entropy, argmax, largest, classes)
    return with_summary(numbers, target, options, lambda: denominator_of_ranks(request, shard))


def denominator_of_ranks(request: SoftmaxRequest, shard: ClassShard) -> Tensor | float:
    """
    Default denominator of a mean: the sum of the labels' weights, or the number of rows of probabilities.

    Ignored rows are left out. With class weights beside labels it takes one all-reduce, and raises
    `BackendError` if a rank is lost.
    """
    weight, options = request.weight, request.options
    if weight is None or not options.has_labels:
        return _total_weight(request, None)
    return _total_weight(request, weight_of_labels(weight, request.target.reshape(-1), shard))
