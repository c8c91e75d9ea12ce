"""
Distinct counts of a sample and the number of categories with each: a sufficient summary for an entropy.

A million categories have few distinct counts (at most ``sqrt(2 n)`` for n observations), so estimators
evaluate each distinct count once and multiply by the number of categories that have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xent.arrays import check_dtype, check_values, checked_integer, numpy_array
from xent.errors import DomainError, ShapeError
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.logarithm_base import nats_per_unit

__all__ = ["CountSpectrum", "Floats", "count_spectrum", "whole_counts"]

Floats = NDArray[np.float64]

# Largest n for which all whole numbers up to n are exact in 64-bit floats.
_LARGEST = 2**53
_LARGEST_SUM = 2**63


@dataclass(frozen=True)
class CountSpectrum:
    """
    Distinct positive counts and the number of categories with each.

    Parameters
    ----------
    counts, multiplicities : ndarray of shape (D,)
        Distinct counts, and the number of categories with each; whole numbers, as floats.
    n : int
        Number of observations: the sum of all counts.
    K : int
        Number of categories, observed or not.
    """

    counts: Floats
    multiplicities: Floats
    n: int
    K: int

    @property
    def observed(self) -> int:
        """Number of categories with a count above 0."""
        return int(self.multiplicities.sum())

    @property
    def rest(self) -> Floats:
        """For each distinct count, the number of observations in all other categories."""
        return self.n - self.counts

    def categories_with(self, count: int) -> int:
        """Number of categories that were observed exactly `count` > 0 times."""
        return int(self.multiplicities[self.counts == count].sum())

    def mean(self, terms: Floats) -> float:
        """Mean over the observations of `terms`, which hold one value for each distinct count."""
        return float(np.sum(self.multiplicities * self.counts * terms) / self.n)

    def all_cells(self) -> tuple[Floats, Floats]:
        """Distinct counts and multiplicities of all K categories, including the count 0."""
        return np.append(self.counts, 0.0), np.append(self.multiplicities, float(self.K - self.observed))

    def estimate(
        self, nats: float, error: float | None, *, method: str, base: float | None, caller: str
    ) -> EntropyEstimate:
        """
        Result of `method`, with `nats` and `error` converted to the unit of `base`.

        `error` None means that the method has no standard error; `base` None means nats. Raises `DomainError`
        for an invalid `base`, and `DTypeError` for one that is not a number.
        """
        unit = nats_per_unit(base, caller=caller)
        scaled = None if error is None else float(error) / unit
        return EntropyEstimate(float(nats) / unit, scaled, self.K, self.n, method)


def count_spectrum(
    counts: ArrayLike, *, K: SupportsIndex | None, caller: str, needs_K: bool = False
) -> CountSpectrum:
    """
    Distinct positive `counts`, the number of categories that have each, their sum n, and the number K.

    K is the number of possible categories: `K`, or for None that of positive counts, unless `needs_K`. Raises
    `DTypeError` if `counts` are not real numbers or `K` is not an integer, `ShapeError` for counts of other
    than one axis, and `DomainError` for a count that is negative, fractional, not finite, masked or above
    2**53, for a sum of 2**63 or more, if all are 0 or none is given, and for a `K` below the number of
    positive counts, or None with `needs_K`.
    """
    positive = whole_counts(counts, caller=caller)
    positive = positive[positive > 0]
    n = int(positive.sum())
    if n == 0:
        raise DomainError(caller, "counts", "hold at least one observation", got="none")
    # Estimators sum over distinct counts, of which there are at most sqrt(2 n).
    distinct, multiplicities = np.unique(positive, return_counts=True)
    total = _category_number(K, len(positive), caller=caller, needs_K=needs_K)
    return CountSpectrum(distinct.astype(np.float64), multiplicities.astype(np.float64), n, total)


def whole_counts(counts: ArrayLike, *, caller: str, argument: str = "counts") -> NDArray[np.int64]:
    """
    `counts` as an array of integers, which messages call `argument`.

    Raises `DTypeError` for numbers that are not real, `ShapeError` for other than one axis, `DomainError` for
    an empty array, for an entry that is negative, fractional, not finite, masked or above 2**53, and for a
    sum of 2**63 or more.
    """
    array = numpy_array(counts, caller=caller, argument=argument)
    if array.size == 0:
        raise DomainError(caller, argument, "hold at least one observation", got="none")
    if array.ndim != 1:
        hint = f"Counts are one number for each category; flatten a table with `{argument}.ravel()`."
        raise ShapeError(caller, argument, "have one axis", got=f"shape {array.shape}", hint=hint)
    check_dtype(array, ("integral", "real floating"), caller=caller, argument=argument, xp=np)
    # In 16 bits 2**53 overflows to infinity, and the comparison below would accept an infinite count.
    array = array if array.dtype.kind in "iu" else array.astype(np.float64)
    check_values(array, lambda x: ~(x >= 0), "be >= 0", caller=caller, argument=argument, xp=np)
    hint = "Counts are numbers of observations; multiply relative frequencies by that number."
    check_values(
        array,
        lambda x: (x > _LARGEST) | (x != np.floor(x)),
        "be whole numbers up to 2**53",
        caller=caller,
        argument=argument,
        xp=np,
        hint=hint,
    )
    if array.sum(dtype=np.float64) >= _LARGEST_SUM:
        got = f"{array.sum(dtype=np.float64):.9g}"
        raise DomainError(caller, argument, "sum to less than 2**63", got=got)
    return array.astype(np.int64)


def _category_number(K: SupportsIndex | None, observed: int, *, caller: str, needs_K: bool) -> int:
    """
    Number of categories: `K`, or for None the `observed` number.

    Raises `DomainError` for None with `needs_K` and for a `K` below `observed`, `DTypeError` if `K` is
    neither None nor an integer.
    """
    if K is None:
        if needs_K:
            hint = (
                "The result depends on it. Pass `K=len(counts)` if every possible category has an entry, "
                f"or `K={observed}` to assume that no other exists."
            )
            raise DomainError(caller, "K", "be the number of possible categories", got="None", hint=hint)
        return observed
    number = checked_integer(K, "K", caller=caller)
    if number < observed:
        hint = "K counts all categories that could have been observed."
        rule = f"be at least {observed}, the number of categories with observations"
        raise DomainError(caller, "K", rule, got=str(number), hint=hint)
    return number
