"""Binary cross-entropy as one frozen request."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from xent.torch.reduction import Reduction

__all__ = ["SigmoidRequest"]


class SigmoidRequest(NamedTuple):
    """
    Binary cross-entropy to be computed, checked.

    Parameters
    ----------
    input : Tensor
        Logits of any shape.
    target : Tensor
        Probabilities of the event, of the same shape.
    weight, pos_weight : Tensor or None
        Weights of the entries, and of their part for the event; they broadcast to the shape of the input.
    reduction : Reduction
        Reduction of the entries' losses.
    dtype : torch.dtype
        Dtype of the result.
    """

    input: Tensor
    target: Tensor
    weight: Tensor | None
    pos_weight: Tensor | None
    reduction: Reduction
    dtype: torch.dtype
