"""Logits of a chunk of rows in 32 bits or more, also of operands of 16."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.torch.linear_cross_entropy.chunks import Logits

__all__ = ["WideLogits"]

# Numbers of a weight of 16 bits that are widened at a time: 4 MiB in 32 bits.
_WIDENED = 1 << 20


class WideLogits:
    """
    ``input @ weight.T + bias`` of one chunk of rows after the other, in memory of the caller.

    Parameters
    ----------
    weight : Tensor of shape (C, D)
        Weight of a linear layer.
    bias : Tensor of shape (C,), or None
        Bias of the layer.
    on_device : bool
        True for the products of devices.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, on_device: bool) -> None:
        self._weight, self._bias = weight, bias
        self._widened: Tensor | None = None
        # On processors the faster of two libraries; it needs memory of no rows, as the caller has its own.
        self._plain = Logits(weight, bias, 1) if weight.dtype.itemsize > 2 and not on_device else None

    def of(self, input: Tensor, into: Tensor) -> Tensor:
        """
        Logits of a chunk of hidden states (rows, D), with the bias, written to `into`, (rows, C), and
        returned.

        `input` has the dtype of the weight, and `into`, which is contiguous, the same, but float32 for 16
        bits.
        """
        if self._plain is not None:
            return self._plain.of(input, into)
        weight, bias = self._weight, self._bias
        if weight.dtype is into.dtype:
            torch.mm(input, weight.T, out=into)
        elif weight.is_cuda and torch.version.hip is None:
            torch.mm(input, weight.T, out_dtype=into.dtype, out=into)
        else:
            self._by_widening(input.to(into.dtype), into)
        return into if bias is None else into.add_(bias)

    def _by_widening(self, input: Tensor, into: Tensor) -> None:
        """
        Write the products of the hidden states `input` with the weight, without bias, to `into`.

        The weight is converted to the dtype of `input` a block of classes at a time.
        """
        classes, features = self._weight.shape
        step = max(1, _WIDENED // max(1, features))
        if self._widened is None:
            # Kept for all chunks, as new memory is slow to map.
            self._widened = input.new_empty((min(step, classes), features))
        for first in range(0, classes, step):
            part = self._weight[first : first + step]
            widened = self._widened[: part.shape[0]].copy_(part)
            torch.mm(input, widened.T, out=into[:, first : first + step])
