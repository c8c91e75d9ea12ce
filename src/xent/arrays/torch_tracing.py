"""Conditions under which the values of PyTorch's tensors may be read, and their memory."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import forward_ad

__all__ = ["host_memory", "is_recorded", "tracer"]

_PLAIN = (Tensor, torch.nn.Parameter)


def tracer() -> str | None:
    r"""
    Mechanism that traces the call, as the end of a sentence such as "torch.compile traces the call".

    None if no mechanism does, so that tensors hold values that may be read.

    PyTorch runs the same Python function for two purposes. In the plain case a tensor owns memory, which the
    kernels read by address. In the others the function is recorded or transformed, and a tensor is a stand-in
    whose memory is missing (fake tensors), shared by a batch (vmap) or only part of the value (a primal
    without its tangent)::

        plain call ---------------> memory -----> kernels       values may be read and checked
        torch.compile ----.
        torch.func --------\
        forward mode -------+-----> stand-ins --> operations that PyTorch can record or transform;
        dispatch modes ----/                      labels out of range give nan, not an error
        torch.jit.trace --'

    Each mechanism keeps its own global state, so each is asked. PyTorch has public names for the first only.
    """
    if torch.compiler.is_compiling():
        return "torch.compile traces the call"
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001
        return "a transform of torch.func is active"
    if forward_ad._current_level >= 0:  # noqa: SLF001
        return "forward-mode differentiation is active"
    if torch._C._len_torch_dispatch_stack() > 0:  # noqa: SLF001
        return "a dispatch mode is active"
    if torch._C._get_tracing_state() is not None:  # noqa: SLF001
        return "torch.jit.trace traces the call"
    return None


def host_memory(tensor: Tensor) -> NDArray[Any] | None:
    """
    Memory of a plain tensor on the host as an array, shared; None for any other, and while a call is traced.

    A plain tensor is a `Tensor` or `Parameter` itself, dense and not in bfloat16.
    """
    # A compiler cannot trace a look at the memory, so the question of tracing comes first.
    if tracer() is not None or type(tensor) not in _PLAIN:
        return None
    if not tensor.is_cpu or tensor.layout is not torch.strided or tensor.dtype is torch.bfloat16:
        return None
    array: NDArray[Any] = tensor.detach().numpy(force=True)
    return array


def is_recorded(*tensors: Tensor) -> bool:
    """
    True if autograd records an eager call with these tensors.

    A call that a compiler or transform traces is differentiated by its steps, whatever tensors require.
    """
    return tracer() is None and torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
