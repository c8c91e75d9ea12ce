"""
One call made by all ranks of a process group: facts that must agree, and errors that all must hear of.

A rank that raises before the ranks have agreed tells the others, which then raise too instead of waiting.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from xent.torch.explanation import Inquiry
from xent.torch.memory import is_traced, rows_shape
from xent.torch.process_groups import agreed_counts, check_group, refuse_together

__all__ = ["Ranks", "together"]


class Ranks:
    """
    Ranks that make one call.

    Parameters
    ----------
    group : ProcessGroup
        Ranks that take part.
    caller : str
        Function that was called.
    arguments : dict of str to object
        Arguments of the call, `input` among them, the keyword `process_group` left out.

    Attributes
    ----------
    has_met : bool
        True once the ranks have exchanged their facts.
    """

    def __init__(self, group: Any, caller: str, arguments: dict[str, Any]) -> None:
        self.group, self.caller, self.arguments = group, caller, arguments
        self.has_met = False
        self.counts: list[int] = []

    @property
    def rank(self) -> int:
        """Number of the calling rank in the group."""
        return dist.get_rank(self.group)

    def agreed_counts(self, count: int) -> list[int]:
        """
        `count` of each rank, in their order; only the first call communicates, later ones return the same
        list.

        Raises `DomainError` on all ranks if their arguments differ or those of one are invalid, and
        `BackendError` if a rank is lost.
        """
        if not self.has_met:
            facts = {name: self._fact(name, value) for name, value in self.arguments.items()}
            device = self.arguments["input"].device
            self.has_met = True
            self.counts = agreed_counts(count, facts, self.group, device, caller=self.caller)
        return self.counts

    def _fact(self, name: str, value: Any) -> str:
        """
        Text about the argument `name` that must be the same on all ranks.

        Of `input` it is dtype and shape of the rows; of labels, sparse targets and tensors of shape () dtype,
        shape and, on the CPU, a checksum of the values; of any other tensor the dtype alone. The text of what
        the ranks share, the scale and the hidden states of a linear cross-entropy, tells too if it requires
        grad. Of all else it is the `repr`.
        """
        if isinstance(value, tuple):
            # Sparse targets, the same on all ranks.
            return f"sparse{''.join(_whole(part) for part in value)}"
        if not isinstance(value, Tensor):
            return repr(value)
        kind = str(value.dtype).removeprefix("torch.")
        # In backward the ranks add up the gradients in what they share: none may wait for the others there.
        is_hidden = name == "input" and self.caller == "linear_cross_entropy"
        is_shared = is_hidden or name == "logit_scale"
        if is_shared and value.requires_grad and torch.is_grad_enabled():
            kind += " that requires grad"
        if name == "input":
            shape = tuple(value.shape[:-1]) if is_hidden else rows_shape(value)
            return f"{kind} with rows of shape {shape}"
        if name == "target" and not value.is_floating_point():
            return _whole(value)
        return kind if value.ndim else f"{kind}{_checksum(value)}"


def _whole(value: Tensor) -> str:
    """Text of dtype, shape and checksum of a tensor that is the same on all ranks, labels for example."""
    return f"{str(value.dtype).removeprefix('torch.')} of shape {tuple(value.shape)}{_checksum(value)}"


def _checksum(value: Tensor) -> str:
    """
    Text that differs where values do; the empty text on a device, for whose values Python would have
    to wait.
    """
    if not value.is_cpu:
        return ""
    # A view of the bytes exists for every dtype, bfloat16 included.
    plain = value.detach().contiguous().reshape(-1).view(torch.uint8)
    return f" and checksum {zlib.crc32(plain.numpy().tobytes())}"


def together(call: Callable[..., Any], group: Any, *, caller: str = "cross_entropy", **arguments: Any) -> Any:
    """
    Result of `call` with `arguments` and the ranks of `group` as `ranks`, for the function `caller`.

    `arguments` has the entries `input` and `way`. While the call is traced, and for an `Inquiry`, an error is
    not told to other ranks.

    Raises
    ------
    BackendError, DomainError
        If `torch.distributed` is not initialised or a rank is lost; if `group` is not a process group with
        this rank.
    XentError
        What `call` raises. If the ranks had not agreed yet, the others raise a `DomainError` that names this
        rank.
    """
    check_group(caller, group)
    ranks = Ranks(group, caller, arguments)
    if is_traced() or isinstance(arguments["way"], Inquiry):
        return call(**arguments, ranks=ranks)
    try:
        return call(**arguments, ranks=ranks)
    except Exception:
        if not ranks.has_met:
            refuse_together(group, arguments["input"].device, caller=caller)
        raise
