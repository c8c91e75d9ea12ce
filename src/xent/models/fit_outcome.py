"""Outcome of a fit: the solution by the method that suits parameters and rows, and the penalty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError
from xent.models.feature_names import feature_names
from xent.models.finite_squares import HINT, RULE, check_squares
from xent.models.fit_callbacks import FitCallbacks
from xent.models.fit_rows import FitRows
from xent.models.general_fit import check_searchable, general_solution, linear_rows, search_rows
from xent.models.parameters import SOLVERS, is_firth, is_unpenalised, l1_ratio_of
from xent.models.penalty_search import PenaltySearch, search_penalty
from xent.models.standard_fit import standard_solution
from xent.models.unpenalised_fit import Effort, UnpenalisedFit
from xent.solvers.solution import Solution

__all__ = ["Outcome", "named_overflow", "outcome"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Solution of a fit with the penalty that was used.

    Parameters
    ----------
    solution : Solution
        Last point and all steps.
    C : float
        Inverse strength of the penalty, infinite for a fit without.
    estimation : str
        ``"penalised likelihood"``, ``"maximum likelihood"`` or ``"Firth"``.
    search : PenaltySearch or None
        Search for C, if there was one.
    """

    solution: Solution
    C: float
    estimation: str
    search: PenaltySearch | None = None


def outcome(
    model: Any, rows: FitRows, start: Array | None, callbacks: FitCallbacks, *, caller: str
) -> Outcome:
    """
    Outcome of fitting `rows` by the parameters of `model`, which are checked already and not changed.

    It holds the solution, the C (infinite without a penalty), the kind of likelihood in words, and for
    ``C="auto"`` the search. Weights of `rows` include those of classes. `start`, (M, p + 1), is the first
    point, None for the usual one. A fit that ends early is not an error: `solution.converged` tells.
    `callbacks` are called with trials and candidates of a search, and with each `Iteration` of the fit.

    Raises
    ------
    DomainError
        If squares of features overflow, or the rows do not go with the parameters: separated classes without
        a penalty, a search for C with offsets or absolute values, or more than 1,000 coefficients for Firth's
        method.
    DataError
        If without a penalty a class has no row of positive weight, or for a search no class has rows in two
        folds.
    """
    check_squares(rows.X, caller=caller)
    effort = Effort(model.tol, model.max_iter, start, callbacks.on_iteration)
    if is_unpenalised(model):
        estimation = "Firth" if is_firth(model) else "maximum likelihood"
        return Outcome(_unpenalised(model, rows, effort, caller), math.inf, estimation)
    ratio = l1_ratio_of(model)
    search = None
    if model.C == "auto":
        check_searchable(rows, ratio, caller=caller)
        problem, groups = search_rows(rows, fit_intercept=model.fit_intercept)
        search = search_penalty(
            problem,
            groups=groups,
            on_trial=callbacks.on_trial,
            on_candidate=callbacks.on_candidate,
        )
    C = float(model.C) if search is None else search.C
    return Outcome(_penalised(model, rows, C, ratio, effort), C, "penalised likelihood", search)


@contextmanager
def named_overflow(caller: str) -> Iterator[None]:
    """
    Context in which NumPy's `LinAlgError`, raised for a Hessian that is not finite, becomes a `DomainError`
    about X.
    """
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise DomainError(caller, "X", RULE, got="a Hessian that is not", hint=HINT) from error


def _penalised(model: Any, rows: FitRows, C: float, ratio: float, effort: Effort) -> Solution:
    """
    Minimum of the penalised objective of `C` and the share `ratio` of absolute values on `rows`.

    Start, tolerance, most steps and callback are those of `effort`; a fit that ends early is not an error.
    """
    if not rows.is_standard or ratio > 0:
        return general_solution(linear_rows(rows, fit_intercept=model.fit_intercept), C, ratio, effort)
    return standard_solution(rows, C, effort, fit_intercept=model.fit_intercept, solver=SOLVERS[model.solver])


def _unpenalised(model: Any, rows: FitRows, effort: Effort, caller: str) -> Solution:
    """
    Maximum of the likelihood or, for the penalty "firth", of the likelihood with Jeffreys' prior.

    Raises `DomainError` if separated classes leave no maximum or Firth's method has more than 1,000
    coefficients, and `DataError` if a class has no row of positive weight.
    """
    fit = UnpenalisedFit(
        rows.dense(),
        rows.codes,
        rows.classes,
        rows.weights,
        model.fit_intercept,
        feature_names(model),
        caller,
        rows.class_offsets,
    )
    return fit.solution(effort, firth=is_firth(model))
