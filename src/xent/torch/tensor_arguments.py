"""Checks of arguments that must be tensors, or numbers, before any of their attributes is read."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from xent.errors import DTypeError

__all__ = ["check_dense", "check_number", "check_real", "check_tensors"]


def check_tensors(caller: str, required: dict[str, Any], **optional: Any) -> None:
    """
    Raise `DTypeError` for the first argument, by name, that is no tensor; an optional one may be None.

    Callers that must be fast look at the classes themselves first.
    """
    for name, value in (*required.items(), *optional.items()):
        if not isinstance(value, Tensor) and (value is not None or name in required):
            hint = "" if value is None else "Convert it with `torch.as_tensor`."
            raise DTypeError(caller, name, "be a tensor", got=type(value).__name__, hint=hint)


def check_dense(caller: str, argument: str, tensor: Tensor) -> None:
    """Raise `DTypeError` unless `tensor`, the `argument` of `caller`, has the layout `torch.strided`."""
    if tensor.layout is not torch.strided:
        got = str(tensor.layout)
        raise DTypeError(
            caller, argument, "be dense", got=got, hint=f"Convert it with `{argument}.to_dense()`."
        )


def check_real(caller: str, argument: str, tensor: Tensor) -> None:
    """Raise `DTypeError` for a `tensor`, the `argument` of `caller`, that is sparse or complex."""
    check_dense(caller, argument, tensor)
    if tensor.is_complex():
        raise DTypeError(caller, argument, "hold real numbers", got=str(tensor.dtype))


def check_number(caller: str, argument: str, value: Any) -> None:
    """Raise `DTypeError` unless `value`, the `argument` of `caller`, can be compared with numbers."""
    try:
        bool(value <= 0)
    except (TypeError, RuntimeError, ValueError):
        got = type(value).__name__
        raise DTypeError(caller, argument, "be a number", got=got) from None
