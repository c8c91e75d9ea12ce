"""
Cross-entropy of a DTensor: each rank computes its part of the logits as it lies; the result is a DTensor.

Classes divided over one dimension of the mesh take the way `sharded` over its group; rows divided over other
dimensions are summed there once. Targets, weights and masks are laid out as the logits are. A placement
that is a partial sum, or divides the classes over a second dimension, is replicated first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor

from xent.arrays import is_distributed, raised_together
from xent.errors import DomainError
from xent.torch.cross_entropy.layout import Layout
from xent.torch.ranks import together
from xent.torch.reduction import reduction_of

__all__ = ["groups_that_read", "loss_of_dtensor"]


def loss_of_dtensor(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """
    Result of `call` on this rank's parts of `arguments`, as DTensors; an `Explanation` unchanged.

    `call` takes the keywords of `cross_entropy`, with ``ranks`` in place of `process_group`, and returns a
    loss, or a pair of it and statistics; `arguments` are these keywords but for the two. The ranks are those
    that hold the classes, if these are divided. If the call reads values, an error of `call` on one rank
    makes every rank that has other rows raise a `DomainError`.

    Raises
    ------
    DomainError
        If the logits are a plain tensor beside a DTensor.
    BackendError
        If a rank is lost.
    """
    logits = arguments["input"]
    if not is_distributed(logits):
        rule, hint = "be a DTensor as the other tensors are", "Use `distribute_tensor` on it."
        raise DomainError("cross_entropy", "input", rule, got=type(logits).__name__, hint=hint)
    layout = _layout_of(logits)
    local = _local(arguments, layout)
    group = layout.group
    computes = partial(call, **local) if group is None else partial(together, call, group, **local)
    groups = groups_that_read(local, layout.row_groups)
    device = local["input"].device
    result = raised_together(computes, groups, device, caller="cross_entropy", argument="input")
    return layout.result(result)


def groups_that_read(local: dict[str, Any], groups: list[Any]) -> list[Any]:
    """
    `groups` among which rows are divided, if the call reads values of its rows; the empty list if it does
    not.

    It does on the CPU, and elsewhere with ``nonfinite="raise"`` or `validate_targets`, for which Python waits
    anyway. `local` are the keywords of the call with this rank's parts.
    """
    reads = local["nonfinite"] == "raise" or local["validate_targets"] or local["input"].is_cpu
    return groups if reads else []


def _layout_of(logits: Any) -> Layout:
    """
    Layout in which the ranks compute the DTensor `logits`: its own placements, with some replicated.

    Replicated are partial sums, strided shards, and a second dimension of the mesh that divides the classes.
    """
    from torch.distributed.tensor import Replicate, Shard

    axis = 1 if logits.ndim > 1 else 0
    placements: list[Any] = []
    for placement in logits.placements:
        is_kept = type(placement) is Shard and (placement.dim != axis or placement not in placements)
        placements.append(placement if is_kept else Replicate())
    return Layout(logits.device_mesh, placements, tuple(logits.shape), axis)


def _local(arguments: dict[str, Any], layout: Layout) -> dict[str, Any]:
    """
    Keywords of `cross_entropy` with this rank's part of each tensor, laid out as `layout` lays the logits.

    `arguments` are the keywords as given, of DTensors or plain tensors, which are taken to be the same on all
    ranks. The older `size_average` and `reduce`, None in the result, are replaced there by their `reduction`.
    A mean over divided rows without a `denominator` gets the total weight of the rows of all ranks, for which
    the ranks communicate if the target holds labels. Raises `DomainError` for an unknown reduction.
    """
    logits, target, weight, mask = (arguments[name] for name in ("input", "target", "weight", "class_mask"))
    older = arguments["size_average"], arguments["reduce"]
    kind = reduction_of("cross_entropy", arguments["reduction"], *older).kind
    placements = list(layout.placements)
    changed = dict(
        arguments, input=layout.part(logits, placements), reduction=kind, size_average=None, reduce=None
    )
    has_labels = target.shape != logits.shape
    changed["target"] = layout.part(target, layout.of_rows if has_labels else placements)
    if weight is not None:
        changed["weight"] = layout.part(weight, layout.of_classes)
    if mask is not None:
        changed["class_mask"] = layout.part(
            mask, placements if mask.shape == logits.shape else layout.of_classes
        )
    if is_distributed(arguments["denominator"]):
        changed["denominator"] = arguments["denominator"].full_tensor()
    if isinstance(arguments["logit_scale"], Tensor):
        changed["logit_scale"] = layout.part(arguments["logit_scale"], layout.same)
    if layout.row_dimensions and kind == "mean" and changed["denominator"] is None:
        labels = changed["target"] if has_labels else None
        changed["denominator"] = layout.total_weight(labels, weight, arguments["ignore_index"])
    return changed
