"""Logits capped, scaled and masked before the softmax, differentiably and out of place."""

from __future__ import annotations

import torch
from array_api_compat import torch as xp
from torch import Tensor

from xent.arrays import differentiable
from xent.errors import DomainError, DTypeError, ShapeError
from xent.formulas.soft_cap import SoftCap
from xent.torch.tensor_arguments import check_dense, check_number, check_real

__all__ = ["adjusted", "mask_like"]


def adjusted(
    input: Tensor,
    *,
    softcap: float | None,
    logit_scale: float | Tensor | None,
    class_mask: Tensor | None,
    caller: str,
) -> Tensor:
    """
    `input` capped, then scaled, then masked, in 32 bits or more, differentiable; None leaves out a step.

    Classes are on axis 1 of `input`, or on its only one. Without any step a tensor of 32 or 64 bits is
    returned itself, one of 16 bits as a copy in float32. A logit of ``-inf`` stays ``-inf`` under any cap and
    scale. Raises `DomainError` for a cap that is not positive and finite in the dtype of the result, for a
    mask on another device than `input` and for a scale neither there nor on the CPU, `DTypeError` for a cap
    or scale that is no number and a mask that is not bool, and `ShapeError` for a scale of more than one
    number or a mask neither of shape (C,) nor of that of `input`. The value of the scale is not checked.
    """
    logits = input.float() if input.dtype.itemsize < 4 else input
    if softcap is not None:
        check_number(caller, "softcap", softcap)
        if not 0 < softcap <= torch.finfo(logits.dtype).max:
            rule = f"be positive and finite in {str(logits.dtype).removeprefix('torch.')}"
            raise DomainError(caller, "softcap", rule, got=repr(softcap))
        logits = differentiable("value", SoftCap(float(softcap)), logits, xp=xp)
    if logit_scale is not None:
        scale = _scale(logits, logit_scale, caller=caller)
        # A masked class stays masked under a scale of 0, where -inf would become nan.
        logits = torch.where(logits == -torch.inf, logits, logits * scale)
    if class_mask is not None:
        logits = torch.where(mask_like(input, class_mask, caller=caller), logits, -torch.inf)
    return logits


def _scale(logits: Tensor, scale: float | Tensor, *, caller: str) -> float | Tensor:
    """
    `scale` as a tensor of shape () and of the dtype of `logits`; a number stays as it is.

    Raises `DTypeError` unless it is a real number, `ShapeError` for a tensor of more than one, and
    `DomainError` for a tensor neither on the device of `logits` nor on the CPU.
    """
    if not isinstance(scale, Tensor):
        check_number(caller, "logit_scale", scale)
        return scale
    check_real(caller, "logit_scale", scale)
    if scale.numel() != 1:
        raise ShapeError(caller, "logit_scale", "be one number", got=str(tuple(scale.shape)))
    if scale.device.type != "cpu":
        _check_device(logits, scale, caller=caller, argument="logit_scale")
    return scale.reshape(()).to(logits.dtype)


def mask_like(
    input: Tensor, class_mask: Tensor, *, caller: str, shape: tuple[int, ...] | None = None
) -> Tensor:
    """
    `class_mask` as a view that broadcasts against `input`, whose classes are on axis 1, or on its only axis.

    A mask of shape (C,) gets axes of length 1; one of the shape of `input` is returned itself. `shape` is
    that of the logits for messages, where the user gave rows on other axes; None for that of `input`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If `class_mask` is sparse or not bool, has neither shape, or is on another device than `input`.
    """
    check_dense(caller, "class_mask", class_mask)
    if class_mask.dtype is not torch.bool:
        raise DTypeError(caller, "class_mask", "be bool", got=str(class_mask.dtype))
    _check_device(input, class_mask, caller=caller, argument="class_mask")
    axis = 1 if input.ndim > 1 else 0
    if class_mask.shape == input.shape:
        return class_mask
    if tuple(class_mask.shape) != (input.shape[axis],):
        of_logits = tuple(input.shape) if shape is None else shape
        other = f", or {of_logits}" if len(of_logits) > 1 else ""
        rule = f"have shape {(input.shape[axis],)}, one entry for each class{other}"
        raise ShapeError(caller, "class_mask", rule, got=str(tuple(class_mask.shape)))
    return class_mask.reshape(-1, *(1,) * (input.ndim - axis - 1))


def _check_device(input: Tensor, tensor: Tensor, *, caller: str, argument: str) -> None:
    """
    Raise `DomainError` unless `tensor`, the argument of the name `argument`, is on the device of
    `input`.
    """
    if tensor.device != input.device:
        rule = f"be on the device of `input`, {input.device}"
        hint = f"Move it with `{argument}.to({str(input.device)!r})`."
        raise DomainError(caller, argument, rule, got=str(tensor.device), hint=hint)
