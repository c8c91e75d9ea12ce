"""Logits of a chunk capped, scaled and masked in place, and their gradient taken back through these steps."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.options.softcap import cap_in_place
from xent.torch.linear_cross_entropy.request import LinearOptions

__all__ = ["adjust_in_place", "adjustment_bytes_per_class", "pull_back"]


def adjustment_bytes_per_class(options: LinearOptions, dtype: torch.dtype) -> int:
    """
    Extra bytes that capping, scaling and masking allocate for each logit of `dtype`; 0 if all is in
    place.
    """
    wide = max(dtype.itemsize, 4)
    return (wide if dtype.itemsize < 4 else 0) + (wide if options.softcap is not None else 0)


def adjust_in_place(
    logits: Tensor, options: LinearOptions, *, keeps_derivative: bool
) -> tuple[Tensor, Tensor | None]:
    """
    Logits capped, scaled and masked, in this order, and the derivative of the cap in each logit.

    The derivative is None without a cap, and unless `keeps_derivative`. Logits of 32 bits or more are
    overwritten by the result; those of 16 stay, and the result is new, in 32 bits. The scale of `options` is
    one number; at 0 or below it leaves a logit of ``-inf`` as it is. The mask broadcasts against `logits`;
    False makes a logit ``-inf``, under any scale.
    """
    logits = logits.float() if logits.dtype.itemsize < 4 else logits
    derivative = None
    if options.softcap is not None:
        derivative = cap_in_place(logits, options.softcap, keeps_derivative=keeps_derivative)
    if options.logit_scale is not None:
        # A class of probability 0 keeps it under a scale of 0, where -inf would become nan.
        excluded = logits == -torch.inf if options.logit_scale <= 0 else None
        logits.mul_(options.logit_scale)
        if excluded is not None:
            logits.masked_fill_(excluded, -torch.inf)
    if options.class_mask is not None:
        logits.masked_fill_(~options.class_mask, -torch.inf)
    return logits, derivative


def pull_back(gradient: Tensor, derivative: Tensor | None, options: LinearOptions, *, into: Tensor) -> None:
    """
    Turn the gradient in adjusted logits, in place, into that in the logits, and copy it `into`.

    `options` have the mask and the scale, a number, that the logits were adjusted by. `derivative` is the
    derivative of the cap, of the shape of `gradient`; None stands for 1. Nothing is copied if `into` is
    `gradient`.
    """
    if options.class_mask is not None:
        gradient.masked_fill_(~options.class_mask, 0)
    if options.logit_scale is not None:
        gradient.mul_(options.logit_scale)
    if derivative is not None:
        gradient.mul_(derivative)
    if into is not gradient:
        into.copy_(gradient)
