"""
Cross-validated cross-entropy along a path of C, every fit started from its neighbours.

The first fold comes first for each C: its optimum is near those of the others, and if its Hessian is
factored, it preconditions them, so that they factor nothing. Another fold starts from its optimum at the last
C, moved as that of the first fold has moved since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xent.models.fit_rows import FitRows
from xent.models.general_fit import general_solution, linear_rows
from xent.models.linear import row_losses
from xent.models.penalty_search import PenaltyCandidate, weighted_mean
from xent.models.standard_fit import standard_objective
from xent.models.unpenalised_fit import Effort
from xent.solvers.linear_rows import LinearRows
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.neighbour import minimise_near
from xent.solvers.threads import row_threads

__all__ = ["Fold", "PathResult", "cross_validated_path"]

Array = NDArray[np.float64]
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]

# Tolerance of the fits in nats per row. A looser one shows in held-out losses where the training loss is
# nearly 0, as for separated classes and weak penalties: at 1e-5 by half of the loss, at 1e-8 by 1e-4 nats.
_TOL = 1e-8
# Gap that is enough for a fold near one that was fitted so, as a share of the objective: it moves the losses
# of folds by less than 1e-4 nats.
_SHARE = 1e-6
_FOLD_STEPS = 1000


@dataclass(frozen=True, slots=True)
class PathResult:
    """
    Losses along a path for one share of absolute values.

    Parameters
    ----------
    candidates : tuple of PenaltyCandidate
        Mean loss of the held-out rows and its standard error, for each C in ascending order.
    fold_losses : ndarray of shape (folds, values of C)
        Mean loss of each fold's held-out rows.
    """

    candidates: tuple[PenaltyCandidate, ...]
    fold_losses: Array


class _Problem(Protocol):
    """Fits of one set of rows and of parts of it."""

    def optima(self, C: float) -> list[Array]:
        """Optimum, (M, p + 1), of each fold's training rows, started from those of the last call."""

    def losses(self, number: int, point: Array) -> Array:
        """Cross-entropy in nats of each held-out row of fold `number` at `point`, (M, p + 1)."""


def cross_validated_path(
    rows: FitRows,
    folds: Sequence[Fold],
    Cs: Sequence[float],
    *,
    l1_ratio: float,
    fit_intercept: bool,
    on_candidate: Callable[[PenaltyCandidate], None] | None = None,
) -> PathResult:
    """
    Cross-validated losses for each C, all folds of one C before the next.

    Parameters
    ----------
    rows : FitRows
        All rows, with weights that include class weights.
    folds : sequence of (training rows, held-out rows)
        Indices of the rows of each fold; held-out rows must have weight, and training rows every class. A
        row may be held out several times, or never.
    Cs : sequence of float
        Values to compare, ascending; each fit starts from that of the value before.
    l1_ratio : float
        Share of the absolute values in the penalty, 0 to 1.
    fit_intercept : bool
        True to fit intercepts.
    on_candidate : callable, optional
        Called with each `PenaltyCandidate` after it is tried.

    Returns
    -------
    PathResult
        Weighted means over all held-out rows, and over those of each fold, by `Cs`, in nats, without the
        penalty.
    """
    problem: _Problem
    if rows.is_standard and l1_ratio == 0:
        problem = _StandardProblem(rows, folds, fit_intercept=fit_intercept)
    else:
        problem = _GeneralProblem(rows, folds, l1_ratio, fit_intercept=fit_intercept)
    weights = np.ones(len(rows.codes)) if rows.weights is None else rows.weights
    held_out = np.concatenate([out for _, out in folds])
    shares = weights[held_out] / weights[held_out].sum()
    candidates, means = [], np.empty((len(folds), len(Cs)))
    with row_threads():
        for place, C in enumerate(Cs):
            losses = []
            for number, point in enumerate(problem.optima(C)):
                out = folds[number][1]
                losses.append(problem.losses(number, point))
                means[number, place] = np.average(losses[-1], weights=weights[out])
            candidates.append(weighted_mean(C, np.concatenate(losses), shares))
            if on_candidate is not None:
                on_candidate(candidates[-1])
    return PathResult(tuple(candidates), means)


class _StandardProblem:
    """Rows of the standard objective and squared weights."""

    def __init__(self, rows: FitRows, folds: Sequence[Fold], *, fit_intercept: bool) -> None:
        everything = standard_objective(rows, fit_intercept=fit_intercept)
        self._folds = [everything.part(train) for train, _ in folds]
        # Copied once, not for each C.
        self._held_out = [everything.subset(out) for _, out in folds]
        self._points: list[Array] = []

    def optima(self, C: float) -> list[Array]:
        """
        Optimum of each fold's training rows for `C`, (M, p + 1), in the order of the folds, kept for the next
        call.

        The first fold starts from its own optimum for the last C, to the full tolerance; the others from
        theirs, moved as the first one moved. At the first call the first starts from the class frequencies,
        the others from its optimum. Fits of the others may be short of the tolerance after 1,000 steps,
        without a warning.
        """
        before = self._points
        start = before[0] if before else None
        first = minimise(self._folds[0].penalised(C), tol=_TOL, start=start)
        self._points = [first.point]
        tol = max(_TOL, _SHARE * first.iterations[-1].objective)
        for number, fold in enumerate(self._folds[1:], 1):
            start = before[number] + (first.point - before[0]) if before else first.point
            near = minimise_near(fold.penalised(C), start, first, tol=tol, max_iter=_FOLD_STEPS)
            self._points.append(near.point)
        return self._points

    def losses(self, number: int, point: Array) -> Array:
        """Cross-entropy in nats of each held-out row of the fold `number` at `point`, (M, p + 1)."""
        return self._held_out[number].row_losses(point)


class _GeneralProblem:
    """Elastic nets, and features or offsets that the standard objective does not take."""

    def __init__(self, rows: FitRows, folds: Sequence[Fold], l1_ratio: float, *, fit_intercept: bool) -> None:
        self._rows, self._l1_ratio, self._fit_intercept = rows, l1_ratio, fit_intercept
        self._folds = [self._part(train) for train, _ in folds]
        self._held_out = [self._part(out) for _, out in folds]
        self._points: list[Array] = []

    def optima(self, C: float) -> list[Array]:
        """
        Optimum of each fold's training rows for `C`, (M, p + 1), in their order, kept for the next call.

        Each fold starts from its own optimum for the last C; at the first call the first one starts from the
        class frequencies, the others from its optimum. A fit may be short of the tolerance after 1,000 steps,
        without a warning.
        """
        points: list[Array] = []
        for number, fold in enumerate(self._folds):
            start = self._points[number] if self._points else points[0] if points else None
            effort = Effort(_TOL, _FOLD_STEPS, start)
            points.append(general_solution(fold, C, self._l1_ratio, effort).point)
        self._points = points
        return points

    def losses(self, number: int, point: Array) -> Array:
        """Cross-entropy in nats of each held-out row of the fold `number` at `point`, (M, p + 1)."""
        part = self._held_out[number]
        return row_losses(part.logits(point).T, part.codes)

    def _part(self, rows: NDArray[np.intp]) -> LinearRows:
        """Rows with the numbers `rows`, as `LinearRows`."""
        return linear_rows(self._rows.subset(rows), fit_intercept=self._fit_intercept)
