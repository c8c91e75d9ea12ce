"""Fit without a penalty on the weights: maximum likelihood, or Firth's likelihood with Jeffreys' prior."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError, DomainError
from xent.models.separation_error import separation_error
from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.fisher_scoring import fisher_scoring
from xent.solvers.iteration import Iteration
from xent.solvers.separation import Separation, separation
from xent.solvers.solution import Solution
from xent.solvers.standardised_design import StandardisedDesign, dependent_columns, standardised
from xent.solvers.threads import one_blas_thread
from xent.solvers.unpenalised import baseline_null_point, maximise_likelihood

__all__ = ["Effort", "UnpenalisedFit", "contrasts_of", "point_of"]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

# A step of Firth's method costs a row so many products as there are pairs of coefficients.
_MOST_FIRTH_COEFFICIENTS = 1000


@dataclass(frozen=True, slots=True)
class Effort:
    """
    Start of a fit, and when it ends.

    Parameters
    ----------
    tol : float
        Gap to reach in nats per unit of weight; for Firth's method, the last step in standard errors.
    max_iter : int
        Most steps.
    start : ndarray of shape (M, p + 1) or None
        First point; None means weights of 0, with the intercepts of the class frequencies or, for Firth's
        method, of 0.
    on_iteration : callable or None
        Called with each `Iteration`.
    """

    tol: float
    max_iter: int
    start: Array | None = None
    on_iteration: Callable[[Iteration], None] | None = None


@dataclass(frozen=True, slots=True)
class UnpenalisedFit:
    """
    Problem of a fit without a penalty on the weights.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    classes : ndarray of shape (K,)
        Names of the classes, for errors.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; None means 1.
    fit_intercept : bool
        True to fit intercepts.
    features : sequence of str
        Names of the features, for errors.
    caller : str
        Name of the calling function, for errors.
    offsets : ndarray of shape (n, K), optional
        Numbers added to the logits; None means 0.
    """

    X: Array
    codes: Codes
    classes: NDArray[Any]
    weights: Array | None
    fit_intercept: bool
    features: tuple[str, ...]
    caller: str
    offsets: Array | None = None

    def solution(self, effort: Effort, *, firth: bool) -> Solution:
        """
        Maximum of the likelihood, with Jeffreys' prior if `firth` is True, from the start of `effort`.

        The point, (M, p + 1), intercepts last, is in units of the features; for more than two classes it sums
        to 0 over the classes. Rows of weight 0 are left out. So are columns that depend on others, and the
        search then ignores the start and begins at weights of 0; the point is, of the maxima, that with the
        least sum of squared weights, in units of the features. `converged` is False if the steps ran out or
        rounding stopped them.

        Raises
        ------
        DomainError
            If a separation of the classes leaves the likelihood without a maximum, or the prior would have
            more than 1,000 coefficients.
        DataError
            If a class has no row of positive weight.
        """
        if firth:
            self._check_size()
        rows, weights = self._rows()
        design = standardised(rows.X, weights, fit_intercept=self.fit_intercept)
        dependent = dependent_columns(design, weights)
        if len(dependent):
            # Any maximum gives the same probabilities: drop columns, then take the one of least norm.
            columns = np.setdiff1d(np.arange(self.X.shape[1]), dependent)
            part = dataclasses.replace(
                rows, X=rows.X[:, columns], features=tuple(self.features[j] for j in columns)
            )
            found = part.solution(dataclasses.replace(effort, start=None), firth=firth)
            point = least_norm_point(found.point, design, columns)
            return Solution(
                point, found.iterations, found.inverse_hessian_times, found.converged, found.reason
            )
        likelihood = BaselineLikelihood(design.matrix, rows.codes, weights, len(self.classes), rows.offsets)
        with one_blas_thread():
            if firth:
                return self._firth(design, likelihood, effort)
            return self._maximum(rows, design, likelihood, effort)

    def _check_size(self) -> None:
        """
        Raise `DomainError` for more than 1,000 coefficients, for which Firth's method would take too
        long.
        """
        size = (len(self.classes) - 1) * (self.X.shape[1] + self.fit_intercept)
        if size > _MOST_FIRTH_COEFFICIENTS:
            raise DomainError(
                self.caller,
                "penalty",
                f'have at most {_MOST_FIRTH_COEFFICIENTS} coefficients to be "firth"',
                got=f"{size}",
                hint="Use a finite `C`, or fewer columns.",
            )

    def _rows(self) -> tuple[UnpenalisedFit, Array]:
        """
        Problem with the rows of positive weight alone, and their weights, float64; `DataError` if a class has
        none.

        It is this problem itself if all weights are positive; without weights they are 1.
        """
        weights = np.ones(len(self.X)) if self.weights is None else self.weights
        counts = np.bincount(self.codes[weights > 0], minlength=len(self.classes))
        if not counts.all():
            empty = self.classes[int(np.argmin(counts))]
            raise DataError(
                self.caller,
                "y",
                "hold every class in rows of positive weight if weights are not penalised",
                got=f"none of class {str(empty)!r}",
                hint="Drop the rows of that class, or use a finite `C`.",
            )
        if (weights > 0).all():
            return self, weights
        keep = np.flatnonzero(weights > 0)
        kept = dataclasses.replace(
            self,
            X=self.X[keep],
            codes=self.codes[keep],
            weights=weights[keep],
            offsets=None if self.offsets is None else self.offsets[keep],
        )
        return kept, weights[keep]

    def _maximum(
        self,
        rows: UnpenalisedFit,
        design: StandardisedDesign,
        likelihood: BaselineLikelihood,
        effort: Effort,
    ) -> Solution:
        """
        Maximum of the likelihood without a prior, as a point (M, p + 1) in units of the features.

        `rows` have positive weight and no dependent columns; `design` and `likelihood` hold the same rows
        standardised. The start of `effort` is in units of the features. Raises `DomainError` if the classes
        are separated, which is settled before a maximum is accepted.
        """

        def search(complete: bool | None) -> Separation | None:  # noqa: FBT001 - called by one solver
            return separation(
                rows.X, rows.codes, len(self.classes), fit_intercept=self.fit_intercept, complete=complete
            )

        found = maximise_likelihood(
            likelihood,
            _start(effort.start, design, likelihood),
            separation=search,
            tol=effort.tol,
            max_iter=effort.max_iter,
            on_iteration=effort.on_iteration,
        )
        if found.separation is not None:
            raise separation_error(
                found.separation, features=self.features, classes=self.classes, caller=self.caller
            )
        point = point_of(design.coefficients(found.theta), fit_intercept=self.fit_intercept)
        return Solution(point, found.iterations, np.copy, found.converged, found.reason)

    def _firth(self, design: StandardisedDesign, likelihood: BaselineLikelihood, effort: Effort) -> Solution:
        """
        Maximum of the likelihood with Jeffreys' prior, a point (M, p + 1) in units of the features, as a
        `Solution`.

        M is 1 for two classes, else K, and the rows then sum to 0. `design` and `likelihood` hold the same
        rows, standardised, with linearly independent columns. The start of `effort`, in units of the
        features, is all 0 for None. Separated classes have a maximum too. `converged` is False if the steps
        ran out or rounding stopped them. Raises `numpy.linalg.LinAlgError` if the information at the start is
        not positive definite, as where the start makes probabilities 0 and 1.
        """
        begin = (
            np.zeros(likelihood.shape) if effort.start is None else _start(effort.start, design, likelihood)
        )
        found = fisher_scoring(
            likelihood,
            begin,
            jeffreys=True,
            tol=effort.tol,
            max_iter=effort.max_iter,
            on_iteration=effort.on_iteration,
        )
        point = point_of(design.coefficients(found.theta), fit_intercept=self.fit_intercept)
        return Solution(point, found.iterations, np.copy, found.converged, found.reason)


def contrasts_of(point: Array, *, fit_intercept: bool, reference: int = 0) -> Array:
    """
    Coefficients of all classes less those of class `reference`, (K - 1, P), from a point (M, p + 1).

    M is 1 for two classes, whose row is the second less the first, and else K. Classes keep their order,
    without the reference. P is p + 1 with intercepts, which stay last; without them the last column, of
    zeros, is left out.
    """
    if len(point) == 1:
        contrasts = point if reference == 0 else -point
    else:
        contrasts = np.delete(point - point[reference], reference, axis=0)
    return contrasts if fit_intercept else contrasts[:, :-1]


def point_of(contrasts: Array, *, fit_intercept: bool) -> Array:
    """
    Point (M, p + 1) of contrasts with the first class, (K - 1, P), whose intercepts, if any, are last.

    M is 1 for two classes, with the contrasts themselves; for more its K rows are shifted to sum to 0.
    Without intercepts its last column is 0.
    """
    if not fit_intercept:
        contrasts = np.column_stack([contrasts, np.zeros(len(contrasts))])
    if len(contrasts) == 1:
        return contrasts
    point = np.vstack([np.zeros(contrasts.shape[1]), contrasts])
    return np.asarray(point - point.mean(axis=0))


def least_norm_point(point: Array, design: StandardisedDesign, columns: NDArray[np.intp]) -> Array:
    """
    Point of all features with the logits of `point`, which has only `columns`, and the least squared weights.

    Shapes are (M, p + 1), intercepts last, and (M, number of `columns` + 1), both in units of the features.
    `design` holds all p features, standardised, of which the others are linear combinations of `columns`. The
    result is the limit of the penalised fit as C grows, whose intercepts are not penalised either.
    """
    p = len(design.scales)
    independent = design.matrix[:, columns]
    # Features are centred, so the dependence of a column on others has no constant.
    share, *_ = np.linalg.lstsq(independent, design.matrix[:, :p], rcond=None)
    dependence = share * design.scales / design.scales[columns][:, None]
    dependence[:, columns] = np.eye(len(columns))
    weights = point[:, :-1] @ np.linalg.solve(dependence @ dependence.T, dependence)
    intercepts = point[:, -1] + point[:, :-1] @ design.means[columns] - weights @ design.means
    return np.column_stack([weights, intercepts])


def _start(start: Array | None, design: StandardisedDesign, likelihood: BaselineLikelihood) -> Array:
    """
    First point in standardised contrasts, (K - 1, P): that of `start`, (M, p + 1), or weights of 0.

    Without a `start` intercepts fit the class frequencies.
    """
    if start is None:
        return baseline_null_point(likelihood, has_intercept=design.has_intercept)
    contrasts = contrasts_of(start, fit_intercept=design.has_intercept)
    return design.standardised_coefficients(contrasts)
