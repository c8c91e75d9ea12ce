"""Cross-entropy of logits as one frozen request: its tensors, and options that hold none of them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.torch.ranks import Ranks
from xent.torch.reduction import Reduction

__all__ = ["SoftmaxOptions", "SoftmaxRequest"]


class SoftmaxOptions(NamedTuple):
    """
    Options of a cross-entropy of logits.

    Kept apart from the tensors because the graph keeps the options until it is dropped; tensors must be saved
    by autograd, which frees them after backward and notices that one was changed in place.

    Parameters
    ----------
    reduction : Reduction
        Reduction of the rows' losses.
    dtype : torch.dtype
        Dtype of the result.
    has_labels : bool
        True if the target holds labels, False if probabilities.
    ignore_index : int
        Label of ignored rows.
    label_smoothing : float
        Share of the target that is spread over all classes.
    z_loss : float
        Factor of the squared log-normaliser.
    class_mask : Tensor or None
        True for classes that take a share of smoothing, classes on the last axis; None for all.
    ranks : Ranks or None
        Ranks that hold the classes, if `input` has those of one rank only.
    """

    reduction: Reduction
    dtype: torch.dtype
    has_labels: bool
    ignore_index: int
    label_smoothing: float = 0.0
    z_loss: float = 0.0
    class_mask: Tensor | None = None
    ranks: Ranks | None = None


class SoftmaxRequest(NamedTuple):
    """
    Cross-entropy to be computed, checked.

    Parameters
    ----------
    input : Tensor of shape (C,), (N, C) or (N, C, d1, ..., dK)
        Logits, after cap, scale and mask.
    target : Tensor
        Labels in int64, of the shape of `input` without its classes, or probabilities of its shape.
    weight : Tensor of shape (C,), or None
        Class weights.
    options : SoftmaxOptions
        All that is not a tensor of the graph.
    """

    input: Tensor
    target: Tensor
    weight: Tensor | None
    options: SoftmaxOptions
