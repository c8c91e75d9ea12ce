"""Errors of one rank among ranks of PyTorch that compute parts of one call: every rank raises, none waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xent.errors import BackendError, DomainError

__all__ = ["lost_rank", "raised_together"]


def lost_rank(caller: str, error: RuntimeError) -> BackendError:
    """Error, not raised, for a collective that failed with `error`, whose first line the message shows."""
    first_line = (str(error).splitlines() or [type(error).__name__])[0]
    hint = "Another rank has died, or has not made the call within the group's timeout."
    return BackendError(caller, "process_group", "have all its ranks in the call", got=first_line, hint=hint)


def raised_together(
    computes: Callable[[], Any], groups: list[Any], device: Any, *, caller: str, argument: str
) -> Any:
    """
    Result of `computes`, which communicates with no rank of `groups`; every rank raises if one does.

    Parameters
    ----------
    computes : callable
        Computation with checks of the rows of this rank.
    groups : list of ProcessGroup
        One for each dimension of a mesh over which rows are divided; without any, nothing is exchanged, nor
        while a call is traced, when no values are read.
    device
        Device whose tensors the groups send.
    caller, argument : str
        Function that was called, and its argument that holds the rows.

    Raises
    ------
    Exception
        If `computes` has raised one here, after the other ranks have been told.
    DomainError
        If another rank has raised an error, and this one has not.
    BackendError
        If a rank has died, or does not take part within the group's timeout.
    """
    # Not at the head of the file, which every array library loads.
    from xent.arrays.torch_tracing import tracer

    if not groups or tracer() is not None:
        return computes()
    result, error = None, None
    try:
        result = computes()
    except Exception as raised:  # noqa: BLE001 - raised below, once the other ranks know
        error = raised
    n_failed = _n_failed(int(error is not None), groups, device, caller=caller)
    if error is not None:
        raise error
    if n_failed:
        rule, hint = "have valid rows on all ranks", "That rank's own error says more."
        raise DomainError(caller, argument, rule, got="an error on another rank", hint=hint)
    return result


def _n_failed(failed: int, groups: list[Any], device: Any, *, caller: str) -> int:
    """
    Sum over all ranks of `failed`, 1 on a rank that has raised an error and else 0.

    It takes one all-reduce for each group, of a tensor on `device`; all ranks must call it together. Raises
    `BackendError` if a collective fails, as after the death of a rank.
    """
    import torch
    import torch.distributed as dist

    count = torch.tensor(failed, device=device)
    for group in groups:
        try:
            dist.all_reduce(count, group=group)
        except RuntimeError as error:
            raise lost_rank(caller, error) from error
    return int(count)
