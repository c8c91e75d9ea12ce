"""
Placements of logits on a mesh of ranks, and of all that goes with them: parts of a rank, results of all.

The gradient of a tensor that is whole on each rank, where rows are divided, is the sum of the ranks' parts.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from xent.arrays import is_distributed
from xent.torch.cross_entropy.statistics import SoftmaxStatistics

__all__ = ["Layout"]


class Layout:
    """
    Placements of logits of which each rank computes its part.

    Parameters
    ----------
    mesh : DeviceMesh
        Ranks.
    placements : list of Placement
        ``Shard`` or ``Replicate`` for each dimension of the mesh; ``Shard(axis)`` for one at most.
    shape : tuple of int
        Shape of the logits of all ranks.
    axis : int
        Axis of the classes.
    """

    def __init__(self, mesh: Any, placements: list[Any], shape: tuple[int, ...], axis: int) -> None:
        self.mesh, self.placements, self.axis = mesh, tuple(placements), axis
        self.logits_shape = tuple(shape)
        self.shape = (*shape[:axis], *shape[axis + 1 :])
        of_classes = [d for d, p in enumerate(placements) if p.is_shard() and p.dim == axis]
        self.class_dimension = of_classes[0] if of_classes else None

    @property
    def group(self) -> Any:
        """Process group of the ranks that hold the classes; None if each rank holds all classes."""
        return None if self.class_dimension is None else self.mesh.get_group(self.class_dimension)

    @property
    def row_dimensions(self) -> list[int]:
        """Dimensions of the mesh over which rows are divided."""
        return [d for d, p in enumerate(self.placements) if p.is_shard() and p.dim != self.axis]

    @property
    def row_groups(self) -> list[Any]:
        """Process group of this rank for each of `row_dimensions`."""
        return [self.mesh.get_group(dimension) for dimension in self.row_dimensions]

    @property
    def of_rows(self) -> list[Any]:
        """
        Placements of a tensor without the axis of classes, such as labels: one for each dimension of the
        mesh.

        They are ``Shard`` in the dimensions that divide rows, of the axis without that of the classes, else
        ``Replicate``.
        """
        from torch.distributed.tensor import Replicate, Shard

        rows = self.row_dimensions
        return [
            Shard(p.dim - (p.dim > self.axis)) if d in rows else Replicate()
            for d, p in enumerate(self.placements)
        ]

    @property
    def of_classes(self) -> list[Any]:
        """
        Placements of a tensor whose first axis is that of the classes: one for each dimension of the
        mesh.

        They are ``Shard(0)`` in the dimension that divides the classes, if any, else ``Replicate``.
        """
        from torch.distributed.tensor import Replicate, Shard

        return [Shard(0) if d == self.class_dimension else Replicate() for d in range(self.mesh.ndim)]

    @property
    def same(self) -> list[Any]:
        """
        Placements of a tensor that is the same on all ranks: ``Replicate`` for each dimension of the
        mesh.
        """
        from torch.distributed.tensor import Replicate

        return [Replicate()] * self.mesh.ndim

    def part(self, tensor: Any, placements: list[Any]) -> Tensor:
        """
        Part of `tensor` that this rank holds under `placements`, differentiable; the ranks move data if
        needed.

        A plain tensor is taken to be the same on all ranks. The gradient of a tensor that is whole on each
        rank is summed over the ranks that divide the rows.
        """
        from torch.distributed.tensor import DTensor, Partial

        if not isinstance(tensor, DTensor):
            tensor = DTensor.from_local(tensor, self.mesh, self.same, run_check=False)
        gradients = [
            Partial() if d in self.row_dimensions and not p.is_shard() else p
            for d, p in enumerate(placements)
        ]
        laid = tensor.redistribute(placements=placements)
        part: Tensor = laid.to_local(grad_placements=gradients)
        return part

    def total_weight(self, labels: Tensor | None, weight: Any, ignored: int) -> Tensor | float:
        """
        Denominator of a mean over the rows of all ranks: the total weight of their labels but `ignored` ones.

        `labels` are those of this rank, added up by one all-reduce for each dimension that divides rows; the
        result is a tensor of shape () in float64. `weight` holds the factors of all classes, None stands for
        1; a label out of range has the weight of the nearest class. For `labels` of None, as of
        probabilities, it is the number of rows of all ranks, without communication.
        """
        if labels is None:
            return float(torch.Size(self.shape).numel())
        is_read = labels != ignored
        counts = is_read.double()
        if weight is not None:
            whole = weight.full_tensor() if is_distributed(weight) else weight
            places = labels.long().clamp(0, whole.shape[0] - 1)
            counts = torch.where(is_read, whole.detach().double()[places], 0.0)
        total: Tensor = counts.sum()
        for group in self.row_groups:
            dist.all_reduce(total, group=group)
        return total

    def result(self, result: Any) -> Any:
        """Loss of this rank, or pair of loss and statistics, as DTensors; an `Explanation` unchanged."""
        if isinstance(result, tuple):
            loss, stats = result
            return self._loss(loss), self._statistics(stats)
        return self._loss(result) if isinstance(result, Tensor) else result

    def _loss(self, loss: Tensor) -> Any:
        """
        `loss` of this rank as a DTensor: one loss per row lies as the rows do.

        A reduced loss, of shape (), is summed over the ranks that divide the rows, and replicated; without
        axes of rows it is replicated as it is.
        """
        from torch.distributed.tensor import DTensor, Partial, Replicate

        if loss.ndim or not self.shape:
            return self._rows(loss)
        rows = self.row_dimensions
        parts = [Partial() if d in rows else Replicate() for d in range(self.mesh.ndim)]
        shared = DTensor.from_local(loss, self.mesh, parts, run_check=False)
        return shared.redistribute(placements=self.same)

    def _statistics(self, stats: SoftmaxStatistics) -> SoftmaxStatistics:
        """
        Statistics as DTensors: those of rows lie as the rows do, those of the whole call are
        replicated.

        The part of z-loss in the loss is reduced as `_loss` says, accuracy and share of rows read as
        `_shares` says, by one all-reduce for each dimension of the mesh that divides rows.
        """
        rows: dict[str, Any] = {
            name: None if part is None else self._rows(part)
            for name, part in zip(stats._fields, stats, strict=True)
            if name not in {"z_loss", "accuracy", "share_read"}
        }
        assert stats.z_loss is not None  # noqa: S101 - the statistics of a call have their summary
        accuracy, share = self._shares(stats)
        return SoftmaxStatistics(**rows, z_loss=self._loss(stats.z_loss), accuracy=accuracy, share_read=share)

    def _shares(self, stats: SoftmaxStatistics) -> tuple[Any, Any]:
        """
        Pair of accuracy and share of rows read over the rows of all ranks, replicated, from those of this
        rank's rows.

        The accuracy is None for probabilities, and nan if no row is read. It takes one all-reduce for each
        dimension of the mesh that divides rows.
        """
        from torch.distributed.tensor import DTensor

        share, accuracy = stats.share_read, stats.accuracy
        assert share is not None  # noqa: S101 - as above
        read = share * stats.argmax.numel()
        hits = read if accuracy is None else torch.where(read > 0, accuracy * read, 0.0)
        counts = torch.stack([hits, read, torch.full_like(read, stats.argmax.numel())]).double()
        for group in self.row_groups:
            dist.all_reduce(counts, group=group)
        numbers = [(counts[place] / counts[place + 1]).to(share.dtype) for place in (0, 1)]
        laid = [DTensor.from_local(number, self.mesh, self.same, run_check=False) for number in numbers]
        return None if accuracy is None else laid[0], laid[1]

    def _rows(self, part: Tensor) -> Any:
        """
        `part`, this rank's numbers of its rows, as a DTensor laid out as the rows are; further axes are
        whole.
        """
        from torch.distributed.tensor import DTensor

        shape = torch.Size([*self.shape, *part.shape[len(self.shape) :]])
        stride = torch.empty(shape, device="meta").stride()
        return DTensor.from_local(part, self.mesh, self.of_rows, run_check=False, shape=shape, stride=stride)
