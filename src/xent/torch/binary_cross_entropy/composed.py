"""Sigmoid cross-entropy of PyTorch's own operations and the closed derivatives of the formula."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.torch.cross_entropy.composed import value_of
from xent.torch.reduction import Reduction

__all__ = ["composed_sigmoid"]


def composed_sigmoid(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    pos_weight: Tensor | None,
    reduction: Reduction,
    dtype: torch.dtype,
) -> Tensor:
    """Cross-entropy of any tensors, reduced, differentiable as often as one likes."""
    wide = dtype if dtype.itemsize > 2 else torch.float32
    targets = target.to(wide)
    mass_for = targets if pos_weight is None else targets * pos_weight
    values = value_of(sigmoid_cross_entropy, input.to(wide), mass_for, 1 - targets)
    values = values if weight is None else weight * values
    return reduction.apply(values, values.numel, dtype)
