"""Numbers that ranks gather of each row, combined in the order of the ranks, and the gradient from them."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from xent.precision.exact_difference import exact_difference

__all__ = ["ClassShard", "LocalSoftmax", "SharedNumbers", "combined", "slope_of"]


class ClassShard(NamedTuple):
    """
    Classes that this rank holds.

    Parameters
    ----------
    group : ProcessGroup
        Ranks that hold all classes.
    rank : int
        This rank in the group.
    offset, classes : Tensor of shape ()
        Class of the first logit of this rank, and number of classes of all ranks.
    caller : str
        Function that was called.
    """

    group: Any
    rank: int
    offset: Tensor
    classes: Tensor
    caller: str


class LocalSoftmax(NamedTuple):
    """
    Softmax of the classes of one rank: peak -inf and all else 0 in a row that is all -inf there.

    Parameters
    ----------
    peak, rest : Tensor of shape (N,)
        Largest logit, and sum of the exponentials of all other classes relative to it.
    top : Tensor of shape (N,)
        Argmax among the classes of the rank.
    exponentials, distances : Tensor of shape (N, K)
        Exponential of each logit relative to the peak, and its distance below the peak.
    """

    peak: Tensor
    top: Tensor
    exponentials: Tensor
    rest: Tensor
    distances: Tensor


class SharedNumbers(NamedTuple):
    """
    Numbers of each row after all ranks' are combined, as this rank needs them in backward.

    Parameters
    ----------
    rest : Tensor of shape (N,)
        Sum of all exponentials but the largest, relative to it.
    factor : Tensor of shape (N,)
        Probability of a class of this rank by its local exponential; nan if no rank has the label.
    gap : Tensor of shape (N,)
        Distance of this rank's largest logit below that of all ranks.
    is_here : Tensor of bool of shape (N,)
        True if the argmax is a class of this rank.
    mean_distance : Tensor of shape (N,)
        Mean distance of the logits below the largest, under the softmax.
    target_sum, other_targets : Tensor of shape (N,)
        Sum of all targets, and of all but the largest; without meaning for labels.
    top_target_here : Tensor of bool of shape (N,)
        True if the largest target is that of a class of this rank; without meaning for labels.
    """

    rest: Tensor
    factor: Tensor
    gap: Tensor
    is_here: Tensor
    mean_distance: Tensor
    target_sum: Tensor
    other_targets: Tensor
    top_target_here: Tensor


def combined(
    table: Tensor, shard: ClassShard, *, has_targets: bool
) -> tuple[tuple[Tensor, Tensor, Tensor, Tensor], SharedNumbers]:
    """
    Results of each row, and the numbers that this rank needs in backward, from those of all ranks.

    Results are the cost, nan unless exactly one rank has the label, log-normaliser, entropy and argmax,
    (rows,) each. `table` has the shape (ranks, fields, rows). Its first fields are the rank's largest logit,
    the sum of its other exponentials relative to that, the class of it, and the sum of exponentials times
    distances below it. Two of the label follow, its logit and 1 on its rank; or with `has_targets` four: the
    sum of the targets, that of the targets times distances, the largest target, and the sum of the others. A
    row without a softmax is nan, with the argmax 0.
    """
    peaks, rests, tops, moments = table[:, 0], table[:, 1], table[:, 2], table[:, 3]
    peak = peaks.amax(0)
    peak = torch.where(peak.isfinite(), peak, torch.nan)
    is_empty = peaks == -torch.inf
    high, low = exact_difference(torch.where(is_empty, peak, peaks), peak)
    scales = torch.where(is_empty, 0.0, torch.exp(high) * (1 + low))
    gaps = torch.where(is_empty, torch.inf, -high)
    is_first = _is_first(peaks == peak)
    # A row without a finite logit on any rank has sums of 0, but no softmax: it is made nan.
    rest = _in_order(torch.where(is_first, rests, scales * (1 + rests))) + (peak - peak)
    shares = moments + (1 + rests) * torch.where(is_empty, 0.0, gaps)
    mean_distance = _in_order(scales * shares) / (1 + rest)
    below = torch.log1p(rest)
    here = shard.rank
    factor = scales[here] / (1 + rest)
    if has_targets:
        cost, *of_targets = _cost_of_targets(table[:, 4:], gaps, below, here)
    else:
        cost, of_targets = _cost_of_labels(table[:, 4:], peak, below), [rest, rest, is_first[here]]
        factor = torch.where(table[:, 5].sum(0) == 1, factor, torch.nan)
    top = torch.where(is_first, tops, 0.0).sum(0).long()
    results = (cost, peak + below, below + mean_distance, top)
    return results, SharedNumbers(rest, factor, gaps[here], is_first[here], mean_distance, *of_targets)


def _is_first(flags: Tensor) -> Tensor:
    """
    True at the first rank whose flag is True, in each row; `flags` and result have the shape (ranks,
    rows).
    """
    return flags & (flags.cumsum(0) == 1)


def _in_order(numbers: Tensor) -> Tensor:
    """Sum over the ranks, on the first axis, in their order, so that all ranks have the same bits."""
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number
    return total


def _cost_of_labels(fields: Tensor, peak: Tensor, below: Tensor) -> Tensor:
    """
    Cross-entropy of the label of each row, (rows,); nan if not exactly one rank has its class.

    `fields`, (ranks, 2, rows), holds the label's logit and 1 on the rank that has it; `peak` is the largest
    logit of all ranks, and `below` log1p of the sum of the other exponentials.
    """
    logit, owners = _in_order(fields[:, 0]), fields[:, 1].sum(0)
    gap = peak - logit
    _, low = exact_difference(peak, torch.where(gap < torch.inf, logit, peak))
    return torch.where(owners == 1, gap + (low + below), torch.nan)


def _cost_of_targets(fields: Tensor, gaps: Tensor, below: Tensor, here: int) -> tuple[Tensor, ...]:
    """
    Cross-entropy of each row's targets, their sum, the sum of all targets but the largest, and a flag.

    The flag is True if the rank `here` has the largest target, as the first of the ranks that do. `fields`,
    (ranks, 4, rows), hold for each rank the sum of its targets, the sum of these times the distances of the
    logits below its largest, its largest target, and the sum of its others. `gaps`, (ranks, rows), are the
    distances of the ranks' largest logits below that of all, and `below`, (rows,), is log1p of the sum of the
    exponentials of all other logits relative to that.
    """
    sums, costs, largest, others = fields.unbind(1)
    total = _in_order(sums)
    apart = torch.where(sums == 0, 0.0, sums * gaps)
    is_first = _is_first(largest == largest.amax(0))
    rest = _in_order(torch.where(is_first, others, sums))
    return _in_order(costs + apart) + total * below, total, rest, is_first[here]


def slope_of(local: LocalSoftmax, shared: SharedNumbers, truth: Tensor, pulls: list[Tensor | None]) -> Tensor:
    """
    Gradient in this rank's logits, (N, K), from `pulls`, (N, 1) each, in cost, log-normaliser and entropy.

    None among them stands for 0. `local` is the softmax of this rank's classes alone, `shared` holds the
    numbers of the rows over all ranks. `truth`, (N, K), is True at the label, or holds the targets, with
    class weights and smoothing already. A row without a softmax, or with a label that no rank has, is nan
    even where `pulls` are 0; the caller puts 0 in ignored rows.
    """
    dtype = local.rest.dtype
    probs = local.exponentials * shared.factor[:, None].to(dtype)
    columns = torch.arange(probs.shape[1], device=probs.device)
    is_top = shared.is_here[:, None] & (columns == local.top[:, None])
    complements = torch.where(is_top, (shared.rest / (1 + shared.rest))[:, None].to(dtype), 1 - probs)
    of_cost, of_normaliser, of_entropy = pulls
    slope = torch.zeros_like(probs)
    if of_cost is not None and truth.dtype is torch.bool:
        # A label out of range makes the factor nan, and with it every entry of the row.
        slope = of_cost * torch.where(truth, -complements, probs)
    elif of_cost is not None:
        slope = of_cost * (_others(truth, shared) * probs - truth * complements)
    if of_normaliser is not None:
        slope = slope + of_normaliser * probs
    if of_entropy is not None:
        distances = local.distances + shared.gap[:, None].to(dtype)
        excess = distances - shared.mean_distance[:, None].to(dtype)
        slope = slope + of_entropy * torch.where(probs == 0, 0.0, probs * excess)
    return slope


def _others(targets: Tensor, shared: SharedNumbers) -> Tensor:
    """
    Sum of the targets of all other classes, of all ranks, at each class of this rank, (N, K).

    The largest target is never subtracted: at its class the sum is that of all others.
    """
    if targets.shape[1] == 0:
        return targets
    columns = torch.arange(targets.shape[1], device=targets.device)
    is_top = shared.top_target_here[:, None] & (columns == targets.argmax(-1)[:, None])
    total, rest = shared.target_sum[:, None], shared.other_targets[:, None]
    return torch.where(is_top, rest, total - targets).to(targets.dtype)
