"""
Process groups: numbers gathered from every rank, and the agreement of all ranks on one call.

A call over a process group begins with one small all-gather, the agreement: the number of classes of each
rank, a checksum of each option, and a mark of ranks whose arguments are invalid. So every rank raises where
one would, and no rank waits for a rank that has raised. Values are gathered, not reduced: each rank adds the
numbers of all ranks in the order of the ranks, so every rank has the same bits on every run.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from xent.arrays.torch_ranks import lost_rank
from xent.errors import BackendError, DomainError
from xent.torch.tensor_arguments import check_real, check_tensors

__all__ = [
    "agreed_counts",
    "check_group",
    "gathered",
    "refuse_together",
    "shared_parameter",
    "summed",
    "traced_counts",
]

_LONGEST = 32
# The older name is deprecated; an older PyTorch has no other.
_all_gather: Any = getattr(dist, "all_gather_single", None) or getattr(dist, "all_gather_into_tensor", None)


def check_group(caller: str, group: Any) -> None:
    """
    Raise `BackendError` if `torch.distributed` is not initialised, and `DomainError` unless `group` is a
    process group.

    Where this process is no rank of a group, `new_group` returns another object, which is refused.
    """
    if not dist.is_available() or not dist.is_initialized():
        hint = "Call `torch.distributed.init_process_group` first."
        raise BackendError(caller, "process_group", "be initialised", got="no process group", hint=hint)
    if not isinstance(group, dist.ProcessGroup):
        hint = "Pass `torch.distributed.group.WORLD` or what `new_group` returned."
        got = type(group).__name__
        raise DomainError(caller, "process_group", "be a process group with this rank", got=got, hint=hint)


def gathered(tensor: Tensor, group: Any, *, caller: str) -> Tensor:
    """
    Tensors of all ranks along a new first axis, in the order of the ranks, without a graph; all must have one
    shape.

    Raises
    ------
    BackendError
        If a rank has died, or does not take part within the group's timeout.
    """
    ranks = dist.get_world_size(group)
    received = tensor.new_empty((ranks * tensor.numel(),))
    try:
        _all_gather(received, tensor.contiguous().reshape(-1), group=group)
    except RuntimeError as error:
        raise lost_rank(caller, error) from error
    return received.reshape(ranks, *tensor.shape)


def summed(tensor: Tensor, group: Any, *, caller: str) -> Tensor:
    """
    Sum of `tensor` over the ranks by one all-reduce, in new memory and without a graph.

    Raises `BackendError` if a rank is lost. All ranks must pass the same shape.
    """
    total = tensor.detach().clone(memory_format=torch.contiguous_format)
    try:
        dist.all_reduce(total, group=group)
    except RuntimeError as error:
        raise lost_rank(caller, error) from error
    return total


def agreed_counts(count: int, facts: Mapping[str, str], group: Any, device: Any, *, caller: str) -> list[int]:
    """
    `count` of each rank, after all ranks have been found to agree on `facts`, by one all-gather.

    A rank whose arguments are invalid calls `refuse_together` in place of this function.

    Parameters
    ----------
    count : int
        Number of classes of this rank.
    facts : dict of str to str
        Text that must be the same on all ranks, by the name of the argument; at most 30.
    group, device
        Process group, and the device whose tensors it sends.
    caller : str
        Function that was called.

    Raises
    ------
    DomainError
        On all ranks, with the first argument that differs, or the first rank whose arguments are invalid.
    BackendError
        If a rank is lost.
    """
    sums = [zlib.crc32(fact.encode()) for fact in facts.values()]
    table = _exchanged([1, count, *sums], group, device, caller=caller)
    if 0 in (line[0] for line in table):
        rank = [line[0] for line in table].index(0)
        rule, hint = "have valid arguments on all ranks", "That rank's own error says more."
        raise DomainError(caller, "process_group", rule, got=f"an error on rank {rank}", hint=hint)
    for column, (name, fact) in enumerate(facts.items(), start=2):
        _check_same(name, fact, [line[column] for line in table], group, caller=caller)
    return [line[1] for line in table]


def _check_same(name: str, fact: str, sums: list[int], group: Any, *, caller: str) -> None:
    """
    Raise `DomainError`, on every rank, unless all `sums`, one for each rank, are equal.

    `fact` is the value of the argument `name` on this rank, as the message shows it. Nothing is exchanged:
    `group` tells which rank this is.
    """
    here = dist.get_rank(group)
    others = [rank for rank, number in enumerate(sums) if number != sums[here]]
    if others:
        got = f"{fact} on rank {here}, and another on rank {others[0]}"
        raise DomainError(caller, name, "be the same on all ranks", got=got)


def refuse_together(group: Any, device: Any, *, caller: str) -> None:
    """
    Tell the other ranks that the arguments of this rank are invalid; they wait in `agreed_counts`, and raise.

    Raises `BackendError` if a rank is lost.
    """
    _exchanged([0], group, device, caller=caller)


def _exchanged(numbers: list[int], group: Any, device: Any, *, caller: str) -> list[list[int]]:
    """
    Lists of numbers of all ranks, in their order, by one all-gather; each is padded by 0 to 32 numbers.

    Ranks that disagree exchange as well, so all need one length: 32 numbers are the most. Raises
    `BackendError` if a rank is lost.
    """
    line = numbers + [0] * (_LONGEST - len(numbers))
    padded = torch.tensor(line, dtype=torch.int64, device=device)
    table: list[list[int]] = gathered(padded, group, caller=caller).tolist()
    return table


def shared_parameter(tensor: Tensor, group: Any, *, caller: str) -> Tensor:
    """
    `tensor`, which must be the same on all ranks, with a gradient that is summed over the ranks in backward.

    So each rank gets the gradient of the whole loss from those of the ranks' parts; all ranks must run
    backward.
    """
    shared: Tensor = _Shared.apply(tensor, group, caller)  # type: ignore[no-untyped-call]
    return shared


class _Shared(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tensor: Tensor, group: Any, caller: str) -> Tensor:
        """View of `tensor` itself; `group` and `caller` are kept in `ctx` for backward."""
        ctx.group, ctx.caller = group, caller
        return tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        Sum of the upstream gradient over the ranks by one all-reduce; None for all other arguments. Raises
        `BackendError` if a rank is lost.
        """
        return summed(upstream, ctx.group, caller=ctx.caller), None, None


