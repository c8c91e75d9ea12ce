"""Sums over the sparse rows of a linear model's sigmoid cross-entropy, by kernels that read X once."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.kernels.checks import check_memory, numbers_of
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.formats import format_of
from xent.kernels.sparse_linear_sigmoid.cpu.kernel_arguments import KernelArguments
from xent.kernels.sparse_linear_sigmoid.csr_rows import CsrRows

__all__ = ["Curvature", "Sums", "curvature_product", "curvatures", "value_and_gradient"]

_CALLER = "sparse_linear_sigmoid"
# Chunks, whose sums are stored apart: so few that their columns are a hundredth of the numbers of X, and no
# more than that. Independent of the number of threads.
_MOST_CHUNKS, _NUMBERS_PER_COLUMN = 8, 64
# Approximate nanoseconds per number of X and per row.
_NUMBER, _ROW = 1.5, 4.0

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sums:
    """
    Sums over rows, each with its row's weight.

    Parameters
    ----------
    value : float
        Cross-entropy in nats.
    gradient : array of shape (p + 1,)
        Gradient in the weights, and last in the intercept.
    curvature : float
        Product of both probabilities.
    """

    value: float
    gradient: Array
    curvature: float


@dataclass(frozen=True, eq=False)
class Curvature:
    """
    Curvature of the cross-entropy at a point.

    Parameters
    ----------
    of_rows : array of shape (n,)
        Product of both probabilities of each row, times its weight.
    first : array of shape (p + 1,)
        Sums over rows of that times the features, and last times 1: a column of the Hessian.
    squares : array of shape (p,)
        Sums over rows of that times the squares of the numbers: the Hessian's diagonal in the weights.
    """

    of_rows: Array
    first: Array
    squares: Array


def value_and_gradient(rows: CsrRows, point: Array, /) -> Sums:
    r"""
    Cross-entropy in nats, summed over the rows, with its gradient.

    Parameters
    ----------
    rows : CsrRows
        Features, targets and weights.
    point : array of shape (p + 1,)
        Weights, and last the intercept.

    Returns
    -------
    Sums
        Value, gradient and curvature along the intercept.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If `point` is not a contiguous array of float64 of this shape.

    Notes
    -----
    **Definition.** :math:`\sum_i a_i \ell(z_i, t_i)` with :math:`z = x \cdot w + b` and
    :math:`\ell = t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z)`, for weights a and targets t.

    **Gradient.** :math:`\sum_i a_i \bigl((1 - t_i)\,\sigma(z_i) - t_i\,\sigma(-z_i)\bigr) (x_i, 1)`.

    **Edge cases.** No row gives sums of 0; a row without numbers has the intercept as its logit. An infinite
    logit costs 0 on the side of its target. A row of weight 0 is read: a nan or an infinite
    loss in it makes sums nan.

    **Numerics.** Logits are sums of products in float64; no near numbers are subtracted after them. The
    result does not depend on the number of threads.

    Examples
    --------
    >>> starts, columns = np.asarray([0, 1, 2]), np.asarray([0, 0])
    >>> rows = CsrRows(np.asarray([1.0, -1.0]), columns, starts, 1, np.asarray([1.0, 0.0]))
    >>> sums = value_and_gradient(rows, np.asarray([50.0, 0.0]))
    >>> print(f"{sums.value:.8g}, {sums.gradient[0]:.8g}")
    3.8574997e-22, -3.8574997e-22
    """
    total = _sums(rows, point, "gradient", rows.p + 3)
    return Sums(float(total[rows.p + 1]), total[: rows.p + 1], float(total[rows.p + 2]))


def curvatures(rows: CsrRows, point: Array, /) -> Curvature:
    """
    Curvature of each row's cross-entropy at `point`, of shape (p + 1,), and sums of the Hessian's diagonal.

    The sums of squares hold the diagonal where no row has two numbers in one column. Raises as
    `value_and_gradient`.

    Examples
    --------
    >>> starts, columns = np.asarray([0, 1, 2]), np.asarray([0, 0])
    >>> rows = CsrRows(np.asarray([1.0, -3.0]), columns, starts, 1, np.asarray([1.0, 0.0]))
    >>> print(curvatures(rows, np.zeros(2)).squares)
    [2.5]
    """
    of_rows = np.empty(rows.n)
    total = _sums(rows, point, "curvature", 2 * rows.p + 1, of_rows)
    return Curvature(of_rows, total[: rows.p + 1], total[rows.p + 1 :])


def curvature_product(rows: CsrRows, of_rows: Array, direction: Array, /) -> Array:
    """
    Product of `direction`, of shape (p + 1,), with the Hessian of `value_and_gradient`, in that shape.

    Parameters
    ----------
    rows : CsrRows
        Features.
    of_rows : array of shape (n,)
        `Curvature.of_rows` at the point of the Hessian, in float64 and contiguous, else an error as of
        `value_and_gradient`.
    direction : array of shape (p + 1,)
        Weights, and last the intercept.

    Examples
    --------
    >>> starts, columns = np.asarray([0, 1, 2]), np.asarray([0, 0])
    >>> rows = CsrRows(np.asarray([1.0, -1.0]), columns, starts, 1, np.asarray([1.0, 0.0]))
    >>> print(curvature_product(rows, np.asarray([0.25, 0.25]), np.asarray([2.0, 1.0])))
    [1.  0.5]
    """
    check_memory(of_rows, (rows.n,), np.float64, caller=_CALLER, argument="of_rows")
    return _sums(rows, direction, "product", rows.p + 1, of_rows)


def _sums(rows: CsrRows, point: Array, task: str, width: int, of_rows: Array | None = None) -> Array:
    """
    Sums over all rows that the kernel of a task writes, of shape (width,).

    `task` is "gradient", whose sums are gradient (p + 1), value and curvature; "curvature", with those of
    curvature times features and 1 (p + 1), then squares (p); or "product" (p + 1), whose `point` is a
    direction. `of_rows`, (n,) in float64, is written by "curvature", read by "product", and None else. Raises
    `DTypeError`, `ShapeError` or `DomainError` unless `point` is contiguous, in float64, of shape (p + 1,).
    """
    check_memory(point, (rows.p + 1,), np.float64, caller=_CALLER, argument="point")
    weights, step = numbers_of(rows.weights, (rows.n,), np.float64, caller=_CALLER, argument="weights")
    count = len(rows.numbers)
    chunks = max(1, min(_MOST_CHUNKS, count // (_NUMBERS_PER_COLUMN * max(rows.p, 1)), rows.n))
    chunk = max(1, -(-rows.n // chunks))
    sums = np.zeros((-(-rows.n // chunk), width))
    arguments: KernelArguments = {
        "numbers": rows.numbers.ctypes.data,
        "columns": rows.columns.ctypes.data,
        "starts": rows.starts.ctypes.data,
        "weights": point.ctypes.data,
        "targets": rows.targets.ctypes.data,
        "row_weights": weights.ctypes.data,
        "curvatures": 0 if of_rows is None else of_rows.ctypes.data,
        "sums": sums.ctypes.data,
        "intercept": float(point[-1]),
        "weight_step": step,
        "n": rows.n,
        "p": rows.p,
        "chunk": chunk,
        "width": width,
    }
    numbers = format_of(rows.numbers, caller=_CALLER, argument="numbers")
    kernel = _kernel(numbers, rows.columns.dtype.name, rows.starts.dtype.name, task)
    threads = kernel.threads(len(sums), count / max(len(sums), 1))
    kernel(arguments, len(sums), threads=max(1, min(threads, len(sums))))
    # The only chunk's sums are not copied: they may be as large as X.
    return np.asarray(sums[0] if len(sums) == 1 else sums.sum(axis=0))


@functools.cache
def _kernel(numbers: str, columns: str, starts: str, task: str) -> RowsKernel:
    """
    Kernel of a task, "gradient", "curvature" or "product", compiled once for each combination of formats.

    `numbers` is a format of floats such as "float32"; `columns` and `starts` are "int32" or "int64".
    """
    with FIRST_USE:
        from xent.kernels.sparse_linear_sigmoid.cpu.sparse_linear_sigmoid_kernel import (
            sparse_linear_sigmoid_kernel,
        )
        from xent.kernels.vector_code import FORMATS, INT32, INT64

        integers = {"int32": INT32, "int64": INT64}
        kernel = sparse_linear_sigmoid_kernel(
            FORMATS[numbers], integers[columns], integers[starts], task=task
        )
        return RowsKernel(kernel, row_cost=_ROW, number_cost=_NUMBER)
