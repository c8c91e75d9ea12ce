"""Place of this rank's classes among those of all ranks, agreed on by all."""

from __future__ import annotations

import torch

from xent.torch.cross_entropy.request import SoftmaxOptions
from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.memory import is_traced
from xent.torch.process_groups import traced_counts
from xent.torch.ranks import Ranks

__all__ = ["agreed_shard"]


def agreed_shard(count: int, options: SoftmaxOptions, device: torch.device) -> ClassShard:
    """
    Place of the `count` classes of this rank among those of all ranks, in tensors on `device`.

    The classes of the ranks follow one another in the order of the ranks. `options.ranks` is made for one
    call of the public function: its first use communicates once, later ones repeat that answer and read no
    `count`; traced code communicates at each use.

    Raises
    ------
    DomainError
        On all ranks, if their arguments differ or those of one are invalid. Not in traced code.
    BackendError
        If a rank is lost.
    """
    ranks = options.ranks
    assert isinstance(ranks, Ranks)  # noqa: S101 - the way `sharded` is taken for no other request
    if is_traced():
        counts = traced_counts(count, ranks.group, device, caller=ranks.caller)
    else:
        counts = torch.tensor(ranks.agreed_counts(count), device=device)
    return ClassShard(ranks.group, ranks.rank, counts[: ranks.rank].sum(), counts.sum(), ranks.caller)
