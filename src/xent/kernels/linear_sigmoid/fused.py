"""Sums over the rows of a linear model's sigmoid cross-entropy, by a kernel that reads X once."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.kernels.checks import check_memory, numbers_of
from xent.kernels.cpu.first_use import FIRST_USE
from xent.kernels.cpu.rows_kernel import RowsKernel
from xent.kernels.formats import format_of
from xent.kernels.linear_sigmoid.cpu.kernel_arguments import KernelArguments

__all__ = ["LinearRows", "Sums", "curvature_product", "value_and_gradient"]

_CALLER = "linear_sigmoid"
# Entries of X in a chunk, whose sums are stored apart. Independent of the number of threads.
_CHUNK = 131_072
# Rows in a tile of the kernel, and approximate nanoseconds per entry of X and per row.
_TILE = 8
_ENTRY, _ROW = 0.3, 4.0

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearRows:
    """
    Rows of a linear model with one logit.

    Parameters
    ----------
    X : array of shape (n, p)
        Features, C-contiguous, in float64 or float32.
    targets : array of float64, of shape (n,)
        Share of the event in each row, in [0, 1].
    weights : float, or array of shape (n,)
        Factor of each row; another dtype than float64 is converted.
    centre : array of float64, of shape (p,), optional
        Vector that is subtracted from each row of `X`.
    """

    X: NDArray[np.floating[Any]]
    targets: Array
    weights: Array | float = 1.0
    centre: Array | None = None


@dataclass(frozen=True, eq=False)
class Sums:
    """
    Sums over rows, each with its row's weight.

    Parameters
    ----------
    value : float
        Cross-entropy in nats.
    of_weights : array of shape (p,)
        Gradient in the weights of the model, or their part of the product of the Hessian and a direction.
    of_intercept : float
        Gradient in the intercept, or its part of the product.
    curvature : float
        Product of the probabilities of both classes: the second derivative in the intercept.
    """

    value: float
    of_weights: Array
    of_intercept: float
    curvature: float


def value_and_gradient(rows: LinearRows, point: Array, /) -> Sums:
    r"""
    Cross-entropy in nats, summed over the rows, with its gradient.

    Parameters
    ----------
    rows : LinearRows
        Features, targets and weights.
    point : array of float64, of shape (p + 1,)
        Weights of the model, and last the intercept.

    Returns
    -------
    Sums
        Value, gradient and curvature along the intercept.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        If an array does not have the dtype, shape or layout stated here. Values are not inspected.

    Notes
    -----
    **Definition.** :math:`\sum_i a_i \ell(z_i, t_i)` with :math:`z = (x - c) \cdot w + b` and
    :math:`\ell = t \log(1 + e^{-z}) + (1 - t) \log(1 + e^z)`, for weights a, targets t and the centre c.

    **Gradient.** :math:`\sum_i a_i \bigl((1 - t_i)\,\sigma(z_i) - t_i\,\sigma(-z_i)\bigr) (x_i - c, 1)`.

    **Edge cases.** No row gives sums of 0. An infinite logit costs 0 on the side of its target. A row of
    weight 0 may be read: a nan or an infinite loss in it can make sums nan.

    **Numerics.** Logits are sums of p products in float64; no near numbers are subtracted after them. The
    result does not depend on the number of threads.

    Examples
    --------
    >>> rows = LinearRows(np.asarray([[1.0], [-1.0]]), np.asarray([1.0, 0.0]))
    >>> sums = value_and_gradient(rows, np.asarray([50.0, 0.0]))
    >>> print(f"{sums.value:.8g}, {sums.of_weights[0]:.8g}")
    3.8574997e-22, -3.8574997e-22
    """
    return _sums(rows, point, None)


def curvature_product(rows: LinearRows, point: Array, direction: Array, /) -> Sums:
    r"""
    Hessian of `value_and_gradient` at `point` times `direction`, both of shape (p + 1,).

    The result is `Sums` whose `of_weights` and `of_intercept` are the product; value and curvature are those
    at `point`. Raises as `value_and_gradient`.

    Examples
    --------
    >>> rows = LinearRows(np.asarray([[1.0], [-1.0]]), np.asarray([1.0, 0.0]))
    >>> sums = curvature_product(rows, np.asarray([0.0, 0.0]), np.asarray([2.0, 1.0]))
    >>> print(sums.of_weights, sums.of_intercept)
    [1.] 0.5
    """
    return _sums(rows, point, direction)


def _sums(rows: LinearRows, point: Array, direction: Array | None) -> Sums:
    """
    Loss, gradient and curvature, summed over the rows times their weights, at `point`, (p + 1,).

    For a `direction`, (p + 1,), the Hessian times it takes the place of the gradient; None stands for no
    direction. The last entries are the intercepts. Without rows all sums are 0.

    Raises `DTypeError` for X not in float64, float32, float16 or uint16 (bfloat16), or targets, centre, point
    or direction not in float64; `ShapeError` for another shape, also of the weights; and `DomainError` for an
    array that is not C-contiguous. Weights alone are converted.
    """
    n, p = rows.X.shape
    numbers = format_of(rows.X, caller=_CALLER, argument="X")
    _check_arrays(rows, point, direction)
    weights, step = numbers_of(rows.weights, (n,), np.float64, caller=_CALLER, argument="weights")
    chunk = -(-max(_CHUNK // max(p, 1), _TILE) // _TILE) * _TILE
    sums = np.empty((-(-n // chunk), p + 3))
    arguments: KernelArguments = {
        "features": _address(rows.X),
        "centre": _address(rows.centre),
        "point": _address(point),
        "direction": _address(direction),
        "targets": _address(rows.targets),
        "row_weights": _address(weights),
        "sums": _address(sums),
        "intercept": float(point[-1]),
        "direction_intercept": 0.0 if direction is None else float(direction[-1]),
        "weight_step": step,
        "n": n,
        "p": p,
        "chunk": chunk,
    }
    kernel = _kernel(numbers, direction is not None, rows.centre is not None)
    kernel(arguments, len(sums), threads=kernel.threads(n, p))
    total = sums.sum(axis=0)
    return Sums(float(total[p + 1]), total[:p], float(total[p]), float(total[p + 2]))


def _check_arrays(rows: LinearRows, point: Array, direction: Array | None) -> None:
    """
    Raise an error for an array whose memory the kernel cannot read as it is; the weights are not checked
    here.

    X must be C-contiguous, in any dtype; targets (n,), centre (p,), point and direction (p + 1,) in float64
    too, else `DTypeError`, `ShapeError` or `DomainError` is raised. None is skipped.
    """
    n, p = rows.X.shape
    check_memory(rows.X, (n, p), rows.X.dtype, caller=_CALLER, argument="X")
    check_memory(rows.targets, (n,), np.float64, caller=_CALLER, argument="targets")
    if rows.centre is not None:
        check_memory(rows.centre, (p,), np.float64, caller=_CALLER, argument="centre")
    for name, array in (("point", point), ("direction", direction)):
        if array is not None:
            check_memory(array, (p + 1,), np.float64, caller=_CALLER, argument=name)


def _address(array: NDArray[np.generic] | None) -> int:
    """Address of the first number of an array; 0 for None."""
    return 0 if array is None else array.ctypes.data


@functools.cache
def _kernel(numbers: str, product: bool, centred: bool) -> RowsKernel:  # noqa: FBT001 - keys of the cache
    """
    Kernel that writes the sums of chunks of rows, compiled once for each combination of the three arguments.

    `numbers` is the format of X: "float64", "float32", "float16" or "bfloat16". `product` is True for the
    Hessian times a direction, False for the gradient; `centred` is True if a vector is subtracted from each
    row of X.
    """
    with FIRST_USE:
        from xent.kernels.linear_sigmoid.cpu.linear_sigmoid_kernel import linear_sigmoid_kernel
        from xent.kernels.vector_code import FORMATS

        kernel = linear_sigmoid_kernel(FORMATS[numbers], product=product, centred=centred)
        return RowsKernel(kernel, row_cost=_ROW, number_cost=_ENTRY)
