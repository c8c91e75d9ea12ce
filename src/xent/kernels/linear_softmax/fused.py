"""Sums over the rows of a linear model's softmax cross-entropy, by kernels that read X once."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from xent.errors import DomainError, DTypeError, ShapeError
from xent.kernels.checks import check_memory, numbers_of
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.linear_softmax.cpu.kernel_arguments import KernelArguments

__all__ = ["LinearRows", "covariance", "curvature_product", "is_readable", "value_and_gradient"]

Array = NDArray[np.float64]
Packed = NDArray[np.uint16]

_CALLER = "linear_softmax"
# Rows of a chunk: at least so many, and so many for each column of its sums, which then take a small part of
# the memory of X. Independent of the number of threads.
_CHUNK, _CHUNK_PER_COLUMN = 1024, 16
# Bytes of a vector.
_VECTOR = 64
# Rows in a tile of the kernels, and approximate nanoseconds per product of a feature and a class.
_TILE, _PRODUCT = 8, 0.1
# Names of the formats by their bytes; and intercepts of columns that are no class: their exponentials are 0.
_FORMATS = {8: "float64", 4: "float32"}
_NEVER = {8: -1e300, 4: -1e30}


@dataclass(frozen=True, eq=False)
class LinearRows:
    """
    Rows of a linear model with a logit per class.

    Parameters
    ----------
    X : array of shape (n, p)
        Features in float64 or float32 that `is_readable` accepts: contiguous rows, or columns, at any
        distance from each other.
    codes : array of int64, of shape (n,)
        Class of each row, 0 to K - 1; not inspected.
    n_classes : int
        Number of classes K.
    weights : float, or array of shape (n,)
        Factor of each row; another dtype than float64 is converted.
    centre : array of float64, of shape (p,), optional
        Vector that is subtracted from each row of `X`.
    factors : array of float64, of shape (p,), optional
        Factors of the features, after the subtraction of `centre`, without which they are not read.
    """

    X: NDArray[np.floating[Any]]
    codes: NDArray[np.int64]
    n_classes: int
    weights: Array | float = 1.0
    centre: Array | None = None
    factors: Array | None = None


def is_readable(X: NDArray[np.generic]) -> bool:
    """
    True if the kernels read `X`, (n, p), as it is: float64 or float32, aligned, rows or columns contiguous.

    The distance from one row or column to the next must be a whole number of entries, and positive.
    """
    if X.dtype not in (np.float64, np.float32) or not X.flags.aligned:
        return False
    near, far = sorted(X.strides)
    return (near == X.itemsize and far % X.itemsize == 0) or bool(
        X.flags.c_contiguous or X.flags.f_contiguous
    )


def value_and_gradient(rows: LinearRows, point: Array, /) -> tuple[float, Array]:
    r"""
    Cross-entropy in nats, summed over the rows with their weights, and its gradient, of shape (K, p + 1).

    Parameters
    ----------
    rows : LinearRows
        Features, classes and weights.
    point : array of shape (K, p + 1)
        Weights of the model for each class, and last the intercept.

    Returns
    -------
    value : float
        Cross-entropy.
    gradient : array of float64, of shape (K, p + 1)
        Gradient at `point`.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** :math:`\sum_i a_i \bigl(\log \sum_k e^{z_{ik}} - z_{i y_i}\bigr)` with
    :math:`z_{ik} = (x_i - c) \cdot w_k + b_k`, for weights a, classes y and the centre c.

    **Gradient.** :math:`\sum_i a_i (p_{ik} - [k = y_i]) (x_i - c, 1)` with the softmax p.

    **Edge cases.** No row gives a value and a gradient of 0. A row of weight 0 adds 0 to the value, also if
    its loss is infinite.

    **Numerics.** In double precision. Logits are sums of p products; after them, values and slopes of
    confident rows are sums without cancellation. The result does not depend on the number of threads.

    Examples
    --------
    >>> rows = LinearRows(np.asarray([[1.0], [-1.0]]), np.asarray([1, 0]), 3)
    >>> value, gradient = value_and_gradient(rows, np.asarray([[-25.0, 0.0], [25.0, 0.0], [0.0, -99.0]]))
    >>> print(f"{value:.8g}, {gradient[0, 0]:.8g}")
    3.8574997e-22, 3.8574997e-22
    """
    values, sums = _sums(rows, "gradient", point)
    return float(values.sum()), sums.T


def covariance(
    rows: LinearRows, point: Array, /, *, dtype: DTypeLike = np.float64, packed: Packed | None = None
) -> Array:
    r"""
    Sum of the curvatures in the logits, :math:`\sum_i a_i (\operatorname{diag} p_i - p_i p_i^T)`, (K, K).

    Parameters
    ----------
    rows, point
        As in `value_and_gradient`; classes are not read.
    dtype : dtype
        Precision of the arithmetic, float64 or float32.
    packed : array of uint16, of shape (kept, K), optional
        Output, in float32 alone: packed probabilities of the first rows, which `curvature_product` reads. A
        multiple of eight rows, or all.

    Returns
    -------
    array of float64, of shape (K, K)
        Sum, whose diagonal is minus the sum of the other entries: nothing cancels.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As `value_and_gradient`, and if `packed` is no such array.
    """
    _, products = _sums(rows, "covariance", point, dtype=dtype, packed=packed)
    np.fill_diagonal(products, 0)
    return np.diag(products.sum(axis=0)) - products


def curvature_product(
    rows: LinearRows,
    point: Array,
    direction: Array,
    /,
    *,
    dtype: DTypeLike = np.float64,
    packed: Packed | None = None,
) -> Array:
    r"""
    Hessian of `value_and_gradient` at `point` times `direction`, both of shape (K, p + 1), in float64.

    Parameters
    ----------
    rows, point
        As in `value_and_gradient`; classes are not read.
    direction : array of shape (K, p + 1)
        Direction in weights and intercepts.
    dtype : dtype
        Precision of the arithmetic, float64 or float32.
    packed : array of uint16, of shape (kept, K), optional
        Probabilities of the first rows as `covariance` packs them at `point`, in float32 alone; those of the
        other rows are computed.

    Returns
    -------
    array of float64, of shape (K, p + 1)
        Product; the error is some units of `dtype` in the last place of the largest terms of its sums, and
        that of packed probabilities 2^-8 of them.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        As `value_and_gradient`, and if `packed` is no such array.

    Examples
    --------
    >>> rows = LinearRows(np.asarray([[1.0], [-1.0]]), np.asarray([1, 0]), 2)
    >>> curvature_product(rows, np.zeros((2, 2)), np.asarray([[2.0, 0.0], [0.0, 2.0]]))
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    _, sums = _sums(rows, "product", point, direction, dtype=dtype, packed=packed)
    return sums.T


