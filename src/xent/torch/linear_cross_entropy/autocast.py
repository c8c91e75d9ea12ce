"""Operands of the product in the dtype in which autocast multiplies."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.arrays.torch_autocast import autocast_dtype

__all__ = ["as_autocast"]


def as_autocast(
    input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """
    Operands in the dtype in which autocast multiplies on the device of `input`; unchanged if it is off.

    An operand of float64 stays, as autocast leaves it, and a bias of None stays None.
    """
    dtype = autocast_dtype(input)
    if dtype is None:
        return input, linear_weight, linear_bias

    def cast(tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype is torch.float64 else tensor.to(dtype)

    return cast(input), cast(linear_weight), None if linear_bias is None else cast(linear_bias)
