"""Autocast of PyTorch: the dtype in which it multiplies, and its rule that losses are computed in 32 bits."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from xent.arrays.namespace import Array, is_torch

__all__ = ["as_autocast_loss", "autocast_dtype", "without_autocast"]


def autocast_dtype(tensor: Array) -> Any:
    """Dtype in which autocast multiplies on the device of `tensor`; None if it is off or unknown there."""
    torch = sys.modules["torch"]
    device = tensor.device.type
    if torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return None


def as_autocast_loss(logits: Array) -> Array:
    """
    Logits of a loss: a tensor of 16 bits is converted to float32 where autocast is on.

    Any other array is returned as it is.
    """
    # The dtype first: most calls need no more than this comparison.
    if is_torch(logits) and logits.dtype.itemsize == 2 and autocast_dtype(logits) is not None:
        return logits.float()
    return logits


def without_autocast(logits: Array) -> AbstractContextManager[Any]:
    """
    Context without autocast on the device of `logits`, which would multiply similarities in 16 bits.

    The context changes nothing if autocast is off there or `logits` are no tensor of PyTorch.
    """
    if is_torch(logits) and autocast_dtype(logits) is not None:
        off: AbstractContextManager[Any] = sys.modules["torch"].autocast(logits.device.type, enabled=False)
        return off
    return nullcontext()
