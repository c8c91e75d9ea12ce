"""Logits of a chunk capped, scaled and masked in place, and their gradient taken back through that."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Adjustment"]


class Adjustment(NamedTuple):
    """
    What happens to logits between their product and their softmax, in this order.

    Parameters
    ----------
    softcap : float or None
        Logits z become ``softcap * tanh(z / softcap)``.
    logit_scale : float or None
        They are multiplied by it.
    class_mask : Tensor of bool of shape (C,), or None
        The others become ``-inf``.
    """

    softcap: float | None = None
    logit_scale: float | None = None
    class_mask: Tensor | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether logits stay as they are."""
        return self.softcap is None and self.logit_scale is None and self.class_mask is None

    def bytes_a_class(self, dtype: torch.dtype) -> int:
        """What it takes beside the logits of this dtype, for each of them."""
        if self.is_nothing:
            return 0
        wide = max(dtype.itemsize, 4)
        return (wide if dtype.itemsize < 4 else 0) + (wide if self.softcap is not None else 0)

    def apply(self, logits: Tensor, *, keeps_slope: bool) -> tuple[Tensor, Tensor | None]:
        """Adjusted logits, of 32 bits or more if they change, else in place; and the slope of the cap."""
        if self.is_nothing:
            return logits, None
        logits = logits.float() if logits.dtype.itemsize < 4 else logits
        slope = None
        if self.softcap is not None:
            logits.div_(self.softcap).tanh_()
            if keeps_slope:
                slope = (1 - logits).mul_(1 + logits)
            logits.mul_(self.softcap)
        if self.logit_scale is not None:
            # A class without probability stays so under a scale of 0, where -inf would become nan.
            excluded = logits == -torch.inf if self.logit_scale <= 0 else None
            logits.mul_(self.logit_scale)
            if excluded is not None:
                logits.masked_fill_(excluded, -torch.inf)
        if self.class_mask is not None:
            logits.masked_fill_(~self.class_mask, -torch.inf)
        return logits, slope

    def pull_back(self, gradient: Tensor, slope: Tensor | None, *, into: Tensor) -> None:
        """Make the gradient in adjusted logits the one in the logits themselves."""
        if self.is_nothing:
            return
        if self.class_mask is not None:
            gradient.masked_fill_(~self.class_mask, 0)
        if self.logit_scale is not None:
            gradient.mul_(self.logit_scale)
        if slope is not None:
            gradient.mul_(slope)
        if into is not gradient:
            into.copy_(gradient)
