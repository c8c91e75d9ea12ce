"""Fits that the standard objective does not take: elastic nets, sparse features, other dtypes, offsets."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError
from xent.models.fit_rows import FitRows
from xent.models.penalty_search import search_sample
from xent.models.standard_fit import standard_objective
from xent.models.unpenalised_fit import Effort
from xent.solvers.elastic_net import ElasticNet
from xent.solvers.linear_rows import LinearRows
from xent.solvers.newton_products import newton_products
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.proximal_newton import proximal_newton
from xent.solvers.solution import Solution
from xent.solvers.threads import one_blas_thread

__all__ = ["check_searchable", "general_solution", "linear_rows", "search_rows"]

Array = NDArray[np.float64]

# Up to this many coefficients a Hessian is built, beyond it products with it are taken.
_MOST_COEFFICIENTS = 2000


def general_solution(rows: LinearRows, C: float, l1_ratio: float, effort: Effort) -> Solution:
    """
    Minimum of the objective of scikit-learn's `C` and `l1_ratio` on `rows`, certified by its own gap.

    The objective is the mean loss per unit of weight plus 1 / (C * total weight) times ``l1_ratio * |w| + (1
    - l1_ratio) / 2 * w**2``; intercepts are free. The start of `effort`, or else the class frequencies, is
    the first point. The result's point has shape (M, p + 1); intercepts of more than two classes sum to 0. It
    is not converged if `effort` or rounding ended the steps at a gap above the tolerance.
    """
    decay = 1 / (C * rows.total_weight)
    penalty = ElasticNet(decay * l1_ratio, decay * (1 - l1_ratio))
    start = _null_point(rows) if effort.start is None else effort.start
    size = rows.shape[0] * rows.shape[1]
    by_products = penalty.absolute == 0 and size > _MOST_COEFFICIENTS
    solver: Any = newton_products if by_products else proximal_newton
    with one_blas_thread():
        found: Solution = solver(
            rows, penalty, start, tol=effort.tol, max_iter=effort.max_iter, on_iteration=effort.on_iteration
        )
    if len(found.point) > 1:
        found.point[:, -1] -= found.point[:, -1].mean()
    return found


def linear_rows(rows: FitRows, *, fit_intercept: bool) -> LinearRows:
    """Rows of a fit as `LinearRows`, with their weights and offsets."""
    return LinearRows(
        rows.X,
        rows.codes,
        len(rows.classes),
        weights=rows.weights,
        offsets=rows.offsets,
        fit_intercept=fit_intercept,
    )


def check_searchable(rows: FitRows, l1_ratio: float, *, caller: str) -> None:
    """
    Raise `DomainError` for ``C="auto"`` with a penalty of absolute values or offsets, which have no
    search.
    """
    if l1_ratio > 0 or rows.offsets is not None:
        what = "a penalty of absolute values" if l1_ratio > 0 else "offsets"
        raise DomainError(caller, "C", f"be a number for {what}", got="'auto'")


def search_rows(rows: FitRows, *, fit_intercept: bool) -> tuple[ObjectiveInMemory, NDArray[np.int64] | None]:
    """
    Objective, without a penalty, of the rows that a search for `C` compares on, and their groups, (n,), or
    None.

    They are all rows; for features that are not float32, float64 or sparse, a sample in float64, stratified
    by class and the same in every call, of at most about 2,000 to 20,000 rows, the fewer the more
    coefficients. Rows with offsets, whose search `check_searchable` refuses, are sampled too, whatever their
    features, and lose their offsets.
    """
    if not rows.is_standard:
        K = len(rows.classes)
        rows = rows.subset(search_sample(rows.codes, K, (1 if K == 2 else K) * (rows.X.shape[1] + 1)))
        rows = dataclasses.replace(rows, X=rows.dense())
    return standard_objective(rows, fit_intercept=fit_intercept), rows.groups


def _null_point(rows: LinearRows) -> Array:
    """
    Point (M, p + 1) with weights 0 and, last, the intercepts of the class frequencies by weight, or 0 without
    intercepts.

    The intercept of two classes is the log-odds of the second; those of more classes sum to 0. Offsets do not
    enter. A class without weight has a finite intercept, of the least positive number for its weight.
    """
    point = np.zeros(rows.shape)
    if rows.fit_intercept:
        mass = np.bincount(rows.codes, weights=rows.weights, minlength=rows.n_classes)
        logs = np.log(np.maximum(mass, np.finfo(float).tiny))
        point[:, -1] = logs[1:] - logs[0] if rows.n_classes == 2 else logs - logs.mean()
    return point
