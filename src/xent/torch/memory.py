"""Memory of tensors as arrays for the kernels, and the conditions under which kernels may read it."""

from __future__ import annotations

import ctypes
import functools
import mmap
from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from xent.arrays.torch_tracing import tracer
from xent.kernels import runs_here

__all__ = [
    "FORMATS",
    "KERNELS_RUN",
    "NO_KERNELS",
    "in_memory",
    "is_exported_to_onnx",
    "is_readable",
    "is_traced",
    "n_classes",
    "new_memory",
    "reason_not_kernels",
    "reason_not_plain",
    "rows_of",
    "rows_shape",
    "shaped_as",
    "tracer",
]

# Computed at import: a compiler cannot trace the look at the processor.
KERNELS_RUN = runs_here()
NO_KERNELS = "the kernels do not run on this processor, or XENT_KERNELS=0 switches them off"
FORMATS = frozenset({torch.float64, torch.float32, torch.float16, torch.bfloat16})
_PLAIN = (Tensor, torch.nn.Parameter)
# Least size in bytes for which large pages are requested, that of NumPy.
_LARGE = 1 << 22


def is_traced() -> bool:
    """
    True while torch.compile, a functorch transform, forward mode, a dispatch mode or jit.trace is active.

    Values of tensors must not be read then; see `tracer`.
    """
    return tracer() is not None


def is_readable(tensor: Tensor) -> bool:
    """
    True if values of `tensor` may be read: it is on the CPU, and no call is traced.

    Python would wait for another device.
    """
    return tensor.is_cpu and not is_traced()


def is_exported_to_onnx() -> bool:
    """
    True while `torch.onnx.export` traces the call: its graphs cannot hold the operators of this
    library.
    """
    return bool(torch.onnx.is_in_onnx_export())


def reason_not_kernels(names: tuple[str, ...], tensors: tuple[Tensor | None, ...]) -> str | None:
    """
    Reason why the kernels of processors cannot read these tensors now, as the end of a sentence; None if they
    can.

    It is that a tensor is of a subclass, not on the CPU or not strided, that the call is traced, or that no
    kernel runs here. Dtypes and lengths are not looked at. `names` are the arguments that the tensors belong
    to; a tensor of None is skipped.
    """
    for name, tensor in zip(names, tensors, strict=True):
        if tensor is None:
            continue
        # A subclass may hold its values elsewhere than in its memory.
        if type(tensor) not in _PLAIN:
            return f"`{name}` is of the class {type(tensor).__name__}, not a plain tensor"
        if not tensor.is_cpu:
            return f"`{name}` is on the device {tensor.device}, and the kernels run on the CPU"
        if tensor.layout is not torch.strided:
            return f"`{name}` has the layout {tensor.layout}, and the kernels read strided memory"
    return tracer() if KERNELS_RUN else NO_KERNELS


def reason_not_plain(names: tuple[str, ...], tensors: tuple[Tensor | None, ...]) -> str | None:
    """
    Reason why the tensors hold no memory that a kernel on any device can read; None if they do.

    It is that a tensor is of a subclass or not strided; device and tracing are not looked at. `names` are the
    arguments that the tensors belong to; a tensor of None is skipped.
    """
    for name, tensor in zip(names, tensors, strict=True):
        if tensor is not None and type(tensor) not in _PLAIN:
            return f"`{name}` is of the class {type(tensor).__name__}, not a plain tensor"
        if tensor is not None and tensor.layout is not torch.strided:
            return f"`{name}` has the layout {tensor.layout}, and the kernels read strided memory"
    return None


def in_memory(tensor: Tensor) -> NDArray[Any]:
    """
    Memory of a tensor as an array, copied if it is not contiguous or on a device; bfloat16 as uint16, bit by
    bit.

    Writing to an array that is no copy changes the tensor, of which autograd takes no notice.
    """
    plain = tensor.detach().contiguous()
    if plain.dtype is torch.bfloat16:
        plain = plain.view(torch.uint16)
    array: NDArray[Any] = plain.numpy(force=True)
    return array


def new_memory(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """
    New contiguous tensor of the CPU with undefined values.

    The system maps memory page by page at the first write. In pages of 4 KiB that takes longer than the
    kernels do, so large pages are requested from 4 MiB on.
    """
    tensor = torch.empty(shape, dtype=dtype)
    size = tensor.nbytes
    if size >= _LARGE and (advise := _advise_large_pages()) is not None:
        start = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
        advise(start, tensor.data_ptr() + size - start)
    return tensor


@functools.cache
def _advise_large_pages() -> Callable[[int, int], None] | None:
    """Function of an address and a length that requests large pages; None if the system has none."""
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is None:
        return None
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    # Advice only, so a refusal is ignored.
    return lambda start, length: madvise(start, length, advice)


def rows_of(tensor: Tensor) -> Tensor:
    """
    Tensor as a matrix (rows, classes), from classes on axis 1, or on axis 0 if it has one axis.

    The rows are in the order of the other axes; a view where strides allow.
    """
    if tensor.ndim == 2:
        return tensor
    if tensor.ndim == 1:
        return tensor[None]
    # Not by `reshape`, which cannot compute the number of rows of no classes.
    return tensor.movedim(1, -1).flatten(0, -2)


def shaped_as(shape: torch.Size, rows: Tensor) -> Tensor:
    """Inverse of `rows_of`: the matrix `rows` in the `shape` of the tensor it was made from."""
    if len(shape) == 2:
        return rows
    if len(shape) == 1:
        return rows[0]
    return rows.reshape(shape[0], *shape[2:], shape[1]).movedim(-1, 1)


def n_classes(input: Tensor) -> int:
    """Number of classes: the length of axis 1, or of axis 0 if there is no other."""
    return int(input.shape[1 if input.ndim > 1 else 0])


def rows_shape(input: Tensor) -> tuple[int, ...]:
    """Shape of the input without its axis of classes, () for a single row."""
    return () if input.ndim == 1 else (input.shape[0], *input.shape[2:])