def traced_counts(count: int, group: Any, device: Any, *, caller: str) -> Tensor:
    """
    Number of classes of each rank, (ranks,) in int64 on `device`, without agreement: traced code reads no
    values. Raises `BackendError` if a rank is lost.
    """
    return gathered(torch.full((1,), count, dtype=torch.int64, device=device), group, caller=caller)[:, 0]


def labels_of_all_ranks(
    target: Tensor, process_group: Any, *, weight: Tensor | None = None, ignore_index: int = -100
) -> Tensor:
    r"""
    Number of labels of all ranks that are not ignored, by one all-reduce, for which all ranks must call.

    It is the `denominator` of a mean over ranks that hold different rows, as data-parallel and
    sequence-parallel ranks do: then the losses of the ranks, and their gradients, add up to those of one
    process.

    Parameters
    ----------
    target : Tensor of integers
        Labels of this rank.
    process_group : ProcessGroup of `torch.distributed`
        Ranks that hold the rows.
    weight : Tensor of shape (C,), optional
        Factor of each class; then the labels' weights are added up.
    ignore_index : int
        Label that is not counted.

    Returns
    -------
    Tensor of shape ()
        The number in 64 bits, the same on every rank.

    Raises
    ------
    BackendError
        If `torch.distributed` is not initialised, or a rank is lost.
    DTypeError
        If `target` or `weight` is no tensor, or `weight` sparse or complex.
    DomainError
        If `process_group` is not a process group with this rank.

    Notes
    -----
    **Definition.** :math:`\sum_r \sum_i [y_{ri} \ne \text{ignored}]\, w_{y_{ri}}` over ranks r and labels i.

    **Gradient.** None: the number is constant.

    **Edge cases.** A rank without labels adds 0; a label out of range adds as the nearest one in range does,
    and the loss reports it.

    **Numerics.** Counts are exact up to :math:`2^{53}`.

    Examples
    --------
    >>> import tempfile, torch, torch.distributed as dist
    >>> store = f"file://{tempfile.mkdtemp()}/store"
    >>> dist.init_process_group("gloo", init_method=store, rank=0, world_size=1)
    >>> labels_of_all_ranks(torch.tensor([2, -100, 0]), dist.group.WORLD)
    tensor(2., dtype=torch.float64)
    >>> dist.destroy_process_group()
    """
    caller = "labels_of_all_ranks"
    check_tensors(caller, {"target": target}, weight=weight)
    if weight is not None:
        check_real(caller, "weight", weight)
    check_group(caller, process_group)
    is_read = target != ignore_index
    counts = is_read.double()
    if weight is not None:
        counts = torch.where(is_read, weight.double()[target.clamp(0, weight.shape[0] - 1)], 0.0)
    return summed(counts.sum(), process_group, caller=caller)
