"""
Losses of rows in 16 bits, corrected for the rounding of the label's logit.

Of all roundings of logits this one matters most: it enters the loss undiminished, while those of the other
classes, each of small probability, average out. The correction takes one product of two vectors per row.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LabelLogits"]

# Above this, `log1p(odds * exp(error))` equals `loss + error` to working precision.
_LARGE = 30.0
# Numbers in the scratch memory of the products: 128 KiB in 32 bits, which stays in the cache.
_AT_ONCE = 1 << 15
# The same on a device, where each step is launched: 64 MiB.
_AT_ONCE_ON_DEVICE = 1 << 24


class LabelLogits:
    """
    Logits of the labels of all rows, rounded by the product and exact in 32 bits.

    Parameters
    ----------
    input : Tensor of shape (N, D)
        Hidden states.
    linear_weight : Tensor of shape (C, D)
        Weight of the layer.
    linear_bias : Tensor of shape (C,), or None
        Bias of the layer.
    labels : Tensor of shape (N,)
        True classes. A label out of range is allowed: the loss of that row is nan, or 0 if the row is
        ignored, and stays so.
    """

    def __init__(
        self, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, labels: Tensor
    ) -> None:
        self._operands = input, linear_weight, linear_bias
        self._places = labels.clamp(0, linear_weight.shape[0] - 1)
        self._rounded = torch.zeros(labels.shape, dtype=torch.float64, device=labels.device)

    def read(self, rows: slice | Tensor, logits: Tensor) -> None:
        """
        Record the logits at the labels of `rows`, as the product rounded them; `logits` are those of these
        rows.
        """
        self._rounded[rows] = logits.gather(1, self._places[rows, None])[:, 0].double()

    def corrected(self, losses: Tensor) -> Tensor:
        r"""
        Losses of all rows, (N,), for the exact logits, in the dtype of `losses`, those of the rounded logits.

        A loss is :math:`\log(1 + r)` with r the odds against the label; a rounding error :math:`e` of the
        label's logit divided r by :math:`\exp(e)`. A loss whose label's logit is not finite stays.
        """
        # In 64 bits, where the difference of the rounded and the exact logit loses no digit.
        wide, error = losses.double(), self._rounded - self._exact()
        odds = torch.expm1(wide.clamp(max=_LARGE))
        found = torch.where(wide > _LARGE, wide + error, torch.log1p(odds * error.exp()))
        # An infinite logit has no rounding error: inf - inf is nan.
        return torch.where(error.isfinite(), found, wide).to(losses.dtype)

    def _exact(self) -> Tensor:
        """
        Logits of the labels of all rows, (N,): products and sums in 32 bits, returned in 64.

        That of a label out of range is the logit of the nearest class.
        """
        input, linear_weight, bias = self._operands
        numbers = _AT_ONCE if input.is_cpu else _AT_ONCE_ON_DEVICE
        step = max(1, numbers // max(1, input.shape[1]))
        products = [
            (input[k : k + step].float() * linear_weight[self._places[k : k + step]].float()).sum(1)
            for k in range(0, input.shape[0], step)
        ]
        exact = torch.cat(products).double()
        return exact if bias is None else exact + bias[self._places].double()
