"""
The composed way: PyTorch's own operations and the closed derivatives of the formulas.

Runs on every device and under compilers, transforms and second derivatives.
"""

from __future__ import annotations

import torch
from array_api_compat import torch as xp
from torch import Tensor

from xent.arrays import Formula, differentiable
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.formulas.losses.squared_log_normaliser import SquaredLogNormaliser
from xent.options.label_smoothing import kept_and_share
from xent.torch.cross_entropy.cross_entropy_of_labels import CrossEntropyOfLabels
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.labels import check_labels
from xent.torch.memory import is_readable

__all__ = ["checked_softmax", "classes_last", "composed_softmax", "entry_of_label", "value_of", "weighted"]


def checked_softmax(request: SoftmaxRequest) -> Tensor:
    """
    `composed_softmax` as a way: raises `LabelError` for a label out of range, where labels can be read.

    Elsewhere, in traced calls and on other devices than the CPU, it gives nan.
    """
    return composed_softmax(request, checks_labels=True)


def composed_softmax(request: SoftmaxRequest, *, checks_labels: bool = False) -> Tensor:
    """
    Cross-entropy in nats of any tensors, (), or of the shape of the rows without a reduction.

    It has class weights, smoothing and z-loss, is made of operations of PyTorch, in the dtype of the request,
    and differentiable any number of times. A label out of range gives nan; it raises `LabelError`, where it
    can be read, if there are no classes, or with `checks_labels`, which reads the labels if a row is nan.
    Raises `DomainError` for a mean of denominator 0 under the rule ``"raise"``, where the denominator can be
    read.
    """
    input, target, weight, options = request
    logits = classes_last(input)
    if logits.shape[-1] == 0:
        return options.reduction.apply(_without_classes(logits, target, options), lambda: 0, options.dtype)
    factors = None if weight is None else weight.to(logits.dtype)
    of_truth = _of_labels if options.has_labels else _of_probabilities
    values, total_weight = of_truth(logits, target, factors, options)
    # Before the reduction: a label out of range is named before a mean over nothing.
    if checks_labels and options.has_labels:
        _check_labels(values, target, logits.shape[-1], options)
    return options.reduction.apply(values, lambda: total_weight, options.dtype)


def classes_last(tensor: Tensor) -> Tensor:
    """
    Floating tensor in 32 bits or more, with its classes moved from axis 1 to the last axis.

    With one or two axes they are there already.
    """
    moved = tensor.movedim(1, -1) if tensor.ndim > 2 else tensor
    return moved.float() if moved.dtype.itemsize < 4 else moved


def _check_labels(values: Tensor, target: Tensor, n_classes: int, options: SoftmaxOptions) -> None:
    """
    Raise `LabelError` for a label in `target` outside ``0 .. n_classes - 1`` and not ignored, if it can be
    read.

    `values` are the losses of the rows, which are nan there: without a nan the labels are not read.
    """
    found = values.detach()
    if is_readable(found) and bool(found.isnan().any()):
        check_labels(target, n_classes, ignored=options.ignore_index, caller=options.reduction.caller)


def _without_classes(logits: Tensor, target: Tensor, options: SoftmaxOptions) -> Tensor:
    """
    Values of rows without classes: 0 for ignored rows and rows of probabilities, nan for any other label.

    Raises `LabelError` for a label that is not ignored, if it can be read: on the CPU, and not traced.
    """
    rows = logits.sum(-1)
    if not options.has_labels:
        return rows
    if is_readable(target):
        check_labels(target, 0, ignored=options.ignore_index, caller=options.reduction.caller)
    return torch.where(target == options.ignore_index, rows, torch.nan)


def value_of(formula: Formula, logits: Tensor, *data: Tensor) -> Tensor:
    """
    Value of `formula` for each row of logits, (..., K), and its further data, differentiable any number of
    times.

    Derivatives are the formula's own closed ones.
    """
    value: Tensor = differentiable("value", formula, logits, *data, xp=xp)
    return value


