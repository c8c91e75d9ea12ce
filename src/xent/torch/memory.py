"""Memory of PyTorch as the kernels see it, and whether they may."""

from __future__ import annotations

import ctypes
import functools
import mmap
from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd import forward_ad

from xent.kernels import runs_here

__all__ = [
    "FORMATS",
    "KERNELS_RUN",
    "in_memory",
    "is_traced",
    "new_memory",
    "rows_of",
    "shaped_as",
    "suits_kernels",
]

# Asked once, for a compiler cannot trace the question.
KERNELS_RUN = runs_here()
FORMATS = frozenset({torch.float64, torch.float32, torch.float16, torch.bfloat16})
_PLAIN = (Tensor, torch.nn.Parameter)
# From so many bytes on memory is asked for in large pages, as NumPy does.
_LARGE = 1 << 22


def is_traced() -> bool:
    """Whether somebody looks over our shoulder: a compiler, a transform, forward mode, or a dispatch mode."""
    return (
        torch.compiler.is_compiling()
        or torch._C._are_functorch_transforms_active()  # noqa: SLF001 - PyTorch has no public name for it
        or forward_ad._current_level >= 0  # noqa: SLF001 - likewise
        or torch._C._len_torch_dispatch_stack() > 0  # noqa: SLF001 - likewise
        or torch._C._get_tracing_state() is not None  # noqa: SLF001 - likewise
    )


def suits_kernels(*tensors: Tensor | None) -> bool:
    """Whether the kernels can read the memory of all these tensors now."""
    for tensor in tensors:
        if tensor is not None and not (
            type(tensor) in _PLAIN and tensor.is_cpu and tensor.layout is torch.strided
        ):
            return False
    return KERNELS_RUN and not is_traced()


def in_memory(tensor: Tensor) -> NDArray[Any]:
    """A contiguous tensor's memory as an array; bfloat16 as the bit patterns that the kernels know."""
    plain = tensor.detach().contiguous()
    if plain.dtype is torch.bfloat16:
        plain = plain.view(torch.uint16)
    array: NDArray[Any] = plain.numpy(force=True)
    return array


def new_memory(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """
    A new tensor, its values undefined.

    The system hands out memory page by page when it is first written to. In pages of 4 KiB that takes longer
    than the kernels do, so it is asked for large ones.
    """
    tensor = torch.empty(shape, dtype=dtype)
    size = tensor.nbytes
    if size >= _LARGE and (advise := _advise_large_pages()) is not None:
        start = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
        advise(start, tensor.data_ptr() + size - start)
    return tensor


@functools.cache
def _advise_large_pages() -> Callable[[int, int], None] | None:
    """Of an address and a length, where the system has such advice."""
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is None:
        return None
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    # It is advice: that it was refused does not matter.
    return lambda start, length: madvise(start, length, advice)


def rows_of(tensor: Tensor) -> Tensor:
    """A tensor with classes on axis 1, or 0 if it is the only one, as rows of classes."""
    if tensor.ndim == 2:
        return tensor
    if tensor.ndim == 1:
        return tensor[None]
    return tensor.movedim(1, -1).reshape(-1, tensor.shape[1])


def shaped_as(shape: torch.Size, rows: Tensor) -> Tensor:
    """`rows`, as from `rows_of`, in the shape of the tensor they come from."""
    if len(shape) == 2:
        return rows
    if len(shape) == 1:
        return rows[0]
    return rows.reshape(shape[0], *shape[2:], shape[1]).movedim(-1, 1)
