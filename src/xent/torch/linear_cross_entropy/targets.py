"""What logits of a chunk are measured against: labels, probabilities, or a few probabilities of each row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from xent.kernels import softmax_cross_entropy as kernels
from xent.options.label_smoothing import kept_and_share
from xent.options.row_weights import total_weight
from xent.torch.memory import in_memory

__all__ = ["SparseTargets", "Truth"]


class SparseTargets(NamedTuple):
    """
    A few classes of each row and their probabilities, such as the largest ones of a teacher.

    Classes that are not named have probability 0; those named twice have the sum.

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


@dataclass(frozen=True, eq=False)
class Truth:
    """
    Truth of all rows, from which that of a chunk is taken.

    Parameters
    ----------
    target : Tensor
        Labels of shape (N,); or probabilities of shape (N, C); or, if there are `probs`, classes of shape
        (N, k).
    probs : Tensor of shape (N, k), or None
        Probabilities of these classes.
    weight : Tensor of shape (C,), or None
        Factor of each class.
    ignore_index : int
        Label of rows that are left out.
    label_smoothing : float
        Share that is spread over all classes.
    z_loss : float
        Factor of the squared log-normaliser.
    """

    target: Tensor
    probs: Tensor | None
    weight: Tensor | None
    ignore_index: int
    label_smoothing: float
    z_loss: float

    @property
    def has_labels(self) -> bool:
        """Whether the target is one class of each row."""
        return self.target.ndim == 1

    @cached_property
    def rows_read(self) -> Tensor | None:
        """Numbers of the rows that are not left out; None if that is all of them."""
        if not self.has_labels:
            return None
        read = self.target != self.ignore_index
        return None if bool(read.all()) else read.nonzero()[:, 0]

    @property
    def is_plain(self) -> bool:
        """Whether the loss of a row is the surprisal of its label and nothing else."""
        return self.has_labels and self.weight is None and not self.label_smoothing and not self.z_loss

    @property
    def mass(self) -> float:
        """What the rows weigh together; in PyTorch's way 1 for a row of probabilities, whatever they do."""
        if not self.has_labels:
            return self.target.shape[0]
        weights = None if self.weight is None else in_memory(self.weight.detach().double())
        return total_weight(in_memory(self.target), weights, ignored=self.ignore_index)

    @property
    def bytes_a_class(self) -> int:
        """What a row takes beside its logits, for each class."""
        if self.has_labels or (self.probs is None and self.label_smoothing == 0):
            return 0
        return 4 if self.target.dtype is not torch.float64 else 8

    def of_rows(self, rows: slice | Tensor, logits: Tensor) -> kernels.Labels | kernels.Targets:
        """Truth of these rows, as the kernels read it."""
        wide = torch.float64 if logits.dtype is torch.float64 else torch.float32
        weights = None if self.weight is None else in_memory(self.weight.detach().to(wide))
        target = self.target[rows]
        if self.has_labels:
            return kernels.Labels(in_memory(target), weights, self.ignore_index, self.label_smoothing)
        if self.probs is not None:
            target = SparseTargets(target, self.probs[rows].to(wide)).dense(logits.shape[1])
        if self.label_smoothing > 0:
            kept, share = kept_and_share(self.label_smoothing, logits.shape[1])
            # In place: a chunk of targets is as large as one of logits.
            target = (kept * target.to(wide)).add_(share)
        if target.dtype is not logits.dtype:
            target = target.to(wide)
        return kernels.Targets(in_memory(target), weights)
