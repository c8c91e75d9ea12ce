"""Launch of the Triton kernel of sigmoid cross-entropy on tensors; nothing is checked or read by the host."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.kernels.sigmoid_cross_entropy.triton.events_kernel import sigmoid_events
from xent.kernels.triton.launches import IS_INTERPRETED, launched

__all__ = ["Events", "blocks", "sigmoid_of_events"]

_BLOCK = 4096


class Events(NamedTuple):
    """
    Logits with their targets and weights, all contiguous.

    Parameters
    ----------
    logits, targets : Tensor
        As many numbers in both, in float32 or 16 bits.
    positive, weights : Tensor of float32, or None
        Weights that repeat with their number of entries; None for 1.
    """

    logits: Tensor
    targets: Tensor
    positive: Tensor | None = None
    weights: Tensor | None = None


def blocks(count: int) -> int:
    """Number of blocks of 4096 numbers, the last of which may be shorter, in `count` numbers; 0 for 0."""
    return -(-count // _BLOCK)


def sigmoid_of_events(
    events: Events,
    *,
    values: Tensor | None = None,
    sums: Tensor | None = None,
    gradient: Tensor | None = None,
    factor: Tensor | None = None,
    upstream: Tensor | None = None,
    upstreams: Tensor | None = None,
) -> None:
    """
    Write weighted losses, their sums by block, and the gradient by one launch; an output of None is left out.

    Parameters
    ----------
    events : Events
        Logits, targets, weights.
    values : Tensor of float32, optional
        Output for each loss, of as many entries as the logits.
    sums : Tensor of float64, optional
        Output for the sum of each block, of `blocks` of the number of entries.
    gradient : Tensor, optional
        Output of the dtype of the logits; it may be the logits themselves.
    factor, upstream : Tensor of float32 of one number, optional
        Factors of the gradient; if `upstream` is 1 the launch writes nothing.
    upstreams : Tensor of float32, optional
        Factor of each entry of the gradient.

    Raises
    ------
    LaunchError
        If Triton cannot compile or launch the kernel here.
    """
    logits, targets, positive, weights = events
    count = logits.numel()
    launched(
        sigmoid_events,
        (blocks(count),),
        logits, gradient, targets, positive, weights, factor, upstream, upstreams, values, sums, count,
        1 if positive is None else positive.numel(), 1 if weights is None else weights.numel(),
        BLOCK=_BLOCK,
        ROUNDED=IS_INTERPRETED and logits.dtype is torch.bfloat16,
        num_warps=8,
    )  # fmt: skip
