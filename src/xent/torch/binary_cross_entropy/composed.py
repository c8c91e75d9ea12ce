"""The composed way: PyTorch's own operations and the closed derivatives of the formula, on every device."""

from __future__ import annotations

import torch
from array_api_compat import torch as xp
from torch import Tensor

from xent.arrays import differentiable
from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.torch.binary_cross_entropy.request import SigmoidRequest

__all__ = ["composed_sigmoid"]


def composed_sigmoid(request: SigmoidRequest) -> Tensor:
    """
    Cross-entropy in nats of any tensors, (), or of the shape of the input without a reduction.

    It has the weights and positive weights, is computed in 32 bits or more by operations of PyTorch alone,
    and returned in the request's dtype; differentiable any number of times in all tensors. Raises
    `DomainError` for a mean of denominator 0 under the rule ``"raise"``, where the denominator can be read.
    """
    input, target, weight, pos_weight, reduction, dtype = request
    wide = torch.promote_types(torch.promote_types(input.dtype, target.dtype), torch.float32)
    targets = target.to(wide)
    mass_for = targets if pos_weight is None else targets * pos_weight
    values = differentiable("value", sigmoid_cross_entropy, input.to(wide), mass_for, 1 - targets, xp=xp)
    values = values if weight is None else weight * values
    return reduction.apply(values, values.numel, dtype)
