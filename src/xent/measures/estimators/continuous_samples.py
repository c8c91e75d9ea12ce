"""Checks, jitter and neighbour distances of the estimators from continuous samples."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xent.arrays import checked_integer, numpy_array
from xent.errors import DomainError, DTypeError, ShapeError
from xent.measures.estimators.count_spectrum import Floats
from xent.measures.estimators.rounded_samples import ROUNDING, spread_over_steps

__all__ = [
    "Jitter",
    "check_neighbours",
    "check_pairs",
    "jitter_source",
    "neighbours",
    "points",
    "refuse_ties",
    "within",
]


Jitter = float | Literal["rounding"]


def points(
    samples: ArrayLike,
    *,
    caller: str,
    argument: str,
    jitter: Jitter = 0.0,
    rng: np.random.Generator | None = None,
) -> Floats:
    """
    Checked samples of shape (n,) or (n, d) as 64-bit floats of shape (n, d).

    If `rng` is not None, normal noise of standard deviation `jitter` is added, or for ``"rounding"`` uniform
    noise of half a column's rounding step to either side: the step is the smallest difference of two distinct
    values, 0 in a constant column. Raises `DTypeError` for numbers that are not real, `ShapeError` for other
    shapes or if n or d is 0, `DomainError` for a number that is masked or not finite.
    """
    array = numpy_array(samples, caller=caller, argument=argument)
    if array.dtype.kind not in "iuf":
        raise DTypeError(caller, argument, "be real numbers", got=str(array.dtype))
    if array.ndim not in (1, 2) or array.size == 0:
        rule = "have shape (n,) or (n, d), with n and d above 0"
        raise ShapeError(caller, argument, rule, got=str(array.shape))
    array = array.astype(np.float64).reshape(len(array), -1)
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        first = tuple(int(i) for i in wrong[0])
        raise DomainError(caller, argument, "be finite", got=str(array[first]), index=first)
    if rng is None:
        return array
    if isinstance(jitter, str):
        return spread_over_steps(array, rng)
    return array + jitter * rng.standard_normal(array.shape)


def jitter_source(jitter: Any, seed: int | None, *, caller: str) -> np.random.Generator | None:
    """
    Random generator for `jitter`, seeded with `seed`; None if `jitter` is 0.

    Raises `DomainError` if `jitter` is neither ``"rounding"`` nor finite and >= 0, or is not 0 and there is
    no `seed`, and `DTypeError` for a `jitter` that is neither text nor a number, or a `seed` that is no
    integer; a negative `seed` raises `DomainError`.
    """
    if not isinstance(jitter, str | Real):
        raise DTypeError(caller, "jitter", f"be a number or {ROUNDING!r}", got=type(jitter).__name__)
    if jitter != ROUNDING and (isinstance(jitter, str) or not 0 <= float(jitter) < np.inf):
        raise DomainError(caller, "jitter", f"be finite and >= 0, or {ROUNDING!r}", got=repr(jitter))
    if jitter == 0:
        return None
    if seed is None:
        hint = "Pass an integer, so that the estimate can be repeated."
        raise DomainError(caller, "seed", "be given with `jitter`", got="None", hint=hint)
    return np.random.default_rng(checked_integer(seed, "seed", least=0, caller=caller))


def check_neighbours(k: int, n: int, *, caller: str) -> int:
    """`k` as an integer; raises `DTypeError` if it is none and `DomainError` outside ``1 .. n - 1``."""
    number = checked_integer(k, "k", caller=caller)
    if not 1 <= number < n:
        rule = f"lie in 1..{n - 1}, below the number of observations"
        raise DomainError(caller, "k", rule, got=str(number))
    return number


def check_pairs(x: NDArray[np.generic], y: NDArray[np.generic], *, caller: str) -> None:
    """Raise `ShapeError`, which blames `y`, if `x` and `y` differ in length."""
    if len(x) != len(y):
        hint = "Samples are paired by position."
        rule = f"have {len(x)} observations, as `x`"
        raise ShapeError(caller, "y", rule, got=str(len(y)), hint=hint)


def neighbours(samples: Floats, k: int, *, p: float = np.inf) -> tuple[Floats, NDArray[np.intp]]:
    """
    Distances and positions of the nearest neighbours of each observation, both of shape (n, k + 1).

    `samples` has shape (n, d), and `k` is below n, which is not checked. Column 0 is the observation itself,
    or one equal to it, column j its j-th nearest other observation, in the p-norm.
    """
    from scipy.spatial import cKDTree

    distances, positions = cKDTree(samples).query(samples, k=k + 1, p=p)
    return np.asarray(distances), np.asarray(positions)


def refuse_ties(distances: Floats, k: int, *, caller: str, argument: str) -> None:
    """
    Raise `DomainError` if one of the `distances`, (n,), of observations to their `k`-th neighbour is 0.

    The message blames `argument` and has the place of the first such observation.
    """
    tied = np.flatnonzero(distances == 0)
    if len(tied):
        rule = "have no ties: the distance of an observation to its k-th neighbour must be above 0"
        hint = (
            f"Ties mean that the data are rounded or discrete. Pass `jitter={ROUNDING!r}` with a `seed`, "
            "which spreads each value over its rounding step, or use an estimator for discrete samples."
        )
        got = f"{k + 1} equal observations, {len(tied)} times"
        raise DomainError(caller, argument, rule, got=got, index=(int(tied[0]),), hint=hint)


def within(samples: Floats, radii: Floats, *, strictly: bool) -> Floats:
    """
    Number of other observations within each observation's radius in the maximum norm, as floats of shape
    (n,).

    `samples` has shape (n, d), `radii` shape (n,). `strictly` True counts distances below the radius, False
    also those equal to it. A radius of 0 counts the equal observations in both cases.
    """
    from scipy.spatial import cKDTree

    # The tree counts distances equal to the radius, and so each observation itself.
    if strictly:
        radii = np.nextafter(radii, 0)
    found = cKDTree(samples).query_ball_point(samples, radii, p=np.inf, return_length=True)
    return np.asarray(found, dtype=np.float64) - 1
