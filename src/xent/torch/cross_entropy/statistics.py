"""Statistics of the softmax of each row, returned beside the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from xent.formulas.losses.entropy_of_softmax import EntropyOfSoftmax
from xent.torch.cross_entropy.composed import classes_last, composed_softmax, value_of, weighted
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.cross_entropy.statistics_of_logits import statistics_of_logits
from xent.torch.memory import reason_not_plain, tracer
from xent.torch.reduction import Reduction

__all__ = [
    "SoftmaxStatistics",
    "loss_of_costs",
    "loss_of_statistics",
    "reason_not_by_kernels",
    "softmax_statistics",
    "statistics_by_kernels",
    "total_weight",
    "weights_of_labels",
    "with_summary",
]

_NO_LABEL = -1


class SoftmaxStatistics(NamedTuple):
    """
    Statistics of the softmax of each row, in nats, of the shape of the unreduced loss.

    Parameters
    ----------
    log_prob : Tensor
        Logarithm of the probability of the label, 0 for an ignored row; if the target holds
        probabilities, the mean over it, which is minus the cross-entropy. Differentiable.
    log_normaliser : Tensor
        ``logsumexp`` of the logits. Differentiable.
    entropy : Tensor
        Entropy of the softmax. Differentiable.
    argmax : Tensor
        Class of the largest logit, the first of tied ones; -1 in a row without a softmax.
    top_log_probs, top_classes : Tensor or None
        The k largest log-probabilities, differentiable, and their classes, along a further last axis; None
        if `top_k` is 0.
    z_loss : Tensor
        Part of the loss that the option `z_loss` adds, reduced as the loss is. Differentiable.
    accuracy : Tensor of shape (), or None
        Share of the rows that are not ignored whose label is the argmax, ``nan`` if there are none; None if
        the target holds probabilities.
    share_read : Tensor of shape ()
        Share of the rows that are not ignored.
    """

    log_prob: Tensor
    log_normaliser: Tensor
    entropy: Tensor
    argmax: Tensor
    top_log_probs: Tensor | None
    top_classes: Tensor | None
    z_loss: Tensor | None = None
    accuracy: Tensor | None = None
    share_read: Tensor | None = None


def softmax_statistics(
    request: SoftmaxRequest, loss: Callable[[SoftmaxRequest], Tensor], *, top_k: int
) -> SoftmaxStatistics:
    """
    Statistics of each row of the logits of `request`, which are capped, scaled and masked already.

    They are log-probability, log-normaliser, entropy, argmax, and the largest log-probabilities and their
    classes, in 32 bits or more; the summary of the call is left at None. Class weights, smoothing, z-loss and
    reduction of the request are left out. An ignored row has the log-probability 0 and all other statistics
    of its logits.

    Parameters
    ----------
    request : SoftmaxRequest
        Logits and target, checked.
    loss : callable
        Function that computes the cross-entropy of a request; it is called for the argmax and the target.
    top_k : int
        Number of largest log-probabilities, at most the number of classes; 0 for None in their place.
    """
    logits, target, _, options = request
    rows = classes_last(logits)
    plain = options._replace(
        reduction=Reduction(options.reduction.caller, "none"),
        dtype=rows.dtype,
        label_smoothing=0.0,
        z_loss=0.0,
    )
    # Detached: the choice of the class has no derivative.
    tops = rows.detach().argmax(-1)
    of_top = plain._replace(has_labels=True, ignore_index=_NO_LABEL)
    below = loss(SoftmaxRequest(logits, tops, None, of_top))
    # The loss of the argmax is log(1 + rest), which keeps its digits however large the lead.
    peaks = rows.gather(-1, tops[..., None])
    log_normaliser = peaks[..., 0] + below
    if top_k:
        largest, classes = rows.topk(top_k, -1)
        # Not `largest - log_normaliser`, which would round away the digits of a sure row.
        log_probs = (largest - peaks) - below[..., None]
    entropy = value_of(EntropyOfSoftmax(), rows, torch.zeros_like(tops))
    log_prob = 0 - loss(SoftmaxRequest(logits, target, None, plain))
    return SoftmaxStatistics(
        log_prob,
        log_normaliser,
        entropy,
        torch.where(log_normaliser.detach().isnan(), -1, tops),
        log_probs if top_k else None,
        classes if top_k else None,
    )


def statistics_by_kernels(request: SoftmaxRequest, *, top_k: int, on_device: bool) -> SoftmaxStatistics:
    """
    Statistics of each row, without the summary, for labels and plain tensors in eager code, by kernels.

    They are log-probability of the label, log-normaliser, entropy, argmax, and the `top_k` largest
    log-probabilities and their classes, None for 0, of the logits of `request`, which are capped, scaled and
    masked already, in 32 bits or more. Class weights, smoothing and z-loss are left out; the log-probability
    is 0 in an ignored row, and nan for a label out of range. The kernel is Triton's with `on_device`, else
    that of processors. Raises `LaunchError` if a launch of Triton's fails; after that operations replace it.
    """
    logits, target, _, options = request
    rows = classes_last(logits)
    shape = rows.shape[:-1]
    ignored = target == options.ignore_index
    # An ignored row has statistics of its logits, in which any label may stand for its own.
    labels = torch.where(ignored, 0, target).reshape(-1)

    def composed(flat: Tensor) -> tuple[Tensor, ...]:
        plain = options._replace(has_labels=True, class_mask=None)
        of_rows = SoftmaxRequest(flat, labels, None, plain)
        found = softmax_statistics(of_rows, composed_softmax, top_k=top_k)
        columns = [found.log_prob[:, None]] + ([] if found.top_log_probs is None else [found.top_log_probs])
        return found.log_normaliser, found.entropy, torch.cat(columns, 1)

    flat = rows.reshape(-1, rows.shape[-1])
    normaliser, entropy, log_probs, tops, classes = statistics_of_logits(
        flat, labels, top_k, composed, on_device=on_device
    )
    log_prob = torch.where(ignored, 0.0, log_probs[:, 0].reshape(shape))
    return SoftmaxStatistics(
        log_prob,
        normaliser.reshape(shape),
        entropy.reshape(shape),
        tops.reshape(shape),
        log_probs[:, 1:].reshape(*shape, top_k) if top_k else None,
        classes.reshape(*shape, top_k) if top_k else None,
    )


def reason_not_by_kernels(request: SoftmaxRequest, asked: str | None) -> str | None:
    """
    Reason why the kernels do not compute the statistics of this request; None if they do.

    They do for labels and plain tensors that are not traced, if there are logits, on the CPU and other
    devices alike. `asked` is the name of the way that the call asked for, or None; "composed" is a reason.
    """
    if asked == "composed" or not request.options.has_labels or request.input.numel() == 0:
        return "the composed way is requested, the target holds probabilities, or there are no logits"
    return reason_not_plain(("input", "target"), request[:2]) or tracer()


def with_summary(
    statistics: SoftmaxStatistics,
    target: Tensor,
    options: SoftmaxOptions,
    total: Callable[[], Tensor | float],
) -> SoftmaxStatistics:
    """
    `statistics` of all rows with `z_loss`, `accuracy` and `share_read` of the whole call set.

    `z_loss` is the part that the option of this name adds to the reduced loss, `accuracy` the share of the
    rows not ignored whose label is the argmax, nan without any and None for probabilities, and `share_read`
    the share of the rows not ignored, 0 without rows. `total` returns the default denominator of a mean; it
    is called only for a mean without a given one. A mean of denominator 0 under the rule ``"raise"`` is no
    error here: the loss, which is computed before, has raised it unless a label is out of range.
    """
    normaliser = statistics.log_normaliser
    is_read = target != options.ignore_index if options.has_labels else torch.ones_like(statistics.argmax) > 0
    squares = torch.where(is_read, normaliser, 0.0) ** 2
    reduction = options.reduction
    if reduction.on_empty == "raise":
        reduction = reduction._replace(on_empty="nan")
    z_loss = reduction.apply(options.z_loss * squares, total, squares.dtype)
    if options.z_loss == 0:
        # The mean over nothing is no term of this loss.
        z_loss = torch.zeros_like(z_loss)
    accuracy = None
    counts = is_read.sum(dtype=normaliser.dtype)
    if options.has_labels:
        hits = is_read & (statistics.argmax == target)
        accuracy = hits.sum(dtype=normaliser.dtype) / counts
    share = counts / max(is_read.numel(), 1)
    return statistics._replace(z_loss=z_loss, accuracy=accuracy, share_read=share)


def loss_of_statistics(
    statistics: SoftmaxStatistics, target: Tensor, weight: Tensor | None, options: SoftmaxOptions
) -> Tensor:
    """
    Loss of labels in nats, from the `statistics` of all rows, with z-loss and without smoothing.

    It is reduced as `options` say, to () or one a row, in the dtype of `options`. A row costs minus its
    log-probability times its class weight, and 0 for a weight of 0 even if the probability is 0; a `weight`
    of None stands for 1. Z-loss is added without a weight; ignored rows cost 0. The default denominator of a
    mean is the sum of the weights of the labels that are not ignored. Over a denominator of 0 the rule of the
    reduction holds; under ``"raise"`` it raises `DomainError`, unless the denominator is traced or not on the
    CPU.
    """
    ignored = target == options.ignore_index
    values = 0 - statistics.log_prob
    if weight is not None:
        weights = weights_of_labels(target, weight, options).to(values.dtype)
        values = weighted(values, weights)
    if options.z_loss > 0:
        # Replaced before it is squared: the derivative of nan would be 0 times nan.
        values = values + options.z_loss * torch.where(ignored, 0.0, statistics.log_normaliser) ** 2
    values = torch.where(ignored, 0.0, values)
    return options.reduction.apply(values, lambda: total_weight(target, weight, options), options.dtype)


def loss_of_costs(
    costs: Tensor,
    statistics: SoftmaxStatistics,
    target: Tensor,
    weight: Tensor | None,
    options: SoftmaxOptions,
) -> Tensor:
    """
    Loss, reduced as `options` say, of rows that cost `costs` each, in nats and with class weights already.

    It is in the dtype of `options`. Z-loss, from the log-normalisers of `statistics`, is added here, without
    class weights; ignored rows cost 0. The default denominator of a mean is the sum of the class weights of
    the labels in `target` that are not ignored, or its number of rows if it holds probabilities; a `weight`
    of None stands for 1. Over a denominator of 0 the rule of the reduction holds; under ``"raise"`` it raises
    `DomainError`, unless the denominator is traced or not on the CPU: the mean is then as under ``"nan"``.
    """
    ignored = target == options.ignore_index if options.has_labels else torch.zeros_like(costs) > 0
    values = torch.where(ignored, 0.0, costs)
    if options.z_loss > 0:
        values = values + options.z_loss * torch.where(ignored, 0.0, statistics.log_normaliser) ** 2
    return options.reduction.apply(values, lambda: total_weight(target, weight, options), options.dtype)


def weights_of_labels(target: Tensor, weight: Tensor, options: SoftmaxOptions) -> Tensor:
    """
    Class weight of each label in 64 bits, in the shape of `target`; 0 for ignored rows.

    A label out of range has the weight of the nearest class.
    """
    places = target.clamp(0, weight.shape[0] - 1)
    return torch.where(target == options.ignore_index, 0.0, weight.detach().double()[places])


def total_weight(target: Tensor, weight: Tensor | None, options: SoftmaxOptions) -> Tensor | float:
    """
    Sum of the class weights of all labels but ignored ones, or the number of rows of probabilities.

    A `weight` of None stands for 1 for each class. A label out of range has the weight of the nearest class.
    The sum is a tensor of shape () in 64 bits, the number a float.
    """
    if not options.has_labels:
        classes = target.shape[1 if target.ndim > 1 else 0]
        return float(target.numel() // max(classes, 1))
    if weight is None:
        return (target != options.ignore_index).sum().double()
    return weights_of_labels(target, weight, options).sum()
