"""
Numbers and gradient of this rank's logits by the kernels of softmax statistics, for labels on processors.

The kernels know the softmax of the classes of one rank. The numbers of all ranks enter the gradient as a
changed total, :math:`1 / f` with f the probability of a class by its local exponential, and as a mean
distance that counts from this rank's largest logit.
"""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.row_numbers import (
    Pulls,
    RowNumbers,
    entries_of_columns,
    numbers_of,
    suits_kernels,
    write_gradient,
)
from xent.torch.cross_entropy.sharded_numbers import ClassShard, SharedNumbers
from xent.torch.memory import is_traced

__all__ = ["fields_by_kernels", "slope_by_kernels", "suits_sharded_kernels"]


def suits_sharded_kernels(logits: Tensor, labels: Tensor | None) -> bool:
    """
    True if the kernels of processors compute these rows of logits, which have 32 or 64 bits, in this call.

    False if `labels` is None, as the truth then is targets, and while the call is traced.
    """
    return labels is not None and not is_traced() and suits_kernels(logits)


def fields_by_kernels(
    logits: Tensor, labels: Tensor, ignored: Tensor | None, shard: ClassShard
) -> tuple[Tensor, Tensor]:
    """
    Six numbers of each row that ranks gather, (6, rows) in float64, and the local argmax, -1 if not finite.

    Largest logit; sum of the other exponentials, relative to it; its class among those of all ranks; sum of
    the exponentials times their distances below it; logit of the label, and 1 if its class is here, else 0
    and 0. `labels` are classes of all ranks; rows that `ignored` marks have finite fields, None marks none.
    In a row that is all ``-inf`` here the largest logit is ``-inf``, and in any other row without a softmax
    nan.
    """
    places = labels - shard.offset
    found = numbers_of(logits, places, 0)
    peaks, rests = found.peaks, found.rests
    moments = found.mean_distances * (1 + rests)
    wrong = found.tops < 0
    if bool(wrong.any()):
        # A row that is all -inf here may have classes on another rank; any other has no softmax.
        largest = logits[wrong].amax(1)
        peaks = peaks.clone()
        peaks[wrong] = torch.where(largest == -torch.inf, largest, torch.nan)
        is_empty = peaks == -torch.inf
        rests, moments = (torch.where(is_empty, 0.0, one) for one in (rests, moments))
    at_label = (places >= 0) & (places < logits.shape[1])
    label_logits = torch.where(at_label, found.column_logits[:, 0], 0.0)
    numbers = [peaks, rests, shard.offset + found.tops.clamp(min=0), moments, label_logits, at_label]
    if ignored is not None:
        # Any finite numbers: those of nan would enter derivatives as 0 times nan.
        numbers = [torch.where(ignored, torch.zeros_like(one), one) for one in numbers]
        numbers[5] = at_label | (ignored & (shard.rank == 0))
    return torch.stack([number.double() for number in numbers]), found.tops


def slope_by_kernels(
    logits: Tensor,
    labels: Tensor,
    tops: Tensor,
    shared: SharedNumbers,
    pulls: list[Tensor | None],
    shard: ClassShard,
) -> None:
    """
    Overwrite contiguous logits (N, K) of this rank by the gradient in them.

    `pulls` are the gradients in cost, log-normaliser and entropy, each of shape (N, 1), 0 in ignored rows;
    None stands for 0. `labels`, (N,), are classes of all ranks; `tops`, (N,), is the argmax among this rank's
    classes, counted from its first, -1 where their largest logit is not finite; `shared` has the numbers of
    the rows over all ranks. A row in which all gradients are 0 becomes 0, whatever its logits; any other
    becomes nan if it has no softmax or a label that no rank has.
    """
    dtype = logits.dtype
    of_cost, of_normaliser, of_entropy = (
        torch.zeros_like(logits[:, 0]) if pull is None else pull[:, 0] for pull in pulls
    )
    places = labels - shard.offset
    at_label = (places >= 0) & (places < logits.shape[1])
    safe = torch.where(at_label, places, 0)[:, None]
    peaks = logits.gather(1, tops.clamp(min=0)[:, None])[:, 0]
    gaps, means = shared.gap, shared.mean_distance
    # Numbers of the softmax of all classes, for the label's entry.
    of_all = RowNumbers(
        torch.where(shared.is_here, tops, -1),
        (peaks.double() + torch.where(gaps.isfinite(), gaps, 0.0)).to(dtype),
        shared.rest.to(dtype), means.to(dtype), safe, logits.gather(1, safe),
    )  # fmt: skip
    entries = entries_of_columns(of_all, Pulls(of_normaliser, of_entropy, -of_cost[:, None]))
    # A rank that is infinitely far below, or without a finite logit in the row, has no share in it.
    is_idle = shared.factor == 0
    total = torch.where(is_idle, 1.0, 1 / shared.factor)
    local = of_all._replace(
        tops=tops,
        rests=(total - 1).to(dtype),
        mean_distances=torch.where(is_idle, 0.0, means - gaps).to(dtype),
    )
    none = torch.zeros_like(of_cost)
    at_all = Pulls(
        torch.where(is_idle, none, of_normaliser + of_cost),
        torch.where(is_idle, none, of_entropy),
        none[:, None],
    )
    here = at_label.nonzero()[:, 0]
    write_gradient(logits, local, at_all, None)
    logits[here, safe[here, 0]] = entries[here, 0]
