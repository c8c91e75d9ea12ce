"""
The largest log-probabilities of rows whose classes are divided among ranks, and their gradient.

Each rank sends its own k largest logits with their classes, 2 k numbers a row, and merges those of all ranks
in the order of the ranks. The first of the merged logits is the largest of all, from which the others are
subtracted; so a log-probability near 0 keeps its digits. In backward the rank that has the class writes its
entry of the gradient, in which no probability near 1 is subtracted from 1.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.precision.exact_difference import exact_difference
from xent.torch.cross_entropy.row_numbers import largest_logits
from xent.torch.cross_entropy.sharded_numbers import ClassShard, SharedNumbers
from xent.torch.process_groups import gathered

__all__ = ["TopClasses", "candidates_of", "merged_top", "pulls_beside_top", "write_top_entries"]

# Masked classes stay above the padding of a rank that has fewer than k classes.
_LOWEST = torch.finfo(torch.float64).min


class TopClasses(NamedTuple):
    """
    The k classes of largest probability in each row.

    Parameters
    ----------
    log_probs : Tensor of shape (N, k)
        Their log-probabilities, in 64 bits.
    classes : Tensor of int64 of shape (N, k)
        Their numbers among the classes of all ranks.
    """

    log_probs: Tensor
    classes: Tensor

    def at(self, rows: slice) -> TopClasses:
        """The same of `rows` alone, in views."""
        return TopClasses(self.log_probs[rows], self.classes[rows])


def candidates_of(logits: Tensor, shard: ClassShard, top_k: int) -> Tensor:
    """
    The `top_k` largest logits of this rank in falling order, nan first, then their classes, of shape (2, N,
    k) in float64.

    Classes are numbers among those of all ranks. A logit of ``-inf`` is the lowest finite float64 instead;
    where this rank has fewer classes than `top_k`, logits and classes are padded by ``-inf``.
    """
    count = min(top_k, logits.shape[1])
    if count:
        largest, places = largest_logits(logits.detach(), count)
    else:
        largest, places = logits.new_empty(logits.shape[0], 0), shard.offset.new_empty(logits.shape[0], 0)
    numbers = torch.stack([largest.double().clamp_min(_LOWEST), (places + shard.offset).double()])
    return torch.nn.functional.pad(numbers, (0, top_k - count), value=-torch.inf)


def merged_top(candidates: Tensor, shared: SharedNumbers, shard: ClassShard, top_k: int) -> TopClasses:
    """
    The `top_k` largest log-probabilities over all ranks in falling order, by one all-gather of `candidates`.

    `candidates`, (2, N, top_k) in float64, holds the largest logits of this rank in falling order and their
    classes among those of all ranks, padded by ``-inf``; the lowest finite number there stands for a logit of
    ``-inf``. Of tied logits those of the first rank come first; a masked class has ``-inf``, a row without a
    softmax nan. Raises `BackendError` if a rank is lost.
    """
    table = gathered(candidates, shard.group, caller=shard.caller)
    logits, classes = (part.movedim(0, 1).flatten(1) for part in table.unbind(1))
    order = logits.sort(dim=-1, descending=True, stable=True).indices[:, :top_k]
    largest, chosen = logits.gather(-1, order), classes.gather(-1, order).clamp_min(0).long()
    largest = torch.where(largest <= _LOWEST, -torch.inf, largest)
    peak = largest[:, :1].expand_as(largest)
    gap = peak - largest
    _, low = exact_difference(peak, torch.where(gap < torch.inf, largest, peak))
    return TopClasses(0 - (gap + (low + torch.log1p(shared.rest)[:, None])), chosen)


def pulls_beside_top(upstream: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    """
    Gradients in cost, log-normaliser and entropy, from `upstream`, those in all results of the rows; None for
    0.

    `upstream` has these three, one of the argmax, which is not read, and perhaps those in the largest
    log-probabilities, (N, k), and their classes. The gradients in the largest log-probabilities enter that in
    the log-normaliser, as minus their sum, because it is subtracted from each.
    """
    of_cost, of_normaliser, of_entropy, _, *of_top = upstream
    if not of_top or of_top[0] is None:
        return of_cost, of_normaliser, of_entropy
    total = -of_top[0].sum(-1)
    return of_cost, total if of_normaliser is None else of_normaliser + total, of_entropy


def write_top_entries(
    slope: Tensor,
    top: TopClasses,
    truth: Tensor,
    shared: SharedNumbers,
    upstream: tuple[Tensor | None, ...],
    shard: ClassShard,
) -> None:
    """
    Replace the entries of the classes in `top` that this rank has in `slope`, the gradient of some rows.

    `slope` has the shape (rows, K) of this rank's logits, its other entries stay. An entry is that of all
    gradients `upstream`: those in cost, log-normaliser, entropy, argmax, largest log-probabilities and
    classes, of which None is 0. `truth` holds the labels of the rows, or the targets of this rank's classes.
    The entries of a row without a softmax, or with a label that no rank has, are nan even where `upstream` is
    0.
    """
    if slope.shape[1] == 0:
        return
    places = top.classes - shard.offset
    is_here = (places >= 0) & (places < slope.shape[1])
    safe = torch.where(is_here, places, 0)
    total: Tensor | float = 1.0
    if truth.ndim == 1:
        targets = (top.classes == truth[:, None]).double()
    else:
        targets, total = truth.gather(1, safe).double(), shared.target_sum[:, None]
    entries = _entries(top, targets, total, shared, upstream)
    # The entry of a class of another rank writes what the first entry here writes, if any, else nothing new.
    first = is_here.int().argmax(1, keepdim=True)
    is_any = is_here.any(1, keepdim=True)
    instead = torch.where(is_any, entries.gather(1, first).to(slope.dtype), slope[:, :1])
    values = torch.where(is_here, entries.to(slope.dtype), instead)
    slope.scatter_(1, torch.where(is_here, safe, safe.gather(1, first)), values)


def _entries(
    top: TopClasses,
    targets: Tensor,
    total: Tensor | float,
    shared: SharedNumbers,
    upstream: tuple[Tensor | None, ...],
) -> Tensor:
    """
    Entries of the gradient in the logits at the classes of `top`, (rows, k) in 64 bits.

    `targets` are the targets of these classes, `total` the sum of the targets of all classes in each row.
    `upstream` are the gradients in cost, log-normaliser, entropy, argmax, largest log-probabilities and
    classes; None is 0. A row whose label is out of range is nan.
    """
    none = torch.zeros_like(top.log_probs)
    of_cost, of_normaliser, of_entropy = (
        none if pull is None else pull.double()[:, None] for pull in upstream[:3]
    )
    of_top = none if len(upstream) < 5 or upstream[4] is None else upstream[4].double()
    probs = torch.exp(top.log_probs)
    own = of_top - of_cost * targets
    others = of_top.sum(1, keepdim=True) - of_top - of_cost * (total - targets)
    entropy = (torch.log1p(shared.rest) + shared.mean_distance)[:, None]
    excess = torch.where(probs == 0, 0.0, -top.log_probs - entropy)
    entries = own * -torch.expm1(top.log_probs) + probs * (of_normaliser + of_entropy * excess - others)
    # A label out of range makes the factor nan, and with it every entry of the row.
    return entries + (shared.factor - shared.factor)[:, None]
