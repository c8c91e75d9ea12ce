"""
Launches of Triton kernels, the reasons why there can be none, and the first failure of one.

A kernel is compiled when it is first launched for a dtype and a shape of tile, so only then a compiler that
is missing, a device that Triton does not know, or a tile that does not fit shows. A failure of the compiler
or the launcher is raised as `LaunchError` and remembered: every later call is refused with that reason.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from typing import Any

from torch import Tensor

from xent.errors import BackendError

__all__ = ["LaunchError", "is_interpreted", "launched", "reason_not_triton"]

_DEVICES = ("cuda",)  # PyTorch's name for the devices of ROCm too
_failures: list[str] = []


class LaunchError(BackendError):
    """A kernel that Triton can neither compile nor launch here."""


def is_interpreted() -> bool:
    """True if Triton interprets kernels, on CPU tensors."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def reason_not_triton(tensor: Tensor, name: str) -> str | None:
    """Reason why no kernel can run on the device of a tensor; None if one can. Triton is not imported."""
    device = tensor.device.type
    if device not in _DEVICES and not (device == "cpu" and is_interpreted()):
        return f"`{name}` is on the device {tensor.device}, and Triton's kernels run on GPUs"
    if "triton" not in sys.modules and importlib.util.find_spec("triton") is None:
        return "Triton is not installed: `pip install --no-deps triton`, or the build that PyTorch came with"
    return _failures[0] if _failures else None


def launched(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """
    Launch a kernel on the device of its tensors.

    Raises
    ------
    LaunchError
        If the kernel cannot be compiled or launched; the message names Triton's reason.
    """
    try:
        with _on_device(arguments):
            kernel[grid](*arguments, enable_fp_fusion=False, **constants)
    except Exception as error:
        # Triton has no common class of its errors: compilers, assemblers and drivers raise what they like.
        found = str(error).strip().splitlines() or [""]
        reason = f"Triton raised {type(error).__name__}: {found[0]}"
        _failures.append(reason)
        rule = "compile and launch"
        raise LaunchError("launched", "kernel", rule, got=reason) from error


def _on_device(arguments: tuple[Any, ...]) -> Any:
    """Context in which the device of the tensors is the current one, as Triton launches on that."""
    import torch

    device = next(argument.device for argument in arguments if isinstance(argument, Tensor))
    if device.type == "cuda":
        return torch.cuda.device(device)
    # NumPy warns about nan and overflow, on which the kernels rely.
    import numpy as np

    return np.errstate(all="ignore") if device.type == "cpu" else contextlib.nullcontext()