@dataclass(frozen=True, eq=False)
class _Memory:
    """
    Arrays of one call, in the arithmetic of its kernel.

    Parameters
    ----------
    point, direction : array of shape (p + 1, width)
        As `KernelArguments` says; None for no direction.
    sums : array of shape (chunks, count, width)
        Sums of the chunks.
    values : array of float64, of shape (chunks,)
        Losses of the chunks, set for the gradient alone.
    chunk : int
        Rows of a chunk.
    """

    point: NDArray[np.floating[Any]]
    direction: NDArray[np.floating[Any]] | None
    sums: NDArray[np.floating[Any]]
    values: Array
    chunk: int


def _sums(
    rows: LinearRows,
    quantity: str,
    point: Array,
    direction: Array | None = None,
    *,
    dtype: DTypeLike = np.float64,
    packed: Packed | None = None,
) -> tuple[Array, Array]:
    r"""
    Losses of the chunks of rows, (chunks,), and sums over all rows, (count, K), both in float64 and weighted.

    `point`, and `direction` for "product" alone, are (K, p + 1), intercepts last. For the `quantity`
    "gradient" or "product" the sums are the transposed gradient, or Hessian times `direction`, (p + 1, K);
    for "covariance" those of :math:`p p^\top` with the probabilities p, (K, K). Losses are set for the
    gradient alone. `dtype` is that of the arithmetic. `packed`, in float32, is written by "covariance", read
    by "product"; None for none. Raises `DTypeError`, `ShapeError` or `DomainError` for an array that the
    kernel cannot read as it is.
    """
    numbers = np.dtype(dtype)
    _check(rows, point, direction, packed, numbers)
    (n, p), K = rows.X.shape, rows.n_classes
    lanes = _VECTOR // numbers.itemsize
    width = -(-K // lanes) * lanes
    chunk = -(-max(_CHUNK, _CHUNK_PER_COLUMN * width) // _TILE) * _TILE
    count = K if quantity == "covariance" else p + 1
    memory = _Memory(
        _columns(point, width, numbers, _NEVER[numbers.itemsize]),
        None if direction is None else _columns(direction, width, numbers, 0.0),
        np.empty((-(-n // chunk), count, width), numbers),
        np.empty(-(-n // chunk)),
        chunk,
    )
    panel = 1 if width // lanes % 2 else 2
    changes = rows.centre is not None
    formats = _FORMATS[rows.X.itemsize], _FORMATS[numbers.itemsize]
    kernel = _kernel(*formats, quantity, panel, changes, _has_columns(rows.X))
    _run(kernel, rows, memory, packed)
    return memory.values, memory.sums.sum(axis=0, dtype=np.float64)[:, :K]


def _run(kernel: RowsKernel, rows: LinearRows, memory: _Memory, packed: Packed | None) -> None:
    """
    Let `kernel` write `sums`, and for the gradient `values`, of `memory`, for `rows`, in several threads.

    `packed` are written by the kernel of the covariance and read by that of a product; None for none. All
    arrays are checked before but the weights: `ShapeError` is raised for weights of another shape than (n,).
    """
    (n, p), width = rows.X.shape, memory.point.shape[1]
    weights, step = numbers_of(rows.weights, (n,), np.float64, caller=_CALLER, argument="weights")
    threads = kernel.threads(n, (p + 1) * width)
    scratch_bytes = (_TILE * (p + 1 + 2 * width) + _VECTOR) * memory.point.itemsize
    scratch = np.empty(threads * scratch_bytes, np.uint8)
    factors = np.ones(p) if rows.factors is None and rows.centre is not None else rows.factors
    arguments: KernelArguments = {
        "features": _address(rows.X),
        "centre": _address(rows.centre),
        "factors": _address(factors),
        "point": _address(memory.point),
        "direction": _address(memory.direction),
        "codes": _address(rows.codes),
        "probs": _address(packed),
        "row_weights": _address(weights),
        "sums": _address(memory.sums),
        "values": _address(memory.values),
        "scratch": _address(scratch),
        "weight_step": step,
        "stride": rows.X.strides[_has_columns(rows.X)] // rows.X.itemsize,
        "n": n,
        "p": p,
        "K": rows.n_classes,
        "width": width,
        "kept": 0 if packed is None else len(packed),
        "chunk": memory.chunk,
    }
    kernel(arguments, len(memory.sums), threads=threads, scratch_bytes=scratch_bytes)


def _check(
    rows: LinearRows, point: Array, direction: Array | None, packed: Packed | None, numbers: np.dtype[Any]
) -> None:
    """
    Raise an error unless every array but the weights has the dtype, shape and layout that the kernel reads.

    Raises `DomainError` for X that `is_readable` refuses, `DTypeError` for an arithmetic in `numbers` that is
    neither float64 nor float32, and `ShapeError` unless point and direction are (K, p + 1), in any dtype. The
    classes must be (n,) in int64, centre and factors (p,) in float64, and `packed` contiguous, (kept, K) in
    uint16, with at most n rows, a multiple of eight or all, and float32. None is skipped.
    """
    (n, p), K = rows.X.shape, rows.n_classes
    if not is_readable(rows.X):
        got = f"{rows.X.dtype} with strides {rows.X.strides}"
        rule = "be aligned float64 or float32 with contiguous rows or columns"
        raise DomainError(_CALLER, "X", rule, got=got)
    if numbers not in (np.float64, np.float32):
        raise DTypeError(_CALLER, "dtype", "be float64 or float32", got=str(numbers))
    check_memory(rows.codes, (n,), np.int64, caller=_CALLER, argument="codes")
    for name, vector in (("centre", rows.centre), ("factors", rows.factors)):
        if vector is not None:
            check_memory(vector, (p,), np.float64, caller=_CALLER, argument=name)
    for name, matrix in (("point", point), ("direction", direction)):
        if matrix is not None and matrix.shape != (K, p + 1):
            raise ShapeError(_CALLER, name, f"have shape {(K, p + 1)}", got=str(matrix.shape))
    if packed is not None:
        kept = min(len(packed), n)
        check_memory(packed, (kept, K), np.uint16, caller=_CALLER, argument="packed")
        if numbers != np.float32 or (kept % _TILE and kept < n):
            rule = f"have a multiple of {_TILE} rows, or all, in float32"
            raise DomainError(_CALLER, "packed", rule, got=f"{kept} rows in {numbers}")


def _columns(point: Array, width: int, numbers: np.dtype[Any], beyond: float) -> NDArray[np.floating[Any]]:
    """
    Transpose of `point`, (K, p + 1), with further columns up to `width`: (p + 1, width) in the dtype
    `numbers`.

    The further columns, which are no classes, hold 0, and `beyond` in the last row, that of the intercepts.
    """
    K, P = point.shape
    columns = np.zeros((P, width), numbers)
    columns[:, :K] = point.T
    columns[-1, K:] = beyond
    return columns


def _has_columns(X: NDArray[np.floating[Any]]) -> bool:
    """True if the columns of a readable `X` are contiguous, False if its rows are."""
    return bool(X.strides[0] == X.itemsize)


def _address(array: NDArray[np.generic] | None) -> int:
    """Address of the first number of an array; 0 for None."""
    return 0 if array is None else array.ctypes.data


@functools.cache
def _kernel(numbers: str, arithmetic: str, quantity: str, vectors: int, *flags: bool) -> RowsKernel:
    """
    Kernel that sums over chunks of rows, compiled once for each combination of the arguments.

    `numbers` and `arithmetic` are "float64" or "float32", the formats of X and of the sums. `quantity` is
    "gradient", "product" or "covariance"; `vectors`, 1 or 2, the vectors of classes that are multiplied at
    once. The two `flags` are True if X is centred and scaled, and if its columns are contiguous.
    """
    with FIRST_USE:
        from xent.kernels.linear_softmax.cpu.linear_softmax_kernel import linear_softmax_kernel
        from xent.kernels.vector_code import FORMATS

        changed, by_column = flags
        kernel = linear_softmax_kernel(
            FORMATS[numbers],
            FORMATS[arithmetic],
            sums=quantity,
            vectors=vectors,
            changed=changed,
            by_column=by_column,
        )
        return RowsKernel(kernel, number_cost=_PRODUCT)
