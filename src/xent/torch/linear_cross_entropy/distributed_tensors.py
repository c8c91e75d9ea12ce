"""
Linear cross-entropy of DTensors: each rank multiplies the rows and the classes that it holds.

    hidden states          weight                     each rank computes
    divided rows           any placement              its rows; the weight is gathered once, its gradient
                                                      reduce-scattered once
    the same on all ranks  Shard(0), the classes      its classes, by the way `sharded`
    the same on all ranks  any other                  all; the weight is gathered once
    plain tensors          any placement              all of its own rows, as data-parallel ranks do

Each dimension of the mesh is one of the first three; hidden states that are partial sums, or whose features
are divided, are replicated first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor

from xent.arrays import is_distributed, raised_together
from xent.errors import DomainError
from xent.torch.cross_entropy.distributed_tensors import groups_that_read
from xent.torch.cross_entropy.layout import Layout
from xent.torch.linear_cross_entropy.distributed_weight import gathered_weight
from xent.torch.linear_cross_entropy.leading_axes import shifted_labels
from xent.torch.linear_cross_entropy.request import SparseTargets
from xent.torch.ranks import together
from xent.torch.reduction import reduction_of

__all__ = ["linear_of_dtensors"]

_CALLER = "linear_cross_entropy"


def linear_of_dtensors(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """
    Result of `call` on this rank's parts of `arguments`, as DTensors if the hidden states are one, else
    plain.

    `arguments` are the keywords of `linear_cross_entropy` but for `process_group`; `call` takes them, and
    ``ranks``, the ranks among which the classes are divided, if they are. Of hidden states that are a DTensor
    a reduced loss is that of the rows of all ranks, with the default denominator of all, and the same on all
    ranks; of plain ones it is that of this rank's rows. If the call reads values, an error of `call` on one
    rank makes every rank that has other rows raise a `DomainError`.

    Raises
    ------
    DomainError
        If target, class weights or mask are DTensors beside plain hidden states; beside a DTensor of hidden
        states, if the weight lies on another mesh or has not 2 axes.
    BackendError
        If a rank is lost.
    """
    if not is_distributed(arguments["input"]):
        return _of_data_parallel_ranks(call, arguments)
    layout = _layout_of(arguments)
    local = _local(arguments, layout)
    group = layout.group
    computes = (
        partial(call, **local) if group is None else partial(together, call, group, caller=_CALLER, **local)
    )
    groups = groups_that_read(local, layout.row_groups)
    device = local["input"].device
    result = raised_together(computes, groups, device, caller=_CALLER, argument="input")
    return layout.result(result)


def _of_data_parallel_ranks(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """
    Result of `call`, plain, on the plain rows of this rank, with the weight and bias of all ranks.

    `arguments` are the keywords of `linear_cross_entropy`. The gradients in weight and bias are averaged over
    the ranks. If values are read, an error on one rank makes the others raise a `DomainError`, since backward
    communicates. Raises `DomainError` if target, class weights or mask are DTensors.
    """
    target = arguments["target"]
    parts = target if isinstance(target, SparseTargets) else (target,)
    for name, tensor in (*(("target", part) for part in parts), *((n, arguments[n]) for n in _BESIDE)):
        if is_distributed(tensor):
            got = f"a DTensor with the placements {tuple(tensor.placements)}"
            hint = f"Make `input` a DTensor as well, or pass `{name}.to_local()`."
            raise DomainError(_CALLER, name, "be a plain tensor, as `input` is", got=got, hint=hint)
    weight, bias = arguments["linear_weight"], arguments["linear_bias"]
    mesh = (weight if is_distributed(weight) else bias).device_mesh
    changed = dict(arguments, linear_weight=gathered_weight(weight), linear_bias=gathered_weight(bias))
    # Backward communicates: a rank that has raised would be missing there.
    groups = groups_that_read(changed, [mesh.get_group(d) for d in range(mesh.ndim)])
    device = arguments["input"].device
    computes = partial(call, **changed)
    return raised_together(computes, groups, device, caller=_CALLER, argument="input")


_BESIDE = ("weight", "class_mask")


def _layout_of(arguments: dict[str, Any]) -> Layout:
    """
    Layout of the logits, which are never materialised as a whole, that the ranks compute in.

    In each dimension of the mesh rows are divided as those of the hidden states, else classes as those of the
    weight, in one dimension at most; else all is replicated. With a `shift` the last axis of rows is not
    divided. Raises `DomainError` for a weight that `_check_weight` refuses.
    """
    from torch.distributed.tensor import Replicate, Shard

    hidden, weight = arguments["input"], arguments["linear_weight"]
    mesh, axis = hidden.device_mesh, hidden.ndim - 1
    _check_weight(weight, mesh)
    of_weight = weight.placements if is_distributed(weight) else [Replicate()] * mesh.ndim
    # Labels further on may lie on another rank.
    row_axes = axis - 1 if arguments["shift"] else axis
    placements: list[Any] = []
    for of_rows, of_classes in zip(hidden.placements, of_weight, strict=True):
        if type(of_rows) is Shard and of_rows.dim < row_axes:
            placements.append(Shard(of_rows.dim))
        elif type(of_classes) is Shard and of_classes.dim == 0 and Shard(axis) not in placements:
            placements.append(Shard(axis))
        else:
            placements.append(Replicate())
    return Layout(mesh, placements, (*hidden.shape[:-1], weight.shape[0]), axis)


def _check_weight(weight: Any, mesh: Any) -> None:
    """
    Raise `DomainError`, with the cure, for a weight that has not 2 axes, or is a DTensor on another
    mesh.
    """
    hint = (
        "Pass `cross_entropy` the logits, `torch.nn.functional.linear(input, linear_weight)`; it takes them "
        "under every placement."
    )
    if weight.ndim != 2:
        rule, got = "have 2 axes beside an `input` that is a DTensor", f"shape {tuple(weight.shape)}"
        raise DomainError(_CALLER, "linear_weight", rule, got=got, hint=hint)
    if is_distributed(weight) and weight.device_mesh != mesh:
        got = f"{weight.device_mesh} and {mesh}"
        raise DomainError(_CALLER, "linear_weight", "lie on the mesh of `input`", got=got, hint=hint)


def _local(arguments: dict[str, Any], layout: Layout) -> dict[str, Any]:
    """
    Keywords of `linear_cross_entropy` with this rank's part of each tensor, labels shifted already.

    `arguments` are the keywords as given, of DTensors or plain tensors, which are taken to be the same on all
    ranks. `count_read` becomes None if rows are divided. A mean over divided rows without a `denominator`
    gets the total weight of the rows of all ranks, for which the ranks communicate if the target holds
    labels. Raises `DomainError` for an unknown reduction, and as `shifted_labels` for a `shift` of labels.
    """
    target = arguments["target"]
    is_sparse = isinstance(target, SparseTargets)
    has_labels = not is_sparse and tuple(target.shape) != layout.logits_shape
    kind = reduction_of(_CALLER, arguments["reduction"], None, None).kind
    changed = dict(arguments, input=layout.part(arguments["input"], layout.of_rows), reduction=kind)
    if is_sparse:
        changed["target"] = SparseTargets(*(layout.part(part, layout.of_rows) for part in target))
    else:
        changed["target"] = layout.part(target, layout.of_rows if has_labels else list(layout.placements))
    for name in ("linear_weight", "linear_bias", "weight", "class_mask"):
        tensor = arguments[name]
        if tensor is not None:
            is_of_logits = name == "class_mask" and tuple(tensor.shape) == layout.logits_shape
            placements = list(layout.placements) if is_of_logits else layout.of_classes
            changed[name] = layout.part(tensor, placements)
    if layout.row_dimensions:
        # The number is that of the whole call, of which this rank has some rows.
        changed["count_read"] = None
    if is_distributed(arguments["denominator"]):
        changed["denominator"] = arguments["denominator"].full_tensor()
    if isinstance(arguments["logit_scale"], Tensor):
        changed["logit_scale"] = layout.part(arguments["logit_scale"], layout.same)
    shift, ignored = arguments["shift"], arguments["ignore_index"]
    if has_labels and shift:
        further = shifted_labels(changed["input"], changed["target"], shift, ignored)
        changed.update(target=further, shift=0)
    if layout.row_dimensions and kind == "mean" and arguments["denominator"] is None:
        labels, weight = changed["target"] if has_labels else None, arguments["weight"]
        changed["denominator"] = layout.total_weight(labels, weight, -100 if ignored is None else ignored)
    return changed
