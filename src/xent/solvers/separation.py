r"""
Separation of classes by a direction of the coefficients, found by linear programs on few rows.

A direction :math:`d` separates if :math:`(d_{y_i} - d_k) x_i \ge 0` for every row i and class k, and not all
of these margins are 0: the likelihood then rises along :math:`d` for ever, so its maximum lies at infinity.
If some direction has only margins > 0 the separation is complete, else quasi-complete.

Most rows decide nothing, so a program starts with a few, and rows that its solution violates are added. If
the program finds nothing on some rows, nothing separates all of them.

Source: Konis, K. (2007). Linear programming algorithms for detecting separated data in binary logistic
regression models. Thesis, Oxford.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from xent.solvers.margins import MarginRows

__all__ = ["SeparatingColumn", "Separation", "separation"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Tolerance of the programs' solver, for columns scaled to a range of 1 and directions within -1 .. 1.
_TOLERANCE = 1e-7
_LEAST_ROWS = 200
# Eigenvalue of rows' second moments, relative to the largest, up to which they have no margin along its axis.
_NULL = 1e-10
# Programs solved before the rows are given to the solver all at once.
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class SeparatingColumn:
    """
    Feature that separates classes.

    Parameters
    ----------
    column : int
        Index of the feature.
    classes : tuple of int
        Codes, ascending. Under complete separation each class whose values of the feature all lie above, or
        all below, those of the others; under quasi-complete separation those towards which the feature grows,
        or those away from which it grows if they are fewer.
    """

    column: int
    classes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Separation:
    """
    Kind of a separation, with the columns whose coefficients are infinite.

    Parameters
    ----------
    complete : bool
        True if a direction separates every row from every other class, False if only some rows.
    columns : tuple of SeparatingColumn
        Features that separate, in their order; see `separation`. Empty if no single feature does.
    """

    complete: bool
    columns: tuple[SeparatingColumn, ...]


def separation(
    X: Array, codes: NDArray[np.intp], n_classes: int, *, fit_intercept: bool, complete: bool | None = None
) -> Separation | None:
    """
    Separation of the classes of rows, or None if they overlap.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features of rows of positive weight.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        Number of classes K, each with a row.
    fit_intercept : bool
        True if the model has intercepts.
    complete : bool, optional
        True if the separation is known to be complete, which saves all programs and is not checked; False and
        None if nothing is known.

    Returns
    -------
    Separation or None
        Kind and columns, by rising number.

    Raises
    ------
    ArithmeticError
        If HiGHS gives up on a linear program.

    Notes
    -----
    **Complete separation.** Every coefficient is then infinite, so only features that separate a class from
    all others by themselves are named.

    **Quasi-complete separation.** Every coefficient that is infinite in some solution is found: pairs of a
    row and a class with a margin > 0 are removed, and the others are searched again, until no direction is
    left.

    **Numerics.** Margins below 1e-7 of the range of the columns count as 0.
    """
    if complete:
        return Separation(complete=True, columns=tuple(_lone_columns(X, codes, n_classes)))
    rows = MarginRows.of(X, codes, n_classes, fit_intercept=fit_intercept)
    columns: dict[int, SeparatingColumn] = {}
    directions = _directions(rows)
    first = next(directions, None)
    if first is None:
        return None
    if _has_positive_margins(rows):
        return Separation(complete=True, columns=tuple(_lone_columns(X, codes, n_classes)))
    for direction in itertools.chain([first], directions):
        for one in _separating_columns(direction[:, : X.shape[1]]):
            columns.setdefault(one.column, one)
    return Separation(complete=False, columns=tuple(columns[j] for j in sorted(columns)))


def _lone_columns(X: Array, codes: NDArray[np.intp], n_classes: int) -> Iterator[SeparatingColumn]:
    """
    Features of `X`, (n, p), that separate a class from all others by themselves, ascending, with these
    classes.

    The values of such a class are all greater, or all less, than every value of the other classes.
    """
    least = np.stack([X[codes == k].min(axis=0) for k in range(n_classes)])
    largest = np.stack([X[codes == k].max(axis=0) for k in range(n_classes)])
    for j in range(X.shape[1]):
        apart = tuple(
            k
            for k in range(n_classes)
            if (others := np.arange(n_classes) != k).any()
            and (least[k, j] > largest[others, j].max() or largest[k, j] < least[others, j].min())
        )
        if apart:
            yield SeparatingColumn(j, apart)


def _directions(rows: MarginRows) -> Iterator[Array]:
    """
    Separating directions, (K - 1, P), each for the pairs whose margins all directions before left at 1e-7 or
    less.

    A pair is a row and another class than its own, its margin the logit of the own class less that of the
    other along the direction. Nothing is yielded if the classes overlap. Raises `ArithmeticError` if HiGHS
    gives up.
    """
    open_pairs = rows.pairs()
    while open_pairs.any():
        direction = _separating_direction(rows, open_pairs)
        if direction is None:
            return
        open_pairs &= ~(rows.margins(direction) > _TOLERANCE)
        yield direction


def _separating_columns(direction: Array) -> Iterator[SeparatingColumn]:
    """
    Columns, ascending, in which the coefficients of the classes differ along `direction`, (K - 1, p).

    `direction` has the coefficients of all classes but the first, which has 0, and no intercepts. Each column
    has the classes of the largest coefficient or, if they are more than half of all, the other classes.
    Differences up to 1e-7 of the largest coefficient do not count.
    """
    per_class = np.vstack([np.zeros(direction.shape[1]), direction])
    slack = _TOLERANCE * np.abs(direction).max(initial=0)
    for j in np.flatnonzero(np.ptp(per_class, axis=0) > slack):
        top = per_class[:, j] >= per_class[:, j].max() - slack
        fewer = top if 2 * top.sum() <= len(top) else ~top
        yield SeparatingColumn(int(j), tuple(int(k) for k in np.flatnonzero(fewer)))


def _separating_direction(rows: MarginRows, open_pairs: Flags) -> Array | None:
    """
    Direction, (K - 1, P), of margins >= 0 on `open_pairs`, (n, K), one of them above 1e-7; None if there is
    none.

    `open_pairs` is True for a row and a class, not its own, whose margin, the logit of the own class less
    that of the other, counts. Margins above -1e-7 pass. The direction's sum of margins is the greatest on the
    rows that the last program read, not on all. Coefficients lie in -1 .. 1. Raises `ArithmeticError` if
    HiGHS gives up.
    """
    chosen = rows.first(open_pairs, _LEAST_ROWS)
    for attempt in itertools.count():
        if attempt == _ROUNDS:
            chosen[:] = True
        matrix = rows.matrix(open_pairs & chosen[:, None])
        cost = -np.asarray(matrix.sum(axis=0)).ravel()
        # Without bounds the program would be unbounded; a multiple of a direction separates the same rows.
        found = _solved(cost / max(1.0, float(np.abs(cost).max())), matrix, bounds=(-1, 1))
        direction = found.reshape(rows.shape)
        margins = np.where(open_pairs, rows.margins(direction), np.inf)
        if not (np.isfinite(margins) & (margins > _TOLERANCE))[chosen].any():
            unseen = np.where(open_pairs & ~chosen[:, None], rows.margins(_blind_direction(rows, matrix)), 0)
            largest = np.abs(unseen).max(axis=1)
            if not (largest > _TOLERANCE).any():
                return None
            _add_worst(chosen, -largest, largest > _TOLERANCE)
            continue
        least = margins.min(axis=1)
        violated = (least < -_TOLERANCE) & ~chosen
        if not violated.any():
            return direction
        _add_worst(chosen, least, violated)
    return None  # pragma: no cover - the loop ends once all rows are chosen


def _blind_direction(rows: MarginRows, matrix: Any) -> Array:
    """
    Direction, (K - 1, P), along which no row of `matrix` has a margin, as along a level that none of them
    has.

    ``matrix @ direction.ravel()`` are the margins of some pairs of a row and a class, as `MarginRows.matrix`
    makes it. The direction is a random, always equal one of all such, so that it has margins on each row on
    which any of them has. Without any such direction the result is 0.
    """
    values, axes = np.linalg.eigh((matrix.T @ matrix).toarray())
    free = axes[:, values <= _NULL * max(float(values[-1]), np.finfo(float).tiny)]
    direction = free @ np.random.default_rng(0).normal(size=free.shape[1])
    return np.asarray(direction / max(float(np.abs(direction).max()), 1.0)).reshape(rows.shape)


def _has_positive_margins(rows: MarginRows) -> bool:
    """
    True if some direction has only margins above 1e-7, so that the classes are completely separated.

    A margin is the logit of a row's own class less that of another, along the direction, whose coefficients
    lie in -1 .. 1. Raises `ArithmeticError` if HiGHS gives up.
    """
    pairs = rows.pairs()
    chosen = rows.first(pairs, _LEAST_ROWS)
    while True:
        matrix = rows.matrix(pairs & chosen[:, None], least_margin=True)
        cost = np.zeros(matrix.shape[1])
        cost[-1] = -1
        found = _solved(cost, matrix, bounds=[(-1, 1)] * (len(cost) - 1) + [(None, 1)])
        greatest = float(found[-1])
        if greatest <= _TOLERANCE:
            return False
        least = np.where(pairs, rows.margins(found[:-1].reshape(rows.shape)), np.inf).min(axis=1)
        violated = (least < greatest - _TOLERANCE) & ~chosen
        if least.min() > _TOLERANCE or not violated.any():
            return bool(least.min() > _TOLERANCE)
        _add_worst(chosen, least, violated)


def _solved(cost: Array, matrix: Any, *, bounds: Any) -> Array:
    """
    Point of least ``cost @ point`` with ``matrix @ point >= 0`` within `bounds`, those of
    `scipy.optimize.linprog`.

    Raises `ArithmeticError` if HiGHS gives up.
    """
    found = linprog(cost, A_ub=-matrix, b_ub=np.zeros(matrix.shape[0]), bounds=bounds, method="highs")
    if found.x is None:
        # The programs are feasible (0 is a point) and bounded: HiGHS itself gave up.
        raise ArithmeticError(f"HiGHS solved no linear program of separation: {found.message}")
    return np.asarray(found.x)


def _add_worst(chosen: Flags, least: Array, violated: Flags) -> None:
    """
    Add to `chosen`, (n,), in place the `violated` rows of smallest `least`, (n,), doubling it at most.

    If `chosen` has fewer than 200 rows, 200 are added, or all violated ones.
    """
    worst = np.flatnonzero(violated)
    worst = worst[np.argsort(least[worst], kind="stable")]
    chosen[worst[: max(_LEAST_ROWS, int(chosen.sum()))]] = True
