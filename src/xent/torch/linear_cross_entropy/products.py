"""
Logits of some rows, multiplied by the faster of the two libraries that PyTorch has.

In 32 bits `torch.mm` is MKL's, which is slower than oneDNN where rows are few and classes many. PyTorch
offers that of oneDNN under the name alone by which its compiler calls it; where it is missing, or switched
off, `torch.mm` does. In 16 bits `torch.mm` chooses oneDNN itself, and in 64 it has none. The products of the
gradient stay with MKL, which is about as fast there and rounds less: `python -m benchmarks kernels`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from xent.torch.memory import new_memory

__all__ = ["Logits"]

# Of an input, a weight, a bias, and what is to be done with the result: nothing.
_ONEDNN: Callable[..., Tensor] | None = getattr(torch.ops.mkldnn, "_linear_pointwise", None)
_NO_MORE: tuple[Any, ...] = ("none", [], "")
# What it returns is new memory, of which large pieces are slow to get and to give back: it goes by blocks of
# classes, which are copied while they are in the cache.
_BLOCK_BYTES = 1 << 21
# With fewer features the copy takes longer than oneDNN saves.
_LEAST_FEATURES = 128


class Logits:
    """
    ``input @ weight.T + bias`` of one chunk of rows after the other, in memory that all of them share.

    Parameters
    ----------
    weight : Tensor of shape (C, D)
        Of a linear layer.
    bias : Tensor of shape (C,), or None
        Its bias.
    rows : int
        How many a chunk has at most.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, rows: int) -> None:
        # oneDNN reads the numbers of a bias as if one lay after the other, whatever its strides say.
        self._weight, self._bias = weight, None if bias is None else bias.contiguous()
        self._onednn = _ONEDNN if _suits_onednn(weight) else None
        self._memory = new_memory((rows, weight.shape[0]), weight.dtype)
        self._block = max(1, _BLOCK_BYTES // max(1, rows * weight.dtype.itemsize))

    def of(self, input: Tensor) -> Tensor:
        """Logits of a chunk, which are the caller's until the next call."""
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
    # One whose rows do not lie one after the other it reads number by number.
    is_quick = weight.shape[1] >= _LEAST_FEATURES and weight.is_contiguous()
    is_there = torch.backends.mkldnn.is_available() and bool(torch.backends.mkldnn.enabled)  # type: ignore[no-untyped-call]
    return is_quick and weight.dtype is torch.float32 and is_there
