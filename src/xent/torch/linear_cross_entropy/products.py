"""
Logits of a chunk of rows, multiplied by the faster of PyTorch's two libraries of matrix products.

In 32 bits `torch.mm` calls MKL, which is slower than oneDNN for few rows and many classes. PyTorch exposes
the product of oneDNN only as the operator that its compiler calls; if that is missing or switched off,
`torch.mm` is used. In 16 bits `torch.mm` chooses oneDNN itself, and in 64 bits oneDNN has no product. The
products of the gradient stay with MKL, about as fast there and rounding less: `python -m benchmarks kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from xent.torch.memory import new_memory

__all__ = ["Logits"]

# Called with input, weight, bias and a pointwise operation on the result, here none.
_ONEDNN: Callable[..., Tensor] | None = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
_NO_MORE: tuple[Any, ...] = ("none", [], "")
# oneDNN returns new memory, and large pieces are slow to allocate and to free: so the product goes by blocks
# of classes, which are copied into the chunk while they are in the cache.
_BLOCK_BYTES = 1 << 21
# With fewer features the copy takes longer than oneDNN saves.
_LEAST_FEATURES = 128


class Logits:
    """
    ``input @ weight.T + bias`` of one chunk of rows after the other, in memory that all chunks share.

    Parameters
    ----------
    weight : Tensor of shape (C, D)
        Weight of a linear layer.
    bias : Tensor of shape (C,), or None
        Bias of the layer.
    rows : int
        Largest number of rows of a chunk.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, rows: int) -> None:
        # oneDNN ignores the strides of a bias and reads it as contiguous.
        self._weight, self._bias = weight, None if bias is None else bias.contiguous()
        self._onednn = _ONEDNN if _suits_onednn(weight) else None
        self._memory = new_memory((rows, weight.shape[0]), weight.dtype)
        self._block = max(1, _BLOCK_BYTES // max(1, rows * weight.dtype.itemsize))

    def of(self, input: Tensor) -> Tensor:
        """Logits of a chunk; the next call overwrites them."""
        logits = self._memory[: input.shape[0]]
        if self._onednn is not None:
            for first in range(0, logits.shape[1], self._block):
                part = slice(first, first + self._block)
                bias = None if self._bias is None else self._bias[part]
                logits[:, part] = self._onednn(input, self._weight[part], bias, *_NO_MORE)
        elif self._bias is None:
            torch.mm(input, self._weight.T, out=logits)
        else:
            torch.addmm(self._bias, input, self._weight.T, out=logits)
        return logits


def _suits_onednn(weight: Tensor) -> bool:
    # A weight that is not contiguous is read number by number, a thousand times slower.
    is_quick = weight.shape[1] >= _LEAST_FEATURES and weight.is_contiguous()
    is_there = torch.backends.mkldnn.is_available() and bool(torch.backends.mkldnn.enabled)  # type: ignore[no-untyped-call]
    return is_quick and weight.dtype is torch.float32 and is_there
