"""Rows of two classes for the kernels that read them once, dense or sparse, and their sums over the rows."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from xent.kernels import linear_sigmoid, runs_here, sparse_linear_sigmoid
from xent.solvers.feature_rows import is_sparse

__all__ = ["KernelRows", "has_kernel", "kernel_rows", "product_sums", "value_and_gradient_sums"]

Array = NDArray[np.float64]
KernelRows = linear_sigmoid.LinearRows | sparse_linear_sigmoid.CsrRows


class _Rows(Protocol):
    """Attributes of an objective in memory that are read here."""

    X: Any
    codes: NDArray[np.integer[Any]]
    weights: Array
    centre: Array | None
    n_classes: int


def has_kernel(X: Any, n_classes: int) -> bool:
    """
    True if a kernel of two classes runs here and reads the features `X` as they are, dense or in CSR form.

    Numbers must be aligned, in C order, and of 32 or 64 bits.
    """
    numbers = X.data if is_sparse(X) else X
    readable = numbers.dtype in (np.float64, np.float32) and numbers.flags.c_contiguous
    return bool(n_classes == 2 and readable and numbers.flags.aligned and runs_here())


def kernel_rows(objective: _Rows) -> KernelRows | None:
    """
    Rows of `objective` as the kernels of two classes take them, `LinearRows` or, if sparse, `CsrRows`.

    None for more than two classes, or if no kernel runs here or reads the features as `has_kernel` says.
    Dense features are not copied; weights of stride 0 become one number.
    """
    X = objective.X
    if not has_kernel(X, objective.n_classes):
        return None
    weights = objective.weights if objective.weights.strides[0] else float(objective.weights[0])
    targets = objective.codes.astype(np.float64)
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


def value_and_gradient_sums(rows: KernelRows, point: Array) -> tuple[Array, Array, Array, Array]:
    """
    Sums over the rows at `point`, (1, p + 1): loss (), its gradient in weights, (1, p), and intercept, (1,).

    The fourth entry is the covariance, (1, 1): the weighted sum of p (1 - p).
    """
    if isinstance(rows, sparse_linear_sigmoid.CsrRows):
        sparse = sparse_linear_sigmoid.value_and_gradient(rows, point[0])
        gradient = sparse.gradient[None]
        return np.asarray(sparse.value), gradient[:, :-1], gradient[:, -1], np.asarray([[sparse.curvature]])
    sums = linear_sigmoid.value_and_gradient(rows, point[0])
    intercept, covariance = np.asarray([sums.of_intercept]), np.asarray([[sums.curvature]])
    return np.asarray(sums.value), sums.of_weights[None], intercept, covariance


def product_sums(rows: KernelRows, point: Array, direction: Array) -> tuple[Array, Array]:
    """
    Hessian of the loss at `point` times `direction`: the part of the weights, (1, p), and the intercept's,
    (1,).

    `point` and `direction` have shape (1, p + 1), the intercept last. The penalty is left out.
    """
    if not isinstance(rows, sparse_linear_sigmoid.CsrRows):
        sums = linear_sigmoid.curvature_product(rows, point[0], direction[0])
        return sums.of_weights[None], np.asarray([sums.of_intercept])
    curvature = sparse_linear_sigmoid.curvatures(rows, point[0])
    if direction[:, :-1].any():
        product = sparse_linear_sigmoid.curvature_product(rows, curvature.of_rows, direction[0])
    else:
        product = curvature.first * direction[0, -1]
    return product[None, :-1], product[-1:]
