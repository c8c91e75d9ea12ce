"""
Losses of rows in 16 bits as they would be had the product not rounded the logit of the label.

Of all roundings of logits this one matters most: it goes into the loss as it is, while those of the other
classes, each of small probability, cancel. It takes one more product of two vectors for each row.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["LabelLogits"]

# From here on the exponential of a loss is all there is under its logarithm.
_LARGE = 30.0
# Numbers of 32 bits that the products of a few rows take.
_AT_ONCE = 1 << 15


class LabelLogits:
    """
    Logits of the labels of all rows, as they are among the rounded logits and as they are in 32 bits.

    Parameters
    ----------
    input : Tensor of shape (N, D)
        Hidden states.
    linear_weight : Tensor of shape (C, D)
        Weight of the layer.
    linear_bias : Tensor of shape (C,), or None
        Its bias.
    labels : Tensor of shape (N,)
        They may be no classes: the loss of such a row is nan, or 0, and stays it.
    """

    def __init__(
        self, input: Tensor, linear_weight: Tensor, linear_bias: Tensor | None, labels: Tensor
    ) -> None:
        self._operands = input, linear_weight, linear_bias
        self._places = labels.clamp(0, linear_weight.shape[0] - 1)
        self._rounded = torch.zeros(labels.shape, dtype=torch.float64)

    def read(self, rows: slice | Tensor, logits: Tensor) -> None:
        """Look at the rounded logits of some rows."""
        self._rounded[rows] = logits.gather(1, self._places[rows, None])[:, 0].double()

    def corrected(self, losses: Tensor) -> Tensor:
        r"""
        Losses of all rows for the exact logits.

        A loss is :math:`\log(1 + r)` with r the odds against the label, which the rounding divided by the
        exponential of its error.
        """
        wide, error = losses.double(), self._rounded - self._exact()
        odds = torch.expm1(wide.clamp(max=_LARGE))
        found = torch.where(wide > _LARGE, wide + error, torch.log1p(odds * error.exp()))
        # What is infinite is not rounded.
        return torch.where(error.isfinite(), found, wide).to(losses.dtype)

    def _exact(self) -> Tensor:
        input, linear_weight, bias = self._operands
        step = max(1, _AT_ONCE // max(1, input.shape[1]))
        products = [
            (input[k : k + step].float() * linear_weight[self._places[k : k + step]].float()).sum(1)
            for k in range(0, input.shape[0], step)
        ]
        exact = torch.cat(products).double()
        return exact if bias is None else exact + bias[self._places].double()
