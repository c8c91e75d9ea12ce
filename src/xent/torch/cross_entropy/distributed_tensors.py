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

import torch
import torch.distributed as dist
from torch import Tensor

from xent.arrays import is_distributed
from xent.errors import DomainError, XentError
from xent.torch.cross_entropy.statistics import SoftmaxStatistics
from xent.torch.explanation import Explanation
from xent.torch.memory import is_traced, n_classes, rows_shape
from xent.torch.process_groups import summed
from xent.torch.ranks import together

__all__ = ["loss_of_dtensor"]


def loss_of_dtensor(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """
    Result of `call` on this rank's parts, as DTensors; an `Explanation` as it is.

    Raises
    ------
    DomainError
        If the logits are a plain tensor beside a DTensor.
    """
    logits = arguments["input"]
    if not is_distributed(logits):
        rule, hint = "be a DTensor as the other tensors are", "Use `distribute_tensor` on it."
        raise DomainError("cross_entropy", "input", rule, got=type(logits).__name__, hint=hint)
    layout = _Layout(logits)
    local = layout.local(arguments)
    group = layout.group
    computes = partial(call, **local) if group is None else partial(together, call, group, **local)
    result = _on_all_ranks(computes, layout, local)
    if isinstance(result, Explanation):
        return result
    if isinstance(result, tuple):
        loss, stats = result
        return layout.loss_as_dtensor(loss), layout.statistics_as_dtensors(stats)
    return layout.loss_as_dtensor(result)


def _on_all_ranks(computes: Callable[[], Any], layout: _Layout, local: dict[str, Any]) -> Any:
    """
    Result of `computes`; where rows are divided, every rank raises if one does.

    On a device the ranks exchange nothing unless the call reads values, for which Python waits anyway.
    """
    groups = [layout.mesh.get_group(dimension) for dimension in layout.row_dimensions]
    reads = local["nonfinite"] == "raise" or local["validate_targets"] or local["input"].is_cpu
    if is_traced() or not reads or not groups:
        return computes()
    result, error = None, None
    try:
        result = computes()
    except XentError as raised:
        error = raised
    failed = torch.tensor(0 if error is None else 1, device=local["input"].device)
    for group in groups:
        failed = summed(failed, group, caller="cross_entropy")
    if error is not None:
        raise error
    if bool(failed):
        rule, hint = "have valid rows on all ranks", "That rank's own error says more."
        raise DomainError("cross_entropy", "input", rule, got="an error on another rank", hint=hint)
    return result


class _Layout:
    """
    Placements of logits, and of all that goes with them.

    Parameters
    ----------
    logits : DTensor
        Logits of shape (C,), (N, C) or (N, C, d1, ..., dK).
    """

    def __init__(self, logits: Any) -> None:
        from torch.distributed.tensor import Replicate, Shard

        self.mesh, self.axis = logits.device_mesh, 1 if logits.ndim > 1 else 0
        self.class_dimension: int | None = None
        placements: list[Any] = []
        for dimension, placement in enumerate(logits.placements):
            kept = type(placement) is Shard
            if kept and placement.dim == self.axis:
                kept = self.class_dimension is None
                self.class_dimension = dimension if kept else self.class_dimension
            placements.append(placement if kept else Replicate())
        self.placements = tuple(placements)
        self.logits = logits.redistribute(placements=self.placements)
        self.shape = rows_shape(logits)

    @property
    def group(self) -> Any:
        """Ranks that hold the classes; None if each rank holds all."""
        return None if self.class_dimension is None else self.mesh.get_group(self.class_dimension)

    @property
    def row_dimensions(self) -> list[int]:
        """Dimensions of the mesh over which rows are divided."""
        return [d for d, p in enumerate(self.placements) if p.is_shard() and p.dim != self.axis]

    def _of_rows(self, other: Any) -> list[Any]:
        """Placements of a tensor without the axis of classes; `other` elsewhere than on divided rows."""
        from torch.distributed.tensor import Shard

        rows = self.row_dimensions
        return [
            Shard(p.dim - (p.dim > self.axis)) if d in rows else other for d, p in enumerate(self.placements)
        ]

    def _of_classes(self) -> list[Any]:
        """Placements of a tensor of shape (C,)."""
        from torch.distributed.tensor import Replicate, Shard

        return [Shard(0) if d == self.class_dimension else Replicate() for d in range(self.mesh.ndim)]

    def _part(self, tensor: Any, placements: Any) -> Tensor:
        """Part of a tensor that this rank holds; a plain tensor is taken to be the same on all ranks."""
        from torch.distributed.tensor import DTensor, Replicate

        if not isinstance(tensor, DTensor):
            same = [Replicate()] * self.mesh.ndim
            tensor = DTensor.from_local(tensor, self.mesh, same, run_check=False)
        part: Tensor = tensor.redistribute(placements=placements).to_local()
        return part

    def local(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments of the call on this rank's part."""
        from torch.distributed.tensor import Replicate

        changed = dict(arguments, input=self.logits.to_local())
        target, weight, mask = (arguments[name] for name in ("target", "weight", "class_mask"))
        has_labels = target.shape != self.logits.shape
        labels = self._of_rows(Replicate())
        changed["target"] = self._part(target, labels if has_labels else self.placements)
        if weight is not None:
            changed["weight"] = self._part(weight, self._of_classes())
        if mask is not None:
            is_of_rows = mask.shape == self.logits.shape
            changed["class_mask"] = self._part(mask, self.placements if is_of_rows else self._of_classes())
        for name in ("denominator", "logit_scale"):
            if is_distributed(arguments[name]):
                changed[name] = arguments[name].full_tensor()
        is_mean = (
            arguments["reduction"] == "mean" and arguments["size_average"] is arguments["reduce"] is None
        )
        if self.row_dimensions and is_mean and changed["denominator"] is None:
            changed["denominator"] = self._total_weight(changed, weight, has_labels=has_labels)
        return changed

    def _total_weight(self, changed: dict[str, Any], weight: Any, *, has_labels: bool) -> Tensor | float:
        """Denominator of a mean over rows of all ranks."""
        if not has_labels:
            return float(self.logits.numel()) / max(n_classes(self.logits), 1)
        labels = changed["target"].long()
        is_read = labels != changed["ignore_index"]
        counts = is_read.double()
        if weight is not None:
            whole = weight.full_tensor() if is_distributed(weight) else weight
            counts = torch.where(is_read, whole.detach().double()[labels.clamp(0, whole.shape[0] - 1)], 0.0)
        total: Tensor = counts.sum()
        for dimension in self.row_dimensions:
            dist.all_reduce(total, group=self.mesh.get_group(dimension))
        return total

    def loss_as_dtensor(self, loss: Tensor) -> Any:
        """Loss of all rows: one per row as the rows lie, or their sum over the ranks, replicated."""
        from torch.distributed.tensor import DTensor, Partial, Replicate

        if loss.ndim or not self.shape:
            return self.rows_as_dtensor(loss)
        rows = self.row_dimensions
        parts = [Partial() if d in rows else Replicate() for d in range(self.mesh.ndim)]
        shared = DTensor.from_local(loss, self.mesh, parts, run_check=False)
        return shared.redistribute(placements=[Replicate()] * self.mesh.ndim)

    def statistics_as_dtensors(self, stats: SoftmaxStatistics) -> SoftmaxStatistics:
        """Statistics of rows as the rows lie, and those of the whole call, replicated."""
        rows: dict[str, Any] = {
            name: None if part is None else self.rows_as_dtensor(part)
            for name, part in zip(stats._fields, stats, strict=True)
            if name not in {"z_loss", "accuracy", "share_read"}
        }
        assert stats.z_loss is not None  # noqa: S101 - the statistics of a call have their summary
        accuracy, share = self._shares(stats)
        return SoftmaxStatistics(
            **rows, z_loss=self.loss_as_dtensor(stats.z_loss), accuracy=accuracy, share_read=share
        )

    def _shares(self, stats: SoftmaxStatistics) -> tuple[Any, Any]:
        """Accuracy, None for probabilities, and share of rows read, of the rows of all ranks, replicated."""
        from torch.distributed.tensor import DTensor, Replicate

        share, accuracy = stats.share_read, stats.accuracy
        assert share is not None  # noqa: S101 - as above
        read = share * stats.argmax.numel()
        hits = read if accuracy is None else torch.where(read > 0, accuracy * read, 0.0)
        counts = torch.stack([hits, read, torch.full_like(read, stats.argmax.numel())]).double()
        for dimension in self.row_dimensions:
            dist.all_reduce(counts, group=self.mesh.get_group(dimension))
        numbers = [(counts[place] / counts[place + 1]).to(share.dtype) for place in (0, 1)]
        same = [Replicate()] * self.mesh.ndim
        laid = [DTensor.from_local(number, self.mesh, same, run_check=False) for number in numbers]
        return None if accuracy is None else laid[0], laid[1]

    def rows_as_dtensor(self, part: Tensor) -> Any:
        """Numbers of each row, with further axes kept, as the rows of the logits lie."""
        from torch.distributed.tensor import DTensor, Replicate

        shape = torch.Size([*self.shape, *part.shape[len(self.shape) :]])
        stride = torch.empty(shape, device="meta").stride()
        rows = self._of_rows(Replicate())
        return DTensor.from_local(part, self.mesh, rows, run_check=False, shape=shape, stride=stride)
