"""
Search for the penalty strength with the least cross-validated cross-entropy.

C is the variance of the Gaussian prior that the penalty stands for, so its best value hardly
depends on the number of rows: large tables are searched on a sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DataError
from xent.scoring.whole_groups import deal_groups
from xent.solvers.maximum_likelihood import minimise
from xent.solvers.neighbour import minimise_near
from xent.solvers.objective import Objective
from xent.solvers.solution import Solution
from xent.solvers.threads import one_blas_thread

__all__ = ["PenaltyCandidate", "PenaltySearch", "search_penalty", "search_sample", "weighted_mean"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_FOLDS = 5
# Rows of the search: enough to tell penalties apart, few enough that the search takes no longer than
# a few fits. A row costs as many products as there are coefficients.
_MOST_ROWS = 20_000
_LEAST_ROWS = 2_000
_MOST_PRODUCTS = 10_000_000
_FURTHEST = 6  # decades from C = 1
# Tolerance of the fits in nats per row. Folds start at the optimum of all rows, which has seen what is left
# out: at 1e-4 they stay so near that weak penalties look better by 1e-3 nats, as much as neighbouring values
# differ. At 1e-7 losses are within 2e-4 nats of those of exact fits, for an eighth to a third more time.
_TOL = 1e-7
_FOLD_STEPS = 300


@dataclass(frozen=True, slots=True)
class PenaltyCandidate:
    """
    Cross-validated loss of one C.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty.
    cross_entropy : float
        Weighted mean cross-entropy of the left-out rows, in nats.
    standard_error : float
        Standard error of that mean.
    with_one_error : float
        That mean if one more row had been left out and had another class than the model expects, by which
        the values of C are compared: see `search_penalty`.
    """

    C: float
    cross_entropy: float
    standard_error: float
    with_one_error: float


@dataclass(frozen=True, slots=True)
class PenaltySearch:
    """
    Result of a search for C.

    Parameters
    ----------
    C : float
        Value with the least cross-validated cross-entropy, one wrong row included.
    candidates : tuple of PenaltyCandidate
        All values that were tried, by rising C.
    rows : int
        Number of rows they were compared on.
    """

    C: float
    candidates: tuple[PenaltyCandidate, ...]
    rows: int


def search_penalty(
    problem: Objective,
    *,
    groups: Codes | None = None,
    on_trial: Callable[[float], None] | None = None,
    on_candidate: Callable[[PenaltyCandidate], None] | None = None,
) -> PenaltySearch:
    r"""
    Value of C with the least 5-fold cross-validated cross-entropy, to within half a decade.

    From C = 1 and 0.1 the search follows the decades downhill until the loss rises, at most to 1e6 or 1e-6.
    Each fit starts from that of the nearest C. Then the half decades on both sides of the best are tried.

    Parameters
    ----------
    problem : Objective
        Problem with all rows; its own penalty is ignored.
    groups : ndarray of shape (n,), optional
        Group of each row, 0 .. G-1; folds consist of whole groups. None means that each row stands alone.
    on_trial : callable, optional
        Called with each C before it is tried.
    on_candidate : callable, optional
        Called with each `PenaltyCandidate` after it is tried.

    Returns
    -------
    PenaltySearch
        Best C, and all candidates.

    Raises
    ------
    DataError
        If every class lies in one fold, so that no row can be left out.

    Notes
    -----
    Of large problems at most 2,000 to 20,000 rows are compared, the fewer the more coefficients, but for rare
    classes. Values are compared by `PenaltyCandidate.with_one_error`. Rows of a class that lies in one fold
    are never left out and do not count.
    """
    rows, fold_of = stratified_folds(problem.codes, problem.n_classes, _most_rows(math.prod(problem.shape)))
    if groups is not None:
        fold_of = deal_groups(problem.codes[rows], groups[rows], [1 / _FOLDS] * _FOLDS, seed=0)
    fold_of = without_lone_classes(problem.codes[rows], fold_of)
    if fold_of.max() < 0:
        rule = 'have a class with rows in two folds, which C="auto" compares'
        hint = "Give a number for C, which needs no cross-validation."
        raise DataError("LogisticRegression.fit", "y", rule, got="no such class", hint=hint)
    folds = _Folds(problem.subset(rows), fold_of)
    tried: list[PenaltyCandidate] = []
    with one_blas_thread():
        for C in _climb(tried):
            if on_trial is not None:
                on_trial(C)
            tried.append(folds.cross_validate(C))
            if on_candidate is not None:
                on_candidate(tried[-1])
    tried.sort(key=lambda candidate: candidate.C)
    return PenaltySearch(_best(tried).C, tuple(tried), len(rows))


def search_sample(codes: Codes, n_classes: int, n_coefficients: int) -> Codes:
    """Numbers, ascending, of the rows that `search_penalty` would use for a model of so many coefficients."""
    return np.sort(stratified_folds(codes, n_classes, _most_rows(n_coefficients))[0])


def _most_rows(n_coefficients: int) -> int:
    """
    Number of rows that a search for `n_coefficients` uses at most, but for rare classes: 2,000 to
    20,000.
    """
    return min(_MOST_ROWS, max(_LEAST_ROWS, _MOST_PRODUCTS // n_coefficients))


class _Folds:
    """Folds of a problem (-1 for rows that are never left out), and its optimum for each C that was tried."""

    def __init__(self, problem: Objective, fold_of: Codes) -> None:
        self.problem, self.fold_of = problem, fold_of
        self.points: dict[float, Array] = {}

    def cross_validate(self, C: float) -> PenaltyCandidate:
        """
        Cross-validated loss of `C` over the rows that are left out once, each by the fit to the other folds.

        Rows of fold -1 are always fitted and not judged. The fit of `C` to all rows, started from that of the
        nearest C so far, is kept in `points`; those of the folds start from it. The mean has the weights of
        the judged rows.
        """
        # Fit all rows first: their optimum and curvature are close to those of each fold.
        nearest = min(self.points, key=lambda other: abs(math.log(other / C)), default=None)
        start = None if nearest is None else self.points[nearest]
        whole = minimise(self.problem.penalised(C), tol=_TOL, start=start)
        self.points[C] = whole.point
        losses = np.empty(len(self.fold_of))
        judged = self.fold_of >= 0
        for fold in np.unique(self.fold_of[judged]):
            out = self.fold_of == fold
            point = self._fold_point(np.flatnonzero(~out), C, whole)
            losses[out] = self.problem.subset(np.flatnonzero(out)).row_losses(point)
        weights = self.problem.weights[judged]
        return weighted_mean(C, losses[judged], weights / weights.sum())

    def _fold_point(self, rows: Codes, C: float, whole: Solution) -> Array:
        """
        Optimum, (M, p + 1), on the rows with numbers `rows`, started and preconditioned with the solution
        `whole`.

        It may be short of the tolerance after 300 steps, without a warning.
        """
        part = self.problem.subset(rows).penalised(C)
        return minimise_near(part, whole.point, whole, tol=_TOL, max_iter=_FOLD_STEPS).point


def without_lone_classes(codes: Codes, fold_of: Codes) -> Codes:
    """
    Copy of `fold_of`, (n,), with -1, never left out, for the rows of each class that lies in one fold.

    `codes`, (n,), are the classes. Left out, that fold would leave the class without a training row and give
    its rows a probability of 0, a loss that no C changes and that would drown all others. All are -1 if every
    class lies in one fold.
    """
    fold_of = fold_of.copy()
    for k in np.unique(codes):
        own = codes == k
        if len(np.unique(fold_of[own])) == 1:
            fold_of[own] = -1
    return fold_of


def weighted_mean(C: float, losses: Array, weights: Array) -> PenaltyCandidate:
    """
    Weighted mean of finite `losses`, (n,), in nats, its standard error, and the mean with one more row that
    is wrong.

    `C` is only recorded. `weights`, (n,), sum to 1. The error is ``sqrt(sum(weights**2 * (losses -
    mean)**2))``. The last is ``(n * mean + wrong) / (n + 1)``, where wrong is the cost of a class other than
    the model expects: the weighted mean of ``-log(1 - exp(-loss))``, ``inf`` if the loss of a row with weight
    is 0. Rows of weight 0 count in n alone.
    """
    mean = float(weights @ losses)
    counted = weights > 0
    with np.errstate(divide="ignore"):
        # The surprisal of all other classes together, from that of the true class.
        wrong = float(weights[counted] @ -np.log(-np.expm1(-losses[counted])))
    n = len(losses)
    error = math.sqrt(float(weights**2 @ (losses - mean) ** 2))
    return PenaltyCandidate(C, mean, error, (n * mean + wrong) / (n + 1))


def _climb(tried: list[PenaltyCandidate]) -> Iterator[float]:
    """
    Values of C to try: 1 and 0.1, then decades from the better on until one is worse, at most to 1e6 or 1e-6.

    Then come the half decades below and above the best. The caller appends each result to `tried`, empty at
    first, before it asks for the next value; the mean with one more wrong row is compared.
    """
    decades = {0, -1}
    yield 1.0
    yield 0.1
    way = 1 if _best(tried).C == 1 else -1
    while (exponent := _exponent(_best(tried)) + way) not in decades and abs(exponent) <= _FURTHEST:
        decades.add(exponent)
        yield 10.0**exponent
    exponent = _exponent(_best(tried))
    yield 10.0 ** (exponent - 0.5)
    yield 10.0 ** (exponent + 0.5)


def _exponent(candidate: PenaltyCandidate) -> int:
    """Decimal logarithm of a candidate's C, rounded to a whole number."""
    return round(math.log10(candidate.C))


def _best(tried: list[PenaltyCandidate]) -> PenaltyCandidate:
    """Candidate with the least cross-entropy, one wrong row included; the first of a tie."""
    return min(tried, key=lambda candidate: candidate.with_one_error)


def stratified_folds(codes: Codes, n_classes: int, most: int) -> tuple[Codes, Codes]:
    """
    Numbers of the rows to use, about `most` or fewer, class by class, and the fold of each, 0 .. 4.

    `codes`, (n,), are classes 0 .. `n_classes` - 1. Rows within a class come in random order, always the
    same, and every class is spread evenly over the folds. At least ten rows of each class are kept, or all if
    it has fewer, which may exceed `most`.
    """
    rng = np.random.default_rng(0)
    rows, folds = [], []
    keep = min(1.0, most / len(codes))
    offset = 0
    for k in range(n_classes):
        members = rng.permutation(np.flatnonzero(codes == k))
        members = members[: max(math.ceil(keep * len(members)), min(len(members), 2 * _FOLDS))]
        rows.append(members)
        # Each class continues with the fold after the last one used, so the folds have equal sizes too.
        folds.append((np.arange(len(members)) + offset) % _FOLDS)
        offset += len(members)
    return np.concatenate(rows), np.concatenate(folds)
