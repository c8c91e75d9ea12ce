"""Rows of an objective for the kernels that read them once, dense or sparse, and their sums over the rows."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.kernels import linear_sigmoid, linear_softmax, runs_here, sparse_linear_sigmoid
from xent.solvers.feature_rows import is_sparse

__all__ = [
    "KernelRows",
    "covariance_sum",
    "has_kernel",
    "kernel_rows",
    "product_sums",
    "value_and_gradient_sums",
]

Array = NDArray[np.float64]
KernelRows = linear_sigmoid.LinearRows | linear_softmax.LinearRows | sparse_linear_sigmoid.CsrRows


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Any
    codes: NDArray[np.integer[Any]]
    weights: Array
    centre: Array | None
    n_classes: int


def has_kernel(X: Any, n_classes: int) -> bool:
    """
    True if a kernel runs here and reads the features `X` as they are: dense, or of two classes in CSR form.

    Sparse features must be in CSR form, which is not checked. Numbers must be aligned floats of 32 or 64
    bits. Dense features of two classes must be in C order, of more classes have contiguous rows or columns.
    """
    if n_classes > 2:
        return not is_sparse(X) and linear_softmax.is_readable(X) and runs_here()
    numbers = X.data if is_sparse(X) else X
    readable = numbers.dtype in (np.float64, np.float32) and numbers.flags.c_contiguous
    return bool(readable and numbers.flags.aligned and runs_here())


def kernel_rows(objective: _Rows) -> KernelRows | None:
    """
    Rows of `objective` as kernels take them; None if no kernel runs here or reads the features.

    For two classes they are `linear_sigmoid.LinearRows`, or `CsrRows` if the features are sparse, which must
    then be in CSR form and have no centre. For more classes they are `linear_softmax.LinearRows`; sparse
    features have no kernel there. Numbers must be aligned floats of 32 or 64 bits. Dense features must be in
    C order for two classes, and have contiguous rows or columns for more; they are not copied. Weights of
    stride 0, all equal, become one number. There must be a row.
    """
    X, codes = objective.X, objective.codes
    if not has_kernel(X, objective.n_classes):
        return None
    weights = objective.weights if objective.weights.strides[0] else float(objective.weights[0])
    if objective.n_classes > 2:
        numbers = np.ascontiguousarray(codes, np.int64)
        return linear_softmax.LinearRows(X, numbers, objective.n_classes, weights, objective.centre)
    targets = codes.astype(np.float64)
    if not is_sparse(X):
        return linear_sigmoid.LinearRows(X, targets, weights, objective.centre)
    return sparse_linear_sigmoid.CsrRows(
        X.data,
        np.ascontiguousarray(X.indices),
        np.ascontiguousarray(X.indptr),
        X.shape[1],
        targets,
        weights,
    )


def value_and_gradient_sums(
    rows: KernelRows, point: Array
) -> tuple[tuple[Array, Array, Array], Array | None]:
    """
    Sums over the rows, times their weights, at `point`, (M, p + 1): a tuple of three, and a covariance or
    None.

    The three are the loss in nats, (), and its gradient in the weights, (M, p), and in the intercepts, (M,),
    without a penalty. The covariance is the sum of p (1 - p), (1, 1), for two classes; None for more. Nothing
    is divided: with weights that sum to 1, as those of an objective, all are means.
    """
    if isinstance(rows, linear_softmax.LinearRows):
        value, gradient = linear_softmax.value_and_gradient(rows, point)
        return (np.asarray(value), gradient[:, :-1], gradient[:, -1]), None
    if isinstance(rows, sparse_linear_sigmoid.CsrRows):
        sparse = sparse_linear_sigmoid.value_and_gradient(rows, point[0])
        gradient = sparse.gradient[None]
        sums = np.asarray(sparse.value), gradient[:, :-1], gradient[:, -1]
        return sums, np.asarray([[sparse.curvature]])
    dense = linear_sigmoid.value_and_gradient(rows, point[0])
    sums = np.asarray(dense.value), dense.of_weights[None], np.asarray([dense.of_intercept])
    return sums, np.asarray([[dense.curvature]])


def covariance_sum(rows: KernelRows, point: Array) -> Array:
    """
    Weighted sum over the rows of ``diag p - p pᵀ``, (M, M), at `point`, (M, p + 1); for M = 1 of p (1
    - p).
    """
    if isinstance(rows, linear_softmax.LinearRows):
        return linear_softmax.covariance(rows, point)
    _, covariance = value_and_gradient_sums(rows, point)
    return np.asarray(covariance)


def product_sums(rows: KernelRows, point: Array, direction: Array) -> tuple[Array, Array]:
    """
    Hessian of the loss at `point` times `direction`: its parts in the weights, (M, p), and the intercepts,
    (M,).

    `point` and `direction` have shape (M, p + 1), the intercepts last. The loss is the sum over the rows
    times their weights, a mean for weights that sum to 1, as those of an objective; the penalty is left out.
    """
    if isinstance(rows, linear_softmax.LinearRows):
        product = linear_softmax.curvature_product(rows, point, direction)
        return product[:, :-1], product[:, -1]
    if not isinstance(rows, sparse_linear_sigmoid.CsrRows):
        sums = linear_sigmoid.curvature_product(rows, point[0], direction[0])
        return sums.of_weights[None], np.asarray([sums.of_intercept])
    curvature = sparse_linear_sigmoid.curvatures(rows, point[0])
    if direction[:, :-1].any():
        one = sparse_linear_sigmoid.curvature_product(rows, curvature.of_rows, direction[0])
    else:
        one = curvature.first * direction[0, -1]
    return one[None, :-1], one[-1:]
