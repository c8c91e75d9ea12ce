"""
Weight that ranks keep divided, gathered once a call; its gradient is averaged and divided once.

The average is that of FSDP2 and DDP over ranks that hold different rows, and where ranks hold the same rows
their gradients, and so the average, are those of one of them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.arrays import is_distributed

__all__ = ["gathered_weight"]


def gathered_weight(weight: Any) -> Any:
    """
    Weight of all ranks as a plain tensor, by one all-gather, with one reduce-scatter in backward.

    The gradient is averaged over the ranks. Any other object than a DTensor is returned as it is.
    """
    if not is_distributed(weight):
        return weight
    from torch.distributed.tensor import Partial

    mesh = weight.device_mesh
    whole = weight.full_tensor(grad_placements=[Partial()] * mesh.ndim)
    averaged: Tensor = _Averaged.apply(whole, mesh.size())  # type: ignore[no-untyped-call]
    return averaged


class _Averaged(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, weight: Tensor, ranks: int) -> Tensor:
        """View of `weight` itself; `ranks`, the number of all ranks, is kept in `ctx` for backward."""
        ctx.ranks = ranks
        return weight.view_as(weight)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        """
        `upstream` over the number of ranks, this rank's part in their average, and None for the other
        argument.

        The ranks' parts are added up afterwards; backends on processors cannot average themselves.
        """
        return upstream / ctx.ranks, None
