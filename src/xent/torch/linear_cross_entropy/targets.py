"""Targets of the rows of one chunk: labels, probabilities, or the probabilities of a few classes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.options.label_smoothing import kept_and_share
from xent.options.row_weights import total_weight
from xent.torch.linear_cross_entropy.request import LinearRequest
from xent.torch.memory import in_memory

__all__ = [
    "SparseTargets",
    "dense_target",
    "rows_read",
    "target_bytes_per_class",
    "target_of_rows",
    "total_weight_of",
]


class SparseTargets(NamedTuple):
    """
    Probabilities of a few classes of each row, such as the largest ones of a teacher.

    A class that is not named has probability 0; one that is named twice has the sum.

    Parameters
    ----------
    indices : Tensor of int64 of shape (N, k)
        Classes.
    probs : Tensor of shape (N, k)
        Their probabilities; they need not sum to 1.
    """

    indices: Tensor
    probs: Tensor

    def dense(self, classes: int) -> Tensor:
        """Probabilities of all classes, of shape (N, C)."""
        zeros = self.probs.new_zeros((*self.probs.shape[:-1], classes))
        return zeros.scatter_add(-1, self.indices, self.probs)


def dense_target(request: LinearRequest) -> Tensor:
    """Labels, or probabilities of all classes."""
    if request.probs is None:
        return request.target
    return SparseTargets(request.target, request.probs).dense(request.linear_weight.shape[0])


def rows_read(request: LinearRequest) -> Tensor | None:
    """Indices of the rows that are not ignored; None if no row is ignored."""
    softmax = request.options.softmax
    if not softmax.has_labels:
        return None
    read = request.target != softmax.ignore_index
    return None if bool(read.all()) else read.nonzero()[:, 0]


def total_weight_of(request: LinearRequest) -> float:
    """Total weight of the rows; as in PyTorch, a row of probabilities weighs 1."""
    softmax = request.options.softmax
    if not softmax.has_labels:
        return request.target.shape[0]
    weights = None if request.weight is None else in_memory(request.weight.detach().double())
    return total_weight(in_memory(request.target), weights, ignored=softmax.ignore_index)


def target_bytes_per_class(request: LinearRequest) -> int:
    """Bytes that the target of a row in a chunk allocates for each class."""
    softmax = request.options.softmax
    if softmax.has_labels or (request.probs is None and softmax.label_smoothing == 0):
        return 0
    return 4 if request.target.dtype is not torch.float64 else 8


def target_of_rows(
    request: LinearRequest, rows: slice | Tensor, logits: Tensor
) -> kernels.Labels | kernels.Targets:
    """Target of these rows as the kernels read it."""
    softmax = request.options.softmax
    wide = torch.float64 if logits.dtype is torch.float64 else torch.float32
    weights = None if request.weight is None else in_memory(request.weight.detach().to(wide))
    target = request.target[rows]
    if softmax.has_labels:
        return kernels.Labels(in_memory(target), weights, softmax.ignore_index, softmax.label_smoothing)
    if request.probs is not None:
        target = SparseTargets(target, request.probs[rows].to(wide)).dense(logits.shape[1])
    if softmax.label_smoothing > 0:
        kept, share = kept_and_share(softmax.label_smoothing, logits.shape[1])
        # In place: a chunk of targets is as large as one of logits.
        target = (kept * target.to(wide)).add_(share)
    if target.dtype is not logits.dtype:
        target = target.to(wide)
    return kernels.Targets(in_memory(target), weights)
