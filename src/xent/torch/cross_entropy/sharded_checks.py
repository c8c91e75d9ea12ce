"""Checks of values of a call over ranks: all ranks read the same numbers, so all raise or none does."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.errors import DomainError
from xent.options.top_k import checked_top_k
from xent.torch.cross_entropy.request import SoftmaxOptions, SoftmaxRequest
from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.labels import check_labels
from xent.torch.memory import is_traced, rows_of
from xent.torch.process_groups import summed

__all__ = ["check_labels_of_ranks", "check_softmax", "check_targets", "check_top_k_of_ranks"]


def check_softmax(has_softmax: Tensor, options: SoftmaxOptions) -> None:
    """
    Raise `DomainError`, on all ranks alike, for the first row without a softmax if `nonfinite` is "raise".

    `has_softmax` is True for each row that is ignored or has one, in the shape of the rows. Traced code is
    not checked.
    """
    is_checked = options.ranks is not None and options.ranks.arguments["nonfinite"] == "raise"
    if not is_checked or is_traced() or bool(has_softmax.all()):
        return
    index = tuple(int(place) for place in torch.nonzero(~has_softmax)[0])
    rule = "have a finite largest logit, over all ranks, in each row"
    caller = options.reduction.caller
    raise DomainError(caller, "input", rule, got="nan or an infinite one", index=index or None)


def check_targets(request: SoftmaxRequest, shard: ClassShard) -> None:
    """
    Raise `DomainError`, on all ranks alike, for targets that are no distributions, if `validate_targets`.

    These are negative or nan, or their sum over all ranks' classes differs from 1 by more than the root of
    epsilon of their dtype; the error names the first row, counted flat. It takes one all-reduce, and raises
    `BackendError` if a rank is lost. Labels and traced code are not checked.
    """
    _, target, _, options = request
    is_checked = options.ranks is not None and options.ranks.arguments["validate_targets"]
    if not is_checked or options.has_labels or is_traced():
        return
    targets = rows_of(target.detach()).double()
    counts = summed(
        torch.stack([targets.sum(-1), (~(targets >= 0)).double().sum(-1)]), shard.group, caller=shard.caller
    )
    caller, tolerance = options.reduction.caller, torch.finfo(target.dtype).eps ** 0.5
    for is_wrong, rule in (
        (counts[1] > 0, "be >= 0"),
        (~((counts[0] - 1).abs() <= tolerance), "sum to 1 over all ranks' classes"),
    ):
        if bool(is_wrong.any()):
            row = int(torch.nonzero(is_wrong)[0])
            raise DomainError(
                caller, "target", rule, got=f"a row with the sum {float(counts[0][row])}", index=(row,)
            )


def check_labels_of_ranks(target: Tensor, options: SoftmaxOptions, shard: ClassShard) -> None:
    """
    Raise `LabelError`, on all ranks alike, for a label outside all ranks' classes that is not ignored.

    Labels are read on the CPU alone, and not in traced code.
    """
    if target.is_cpu and not is_traced():
        caller, ignored = options.reduction.caller, options.ignore_index
        check_labels(target, int(shard.classes), ignored=ignored, caller=caller)


def check_top_k_of_ranks(top_k: int, shard: ClassShard) -> None:
    """
    Raise `DTypeError` for a `top_k` that is no integer, and `DomainError` for one outside 0 .. C.

    C is the number of all ranks' classes, so all ranks raise alike. In traced code, which cannot read that
    number, nothing is checked.
    """
    if not is_traced():
        checked_top_k(top_k, int(shard.classes), caller=shard.caller)