def _of_labels(
    logits: Tensor, labels: Tensor, factors: Tensor | None, options: SoftmaxOptions
) -> tuple[Tensor, Tensor | int]:
    """
    Values of all rows, with class weights, smoothing and z-loss, and the sum of the rows' weights, a tensor.

    Values and weights are 0 for ignored rows. `logits` have the shape (..., C), `labels` and values (...).
    `factors` are the class weights; None stands for 1. A label of weight 0 costs 0 even if its probability is
    0. A label out of range makes its value nan, and the sum too if there are class weights.
    """
    ignored = labels == options.ignore_index
    read = torch.where(ignored, 0, labels)
    weights = (
        torch.ones_like(labels, dtype=logits.dtype)
        if factors is None
        else entry_of_label(factors.expand(*read.shape, -1), read)
    )
    if options.label_smoothing > 0 or options.z_loss > 0:
        # Logits of ignored rows are replaced: 0 times nan is nan, in derivatives too.
        logits = torch.where(ignored[..., None], 0.0, logits)
    if options.label_smoothing > 0:
        kept, share = _kept_and_share(logits, factors, options)
        targets = kept * _one_hot(logits, read) * weights[..., None] + share
        values = value_of(softmax_cross_entropy_of_targets, logits, targets)
    else:
        values = value_of(CrossEntropyOfLabels(options.ignore_index), logits, labels)
        values = values if factors is None else weighted(values, weights)
    values = _with_z_loss(values, logits, options.z_loss)
    return torch.where(ignored, 0.0, values), torch.where(ignored, 0.0, weights).sum()


def _of_probabilities(
    logits: Tensor, target: Tensor, factors: Tensor | None, options: SoftmaxOptions
) -> tuple[Tensor, Tensor | int]:
    """
    Values of all rows, (...), with class weights, smoothing and z-loss, and their number, whatever the
    weights.

    The classes of `logits` are on the last axis, those of `target` on axis 1 if it has more than two, else on
    its last. `factors`, (C,), are the class weights; None stands for 1.
    """
    targets = classes_last(target)
    targets = targets if factors is None else targets * factors
    if options.label_smoothing > 0:
        kept, share = _kept_and_share(logits, factors, options)
        targets = kept * targets + share
    # Targets in 64 bits beside logits in 32 keep their digits.
    dtype = torch.promote_types(logits.dtype, targets.dtype)
    values = value_of(softmax_cross_entropy_of_targets, logits.to(dtype), targets.to(dtype))
    return _with_z_loss(values, logits, options.z_loss), values.numel()


def _kept_and_share(logits: Tensor, factors: Tensor | None, options: SoftmaxOptions) -> tuple[float, Tensor]:
    """
    Factor of each target, 1 less the smoothing, and summand of each class, in the shape of `logits`.

    The summand is the smoothing over the number of participating classes of the row, times the class weight;
    0 for a class that the mask excludes, nan in a row of which it excludes all. `factors` are the class
    weights, None stands for 1; the factor of the targets has none.
    """
    if options.class_mask is None:
        kept, each = kept_and_share(options.label_smoothing, max(logits.shape[-1], 1))
        share = torch.full_like(logits, each)
    else:
        participates = options.class_mask.expand_as(logits).to(logits.dtype)
        kept, each = kept_and_share(options.label_smoothing, participates.sum(-1, keepdim=True))
        share = participates * each
    return kept, share if factors is None else share * factors


def _one_hot(logits: Tensor, labels: Tensor) -> Tensor:
    """
    1 at the label of each row and 0 elsewhere, in shape and dtype of `logits`; nan for a label out of
    range.
    """
    classes = torch.arange(logits.shape[-1], device=logits.device)
    chosen = (labels[..., None] == classes).to(logits.dtype)
    is_class = (labels >= 0) & (labels < logits.shape[-1])
    return torch.where(is_class[..., None], chosen, torch.nan)


def entry_of_label(entries: Tensor, labels: Tensor) -> Tensor:
    """
    Entry of `entries`, of shape (..., C), at each of `labels`, (...); nan for a label out of range.

    The derivative of such an entry is nan too.
    """
    is_class = (labels >= 0) & (labels < entries.shape[-1])
    places = torch.where(is_class, labels, 0)
    # A factor makes the derivative nan as well; `where` would make it 0.
    poison = torch.where(is_class, 1.0, torch.nan).to(entries.dtype)
    # Without classes no label is in range, and there is no entry to gather.
    found = entries.gather(-1, places[..., None])[..., 0] if entries.shape[-1] > 0 else entries.sum(-1)
    return poison * found


def weighted(costs: Tensor, weights: Tensor) -> Tensor:
    """
    `costs` times `weights`, of one shape; 0 for an infinite cost of weight 0, nan for a cost of nan.

    The derivative in a cost of nan is nan too, whatever its weight.
    """
    # As in `entry_of_label`, a factor for the derivative.
    poison = torch.where(costs.isnan(), torch.nan, 1.0)
    return poison * weights * torch.where((weights == 0) & (costs == torch.inf), 0.0, costs)


def _with_z_loss(values: Tensor, logits: Tensor, factor: float) -> Tensor:
    """
    `values`, (...), plus `factor` times the squared log-normaliser of each row of `logits`, (..., C).

    For a factor of 0 it is `values` itself.
    """
    if factor == 0:
        return values
    # The formula takes a truth for uniformity and ignores it.
    return values + factor * value_of(SquaredLogNormaliser(), logits, values.detach())
