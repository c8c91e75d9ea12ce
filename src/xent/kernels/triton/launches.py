"""
Launches of Triton kernels, the reasons why there can be none, and the first failure of one.

A kernel is compiled when it is first launched for a dtype and a tile, so only then a compiler that is
missing, a device that Triton does not know, or a tile that does not fit shows. Such a failure is raised as
`LaunchError` and remembered: from then on it is the reason against every call.
"""

from __future__ import annotations

import importlib.util
import os
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from xent.errors import DTypeError
from xent.kernels.triton.errors import LaunchError

__all__ = ["IS_INTERPRETED", "launched", "reason_not_triton"]

# Read at import: a compiler can trace neither the environment nor a search for modules.
IS_INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
_IS_INSTALLED = importlib.util.find_spec("triton") is not None
_NOT_INSTALLED = "Triton is not installed: it comes with PyTorch's builds for GPUs, and with `xent[gpu]`"
_failures: list[str] = []


def reason_not_triton(tensor: Tensor, name: str) -> str | None:
    """
    Reason why no kernel can run on the device of `tensor`, as the end of a sentence; None if one can.

    `name` is the argument that the sentence names. After a failed launch that failure is the reason for every
    tensor. Triton is not imported.
    """
    # PyTorch calls the devices of ROCm by the same name.
    if tensor.device.type != "cuda" and not (tensor.is_cpu and IS_INTERPRETED):
        return f"`{name}` is on the device {tensor.device}, and Triton's kernels run on GPUs"
    if not _IS_INSTALLED:
        return _NOT_INSTALLED
    return _failures[0] if _failures else None


def launched(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    """
    Launch `kernel` on the device of the first tensor among `arguments`, of which there must be one.

    `grid` holds the number of programs on each axis; `constants` are the arguments that are compiled in, and
    options of Triton. Products and sums are not fused. The first failure is kept for the life of the process:
    it is then the reason of `reason_not_triton` against every call, but does not stop this function.

    Raises
    ------
    LaunchError
        If the kernel cannot be compiled or launched; the message names Triton's reason.
    DTypeError
        If there is no tensor among `arguments`; no failure is kept.
    """
    device = next((argument.device for argument in arguments if isinstance(argument, Tensor)), None)
    if device is None:
        kinds = ", ".join(type(argument).__name__ for argument in arguments) or "none"
        raise DTypeError("launched", "arguments", "hold a tensor", got=kinds)
    try:
        with _on_device(device):
            kernel[grid](*arguments, enable_fp_fusion=False, **constants)
    except Exception as error:
        # Compilers, assemblers and drivers raise errors of no common class.
        found = str(error).strip().splitlines() or ["no message"]
        reason = f"Triton raised {type(error).__name__}: {found[0]}"
        _failures.append(reason)
        raise LaunchError(reason) from error


def _on_device(device: torch.device) -> AbstractContextManager[Any]:
    """
    Context in which `device` is the current one, on which Triton launches.

    For a tensor of the CPU, where kernels are interpreted, it mutes the warnings of NumPy.
    """
    if device.type == "cuda":
        context: AbstractContextManager[Any] = torch.cuda.device(device)
        return context
    # NumPy, which interprets, warns about nan and overflow, on which kernels rely.
    return np.errstate(all="ignore")
