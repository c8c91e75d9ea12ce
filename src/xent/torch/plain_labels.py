"""
The kernels for labels and nothing else, called by addresses.

A pass over rows of few classes takes less time than the checks and views that lead to it, and after one over
many the cache holds numbers, not Python: what PyTorch has checked is not checked again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from ctypes import addressof, c_double, c_float
from typing import Any, NamedTuple

import torch
from torch import Tensor
from xent.kernels.first_use import FIRST_USE
from xent.kernels.rows_kernel import RowsKernel
from xent.kernels.softmax_cross_entropy.arguments import MOST_CLASSES

__all__ = ["are_plain", "plain_labels"]

# Nanoseconds for a row and for a number of it, about.
_ROW, _NUMBER = 5.0, 0.7
# Numbers of 32 bits in a line of the cache, and in four: no two threads write to one.
_LINES = 64
_NAMES = {
    torch.float64: "float64",
    torch.float32: "float32",
    torch.float16: "float16",
    torch.bfloat16: "bfloat16",
}


def are_plain(rows: Tensor, labels: Tensor) -> bool:
    """Whether the kernels take these rows and labels as they lie in memory."""
    return (
        rows.shape[1] > 0 and labels.dtype is torch.int64 and rows.is_contiguous() and labels.is_contiguous()
    )


def plain_labels(
    rows: Tensor, labels: Tensor, gradient: Tensor | None, *, ignored: int, factor: float, z_weight: float
) -> Tensor:
    """
    Cross-entropy of each row in nats; `gradient`, if given, becomes its gradient times `factor`.

    Parameters
    ----------
    rows : Tensor of shape (N, K)
        Logits; contiguous and in memory.
    labels : Tensor of shape (N,)
        True classes, of 64 bits; contiguous and in memory.
    gradient : Tensor of shape (N, K), or None
        Contiguous, of the dtype of the rows; it may be the rows.
    ignored : int
        Label of rows that are left out.
    factor, z_weight : float
        As in `xent.kernels.softmax_cross_entropy`.

    Returns
    -------
    Tensor of shape (N,)
        Values, in float64 for float64, else in float32.
    """
    count, classes = rows.shape
    is_short = classes <= MOST_CLASSES
    kernel, wide, number, one = _compiled(rows.dtype, is_short, gradient is not None)
    factors, values = number(factor), torch.empty(count, dtype=wide)
    output = 0 if gradient is None else gradient.data_ptr()
    threads = kernel.threads(count, _ROW + _NUMBER * classes)
    scratch, step, scratch_bytes = output, classes, 0
    if gradient is not None and rows.dtype is not wide and not is_short:
        length = -(-classes // _LINES) * _LINES
        memory = torch.empty(threads * length, dtype=wide)
        scratch, step, scratch_bytes = memory.data_ptr(), 0, length * wide.itemsize
    fixed = (
        rows.data_ptr(), labels.data_ptr(), 0, addressof(factors), addressof(one), 0, output, scratch,
        values.data_ptr(), 0, 0, z_weight, 1.0, 0.0, 0, 0, 1, ignored, step, classes,
    )  # fmt: skip
    kernel(fixed, count, threads=threads, scratch_bytes=scratch_bytes)
    return values


class _Compiled(NamedTuple):
    """A kernel, in what it calculates, for PyTorch and for C, and the number 1 in it."""

    kernel: RowsKernel
    wide: torch.dtype
    number: Callable[[float], Any]
    one: Any


@functools.cache
def _compiled(
    dtype: torch.dtype,
    is_short: bool,
    has_gradient: bool,
) -> _Compiled:
    with FIRST_USE:
        from xent.kernels.softmax_cross_entropy.kernels import kernel_called
        from xent.kernels.vector_code import FORMATS

        name, numbers = "short_rows" if is_short else "labels", FORMATS[_NAMES[dtype]]
        kernel = kernel_called(name, numbers, numbers, gradient=has_gradient)
        is_double = dtype is torch.float64
        wide, number = (torch.float64, c_double) if is_double else (torch.float32, c_float)
        return _Compiled(RowsKernel(kernel, step=numbers.lanes if is_short else 1), wide, number, number(1))
