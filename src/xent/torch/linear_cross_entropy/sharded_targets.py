"""Targets of a few classes, the same on all ranks, as targets of the classes of one rank."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.cross_entropy.sharded_numbers import ClassShard
from xent.torch.linear_cross_entropy.checks import check_classes
from xent.torch.linear_cross_entropy.request import LinearRequest, SparseTargets
from xent.torch.memory import is_traced

__all__ = ["placed", "targets_of_rank"]


def placed(request: LinearRequest, shard: ClassShard) -> LinearRequest:
    """
    Request with the classes of sparse targets counted from this rank's first; any other request as it is.

    Raises
    ------
    LabelError
        On all ranks alike, for a class outside those of all ranks, where it can be read.
    """
    if request.probs is None:
        return request
    if request.target.is_cpu and not is_traced():
        check_classes(request.target, int(shard.classes))
    return request._replace(target=request.target - shard.offset)


def targets_of_rank(request: LinearRequest, rows: slice = slice(None)) -> Tensor:
    """
    Labels of `rows`, (rows,), or targets of this rank's K classes, (rows, K).

    Sparse targets, whose classes are counted from this rank's first already, are expanded; their classes
    below 0 and from K on, those of other ranks, are left out. For hidden states of shape (D,), which take no
    other `rows` than all, the axis of rows is missing.
    """
    target = request.target[rows] if request.target.ndim else request.target
    if request.probs is None:
        return target
    classes = request.linear_weight.shape[0]
    probs = request.probs[rows] if request.input.ndim > 1 else request.probs
    if classes == 0:
        return probs[..., :0]
    target = target if request.input.ndim > 1 else request.target
    is_here = (target >= 0) & (target < classes)
    here = SparseTargets(torch.where(is_here, target, 0), torch.where(is_here, probs, 0.0))
    return here.dense(classes)
