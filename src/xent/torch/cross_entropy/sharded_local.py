"""Softmax of the classes of one rank, and the numbers of its rows that the rank sends to the others."""

from __future__ import annotations

from typing import NamedTuple

import torch
from array_api_compat import torch as xp
from torch import Tensor

from xent.formulas.softmax import softmax
from xent.torch.cross_entropy.sharded_numbers import ClassShard, LocalSoftmax

__all__ = ["Truth", "at_labels", "fields_of", "local_softmax"]


class Truth(NamedTuple):
    """
    Truth of some rows.

    Parameters
    ----------
    labels : Tensor of shape (N,), or None
        True classes among all classes; None if there are `targets`.
    targets : Tensor of shape (N, K), or None
        Targets of the classes of this rank.
    ignored : Tensor of bool of shape (N,), or None
        Rows that are not read.
    """

    labels: Tensor | None
    targets: Tensor | None
    ignored: Tensor | None

    @property
    def given(self) -> Tensor:
        """Targets, or labels if there are none."""
        given = self.labels if self.targets is None else self.targets
        assert given is not None  # noqa: S101 - rows have one of them
        return given

    def at(self, rows: slice) -> Truth:
        """Truth of `rows` alone, in views."""
        return Truth(*(None if part is None else part[rows] for part in self))


def local_softmax(logits: Tensor, ignored: Tensor | None) -> LocalSoftmax:
    """
    Softmax of the classes of this rank alone, in 32 bits or more, from logits (N, K) of any width.

    It holds of each row the largest logit and its class, counted from this rank's first, the sum of the other
    exponentials relative to it, and (N, K) exponentials and distances below it, ``inf`` at ``-inf``. Rows
    that `ignored` marks, (N,), are read as 0; None marks none. Without classes, and in a row of ``-inf``
    alone, the largest logit is ``-inf`` and all else 0; a row with nan or ``+inf`` is nan, its class 0.
    """
    logits = logits.float() if logits.dtype.itemsize < 4 else logits
    if ignored is not None:
        logits = torch.where(ignored[:, None], 0.0, logits)
    if logits.shape[1] == 0:
        none = logits.new_zeros(logits.shape[0])
        return LocalSoftmax(none - torch.inf, none.long(), logits, none, logits)
    is_empty = logits.amax(-1) == -torch.inf
    model = softmax(torch.where(is_empty[:, None], 0.0, logits), xp=xp)
    peak = torch.where(is_empty, -torch.inf, model.peak)
    exponentials = torch.where(is_empty[:, None], 0.0, model.exponentials)
    # A rank without a finite logit in the row is infinitely far below the peak of another.
    distances = torch.where(is_empty[:, None], 0.0, model.peak[:, None] - logits)
    top = torch.where(model.top < logits.shape[1], model.top, 0)
    return LocalSoftmax(peak, top, exponentials, torch.where(is_empty, 0.0, model.rest), distances)


def at_labels(labels: Tensor, local: LocalSoftmax, shard: ClassShard) -> Tensor:
    """
    True at the label of each row, (N, K), if this rank has its class; `labels` are classes of all
    ranks.
    """
    classes = torch.arange(local.exponentials.shape[1], device=labels.device)
    return (labels - shard.offset)[:, None] == classes


def fields_of(rows: Tensor, truth: Truth, shard: ClassShard) -> Tensor:
    """
    Numbers of each row that ranks gather, of shape (fields, rows) in float64; `rows` are this rank's logits.

    The first four are the largest logit; the sum of the other exponentials, relative to it; its class among
    those of all ranks; and the sum of the exponentials times their distances below it. For labels follow the
    logit of the label, and 1 if its class is here, else 0 and 0. For targets follow their sum, the sum of the
    targets times the distances of the logits below the largest, the largest target, and the sum of the
    others.
    """
    local = local_softmax(rows, truth.ignored)
    # The distance of a class of probability 0 may be infinite.
    moment = torch.where(local.exponentials > 0, local.exponentials * local.distances, 0.0).sum(-1)
    fields = [local.peak, local.rest, shard.offset + local.top, moment]
    if truth.labels is not None:
        at_label = at_labels(truth.labels, local, shard)
        # The logit itself, not a difference, is sent: the owner's peak need not be the peak of all.
        logits = torch.where(at_label, rows.to(local.peak.dtype), 0.0)
        fields += [logits.sum(-1), at_label.sum(-1)]
    elif truth.targets is not None:
        fields += _target_fields(local, truth.targets)
    return torch.stack([field.double() for field in fields])


def _target_fields(local: LocalSoftmax, targets: Tensor) -> list[Tensor]:
    """
    Four numbers of each row of `targets`, (N,) each; all 0 without classes.

    They are the sum of the targets; the sum of the targets times the distances of the logits below the
    largest, to which a target of 0 adds 0; the largest target; and the sum of the other targets.
    """
    wide = targets.double()
    costs = torch.where(wide == 0, 0.0, wide * local.distances)
    if targets.shape[1] == 0:
        none = wide.sum(-1)
        return [none, none, none, none]
    largest = wide.argmax(-1, keepdim=True)
    others = torch.zeros_like(wide).scatter_(-1, largest, 1.0)
    top = wide.gather(-1, largest)[:, 0]
    return [wide.sum(-1), costs.sum(-1), top, (wide * (1 - others)).sum(-1)]
