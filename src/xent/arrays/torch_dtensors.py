"""
Part of a DTensor of PyTorch that one rank computes: its rows, whole, and results as DTensors again.

A formula reads rows, which lie along all axes but the last. Where the rows are divided among ranks each rank
keeps its own; any other placement is replicated first. So no operation needs a rule for DTensors.
"""

from __future__ import annotations

import sys
from typing import Any

from xent.arrays.namespace import Array

__all__ = ["RowsOfRank", "is_distributed"]


def is_distributed(*tensors: Any) -> bool:
    """True if a tensor is a DTensor; the module of DTensors is not imported for the question."""
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and any(isinstance(tensor, module.DTensor) for tensor in tensors)


class RowsOfRank:
    """
    Rows of logits that this rank computes, and the placements of all that goes with them.

    `logits` is this rank's part of the logits, a plain tensor whose last axis is whole.

    Parameters
    ----------
    logits : DTensor of shape (..., K)
        Logits of all ranks.
    axes : int
        Number of leading axes that may stay divided; 0 replicates the logits.
    """

    def __init__(self, logits: Any, axes: int) -> None:
        from torch.distributed.tensor import Replicate, Shard

        self._mesh = logits.device_mesh
        self._placements: list[Any] = [
            p if type(p) is Shard and p.dim < axes else Replicate() for p in logits.placements
        ]
        self._shape = tuple(logits.shape)
        self.logits = self.part_of(logits)

    @property
    def groups(self) -> list[Any]:
        """Ranks among which the rows are divided, one group for each dimension of the mesh that does so."""
        return [self._mesh.get_group(d) for d, p in enumerate(self._placements) if p.is_shard()]

    def part_of(self, tensor: Any) -> Array:
        """
        Part of this rank, a plain tensor, of a tensor whose first axes are those of the logits.

        Axes that stay divided among ranks are cut to this rank's rows, all others are whole. A plain tensor
        must be the same on all ranks, and holds all rows; a DTensor is redistributed, which all ranks must do
        together.
        """
        from torch.distributed.tensor import DTensor, Replicate

        if not isinstance(tensor, DTensor):
            same = [Replicate()] * self._mesh.ndim
            tensor = DTensor.from_local(tensor, self._mesh, same, run_check=False)
        return tensor.redistribute(placements=self._within(tensor.ndim)).to_local()

    def spread(self, part: Any) -> Any:
        """
        Numbers of this rank's rows as a DTensor of all rows; a tuple gives a tuple of DTensors.

        The first axes of `part` are those of the rank's logits. Nothing is communicated: the parts of other
        ranks are taken to have the shapes that the placements give them.
        """
        import torch
        from torch.distributed.tensor import DTensor

        if isinstance(part, tuple):
            return tuple(self.spread(entry) for entry in part)
        placements = self._within(part.ndim)
        divided = {placement.dim for placement in placements if placement.is_shard()}
        shape = torch.Size(self._shape[axis] if axis in divided else n for axis, n in enumerate(part.shape))
        stride = torch.empty(shape, device="meta").stride()
        return DTensor.from_local(part, self._mesh, placements, run_check=False, shape=shape, stride=stride)

    def summed(self, part: Array) -> Any:
        """
        Sum over the ranks of one number of each, `part`, as a DTensor that holds it on all ranks.

        Ranks that compute the same rows count once. All ranks must call it together.
        """
        from torch.distributed.tensor import DTensor, Partial, Replicate

        parts = [Partial() if p.is_shard() else Replicate() for p in self._placements]
        shared = DTensor.from_local(part, self._mesh, parts, run_check=False)
        return shared.redistribute(placements=[Replicate()] * self._mesh.ndim)

    def _within(self, axes: int) -> list[Any]:
        """
        Placements of a tensor of so many axes, the first of which are those of the logits.

        It is divided as the rows are along the axes that it has, and replicated otherwise.
        """
        from torch.distributed.tensor import Replicate

        return [p if p.is_shard() and p.dim < axes else Replicate() for p in self._placements]
