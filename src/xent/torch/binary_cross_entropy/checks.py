"""Checks of a binary cross-entropy: shapes, dtypes and devices; no value is read."""

from __future__ import annotations

import torch
from torch import Tensor

from xent.errors import DomainError, DTypeError, ShapeError
from xent.torch.memory import FORMATS
from xent.torch.tensor_arguments import check_dense, check_real

__all__ = ["check_request"]

_CALLER = "binary_cross_entropy_with_logits"


def check_request(input: Tensor, target: Tensor, weight: Tensor | None, pos_weight: Tensor | None) -> None:
    """
    Raise for shapes, dtypes and devices that do not fit together; a weight of None passes.

    Raises
    ------
    DTypeError
        If a tensor is not dense, `input` not of 64, 32 or 16 bits, `target` not real floating, or a weight
        complex; the dtypes may differ.
    ShapeError
        If `target` has not the shape of `input`, or a weight does not broadcast to that shape.
    DomainError
        If a tensor is on another device than `input`.
    """
    if input.layout is not torch.strided:
        check_dense(_CALLER, "input", input)
    if input.dtype not in FORMATS:
        raise DTypeError(_CALLER, "input", "be float64, float32, float16 or bfloat16", got=str(input.dtype))
    if target.shape != input.shape:
        rule, got = f"have shape {tuple(input.shape)}, that of `input`", str(tuple(target.shape))
        hint = "Nothing is broadcast; an axis of 1 can be dropped or added with `reshape`."
        raise ShapeError(_CALLER, "target", rule, got=got, hint=hint)
    if not target.is_floating_point():
        hint = "Convert it with `target.to(input.dtype)`."
        raise DTypeError(_CALLER, "target", "be real floating", got=str(target.dtype), hint=hint)
    for name, tensor in (("target", target), ("weight", weight), ("pos_weight", pos_weight)):
        if tensor is None:
            continue
        check_real(_CALLER, name, tensor)
        if tensor.device != input.device:
            rule = f"be on the device of `input`, {input.device}"
            raise DomainError(_CALLER, name, rule, got=str(tensor.device))
        # The axes are counted first: comparing lengths would fix one that is symbolic in `torch.export`.
        if tensor.ndim != input.ndim or tensor.shape != input.shape:
            _check_broadcasts(input, tensor, name)


def _check_broadcasts(input: Tensor, tensor: Tensor, name: str) -> None:
    """Raise `ShapeError` unless the shape of `tensor` broadcasts to that of `input`."""
    try:
        shape = torch.broadcast_shapes(input.shape, tensor.shape)  # type: ignore[no-untyped-call]
        fits = shape == input.shape
    except RuntimeError:
        fits = False
    if not fits:
        rule = f"broadcast to {tuple(input.shape)}, the shape of `input`"
        raise ShapeError(_CALLER, name, rule, got=str(tuple(tensor.shape)))
