"""
Kernels for labels without weights and smoothing, called by addresses.

A pass over rows of few classes takes less time than the checks and array views of the kernels' own front
door, and a pass over many classes evicts Python's objects from the cache. So the tensors, checked already,
are handed over as addresses: contiguous memory is a precondition here, tested by `are_plain`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from ctypes import addressof, c_double, c_float
from typing import Any, NamedTuple

import torch
from torch import Tensor

from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.softmax_cross_entropy.arguments import MOST_CLASSES
from xent.kernels.softmax_cross_entropy.cpu.compiled import compiled, scratch_of
from xent.kernels.softmax_cross_entropy.cpu.kernel_arguments import KernelArguments

__all__ = ["are_plain", "plain_labels"]

_NAMES = {
    torch.float64: "float64",
    torch.float32: "float32",
    torch.float16: "float16",
    torch.bfloat16: "bfloat16",
}


def are_plain(rows: Tensor, labels: Tensor) -> bool:
    """
    True if the kernels can read these rows and labels in place.

    There must be classes, both must be contiguous and no lazily negated view, and labels in int64.
    """
    return (
        rows.shape[1] > 0
        and labels.dtype is torch.int64
        and rows.is_contiguous()
        and labels.is_contiguous()
        # A negative view is lazy: its memory holds the numbers with the other sign.
        and not rows.is_neg()
        and not labels.is_neg()
    )


def plain_labels(
    rows: Tensor, labels: Tensor, gradient: Tensor | None, *, ignored: int, factor: float, z_weight: float
) -> Tensor:
    """
    Cross-entropy of each row in nats, with z-loss; `gradient`, if given, becomes its gradient times `factor`.

    Parameters
    ----------
    rows : Tensor of shape (N, K)
        Logits, contiguous; they are overwritten only if `gradient` is this tensor.
    labels : Tensor of shape (N,)
        True classes in int64, contiguous.
    gradient : Tensor of shape (N, K), or None
        Contiguous, of the dtype of the rows; it may be `rows` itself. It becomes 0 in ignored rows, and nan
        where the value is nan.
    ignored : int
        Label of ignored rows.
    factor : float
        Factor of the gradient, not of the values.
    z_weight : float
        Factor of the squared log-normaliser, which is added to each loss.

    Returns
    -------
    Tensor of shape (N,)
        Values, in float64 for float64, else in float32: 0 for ignored rows, nan for a label out of range or a
        row without a softmax.
    """
    count, classes = rows.shape
    is_short = classes <= MOST_CLASSES
    kernel, wide, number, one = _called(rows.dtype, is_short, gradient is not None)
    factors, values = number(factor), torch.empty(count, dtype=wide)
    output = 0 if gradient is None else gradient.data_ptr()
    threads = kernel.threads(count, classes)
    # A gradient as wide as the arithmetic holds intermediate numbers itself; a narrower one would round them.
    scratch, step, scratch_bytes = output, classes, 0
    if gradient is not None and rows.dtype is not wide and not is_short:
        # `memory` must stay bound until the kernel returns: the kernel only has its address.
        memory, scratch_bytes = scratch_of(threads, classes)
        scratch, step = memory.ctypes.data, 0
    arguments: KernelArguments = {
        "logits": rows.data_ptr(), "labels": labels.data_ptr(), "targets": 0,
        "factors": addressof(factors), "factor_step": 0,
        "class_weights": addressof(one), "weight_step": 0, "other_weights": 0,
        "gradient": output, "scratch": scratch, "scratch_step": step,
        "values": values.data_ptr(), "normalisers": 0, "tops": 0,
        "z_weight": z_weight, "kept": 1.0, "share": 0.0,
        "has_ignored": 1, "ignored": ignored, "K": classes,
    }  # fmt: skip
    kernel(arguments, count, threads=threads, scratch_bytes=scratch_bytes)
    return values


class _Called(NamedTuple):
    """Kernel, its arithmetic dtype in PyTorch and as a C type, and the number 1 of that type."""

    kernel: RowsKernel
    wide: torch.dtype
    number: Callable[[float], Any]
    one: Any


@functools.cache
def _called(
    dtype: torch.dtype,
    is_short: bool,
    has_gradient: bool,
) -> _Called:
    """
    Kernel for logits of `dtype`, compiled at the first call with these arguments, with its arithmetic dtype.

    `is_short` selects the kernel for rows of at most `MOST_CLASSES` classes. With `has_gradient` the kernel
    writes the gradient too.
    """
    kernel = compiled("short_rows" if is_short else "labels", _NAMES[dtype], _NAMES[dtype], has_gradient)
    wide, number = (torch.float64, c_double) if dtype is torch.float64 else (torch.float32, c_float)
    return _Called(kernel, wide, number, number(1))
