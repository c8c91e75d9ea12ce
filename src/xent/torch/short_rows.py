"""
The kernel for rows of few classes, called by addresses.

There a pass takes less time than the checks and views that lead to it: what PyTorch has checked is not
checked again.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor
from xent.kernels.first_use import FIRST_USE
from xent.kernels.rows_kernel import RowsKernel
from xent.kernels.softmax_cross_entropy.arguments import MOST_CLASSES

__all__ = ["are_short", "short_rows"]

# Nanoseconds for a row and for a number of it, about.
_ROW, _NUMBER = 5.0, 0.7
_NAMES = {
    torch.float64: "float64",
    torch.float32: "float32",
    torch.float16: "float16",
    torch.bfloat16: "bfloat16",
}


def are_short(rows: Tensor, labels: Tensor) -> bool:
    """Whether the kernel takes these rows and labels as they lie in memory."""
    return (
        0 < rows.shape[1] <= MOST_CLASSES
        and labels.dtype is torch.int64
        and rows.is_contiguous()
        and labels.is_contiguous()
    )


def short_rows(
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
    kernel, one = _kernel(rows.dtype, gradient is not None)
    factors = torch.scalar_tensor(factor, dtype=one.dtype)
    values = torch.empty(count, dtype=one.dtype)
    output = 0 if gradient is None else gradient.data_ptr()
    fixed = (
        rows.data_ptr(), labels.data_ptr(), 0, factors.data_ptr(), one.data_ptr(), 0, output, 0,
        values.data_ptr(), 0, 0, z_weight, 1.0, 0.0, 0, 0, 1, ignored, 0, classes,
    )  # fmt: skip
    kernel(fixed, count, threads=kernel.threads(count, _ROW + _NUMBER * classes))
    return values


@functools.cache
def _kernel(
    dtype: torch.dtype,
    has_gradient: bool,
) -> tuple[RowsKernel, Tensor]:
    """The kernel, and the number 1 as it reads it."""
    with FIRST_USE:
        from xent.kernels.softmax_cross_entropy.kernels import kernel_called
        from xent.kernels.vector_code import FORMATS

        numbers = FORMATS[_NAMES[dtype]]
        kernel = kernel_called("short_rows", numbers, numbers, gradient=has_gradient)
        wide = torch.float64 if dtype is torch.float64 else torch.float32
        return RowsKernel(kernel, step=numbers.lanes), torch.ones((), dtype=wide)
