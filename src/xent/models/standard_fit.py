"""Fits of the standard objective: sparse or floating features, squared weights, no offsets."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from xent.models.fit_rows import FitRows
from xent.models.unpenalised_fit import Effort
from xent.solvers.feature_rows import is_sparse
from xent.solvers.kernel_rows import has_kernel
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.objective_in_memory import ObjectiveInMemory
from xent.solvers.solution import Solution
from xent.solvers.standardisation import distant_centre

__all__ = ["standard_objective", "standard_solution"]

Array = NDArray[np.float64]

# Rows by which features are found that lie far from the origin.
_PROBE = 1000


def standard_objective(rows: FitRows, *, fit_intercept: bool) -> ObjectiveInMemory:
    """
    Objective of `rows`, weights scaled to sum to 1, with a penalty of 0; offsets are not read.

    Dense features of which some lie more than 100 standard deviations from the origin, as a probe of the rows
    says, are centred in every pass: then its points belong to features less ``centre``. Without intercepts
    they are not. Sparse features are converted to CSR form, and to float64 if no kernel reads them as they
    are, because every pass would convert them anew.
    """
    X, centre = rows.X, None
    if is_sparse(X):
        X = X.tocsr()
        if not has_kernel(X, len(rows.classes)):
            X = X.astype(np.float64, copy=False)
    elif fit_intercept:
        centre = distant_centre(np.asarray(X[:: max(1, len(X) // _PROBE)], np.float64))
    return ObjectiveInMemory(
        X,
        rows.codes,
        len(rows.classes),
        weights=rows.weights,
        fit_intercept=fit_intercept,
        centre=centre,
    )


def standard_solution(
    rows: FitRows, C: float, effort: Effort, *, fit_intercept: bool, solver: str
) -> Solution:
    """
    Minimum of the objective of scikit-learn's `C`, with squared weights, on `rows`, for the features as
    given.

    Its point has shape (M, p + 1); for more than two classes weights and intercepts sum to 0 over the
    classes. The start of `effort`, also for the features as given, is None for the class frequencies.
    `solver` is "auto", "newton", "newton-cg" or "lbfgs"; offsets of the rows are not read. It is not
    converged if `effort` or rounding ended the steps at a gap above the tolerance.
    """
    problem = standard_objective(rows, fit_intercept=fit_intercept)
    centre = problem.centre
    found = minimise(
        problem.penalised(C),
        solver=solver,
        tol=effort.tol,
        max_iter=effort.max_iter,
        start=effort.start if centre is None or effort.start is None else _moved(effort.start, centre),
        on_iteration=effort.on_iteration,
    )
    # All classes may move alike: no probability changes, and the penalty is least if they sum to 0.
    point = found.point - found.point.mean(axis=0) if len(found.point) > 1 else found.point
    return dataclasses.replace(found, point=point if centre is None else _moved(point, -centre))


def _moved(point: Array, centre: Array) -> Array:
    """
    Copy of `point`, (M, p + 1), that gives features less `centre`, (p,), the logits of `point` at the
    features.
    """
    return np.column_stack([point[:, :-1], point[:, -1] + point[:, :-1] @ centre])
