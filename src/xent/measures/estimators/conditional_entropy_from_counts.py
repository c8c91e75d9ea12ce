"""Conditional entropy of one variable given another, from counts of pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from xent.arrays import check_unmasked
from xent.errors import DomainError, ShapeError

__all__ = ["conditional_entropy_from_counts"]

_CALLER = "conditional_entropy_from_counts"


def conditional_entropy_from_counts(counts: Any, given: Any) -> float:
    r"""
    Plug-in conditional entropy in nats, from the counts of the pairs that occur.

    Parameters
    ----------
    counts : array of shape (m,)
        Number of occurrences of each pair, whole numbers > 0.
    given : array of shape (m,)
        Value of the condition in each pair, such as the first symbol of a bigram: numbers or texts, not
        mixed, and not None. Number or join conditions of several symbols.

    Returns
    -------
    float
        Entropy of the other variable if the condition is known, >= 0; 0 if the condition determines it.

    Raises
    ------
    ShapeError
        If `counts` has not one axis, `given` has not one entry for each count, or there is no count.
    DomainError
        If a count is not a whole number > 0, or an entry is masked.

    See Also
    --------
    entropy_from_counts : Entropy of one variable, by estimators with less bias.

    Notes
    -----
    **Definition.** With the counts :math:`n_{ij}` of pairs, :math:`n_i = \sum_j n_{ij}` and their sum N,

    .. math:: -\sum_{ij} \frac{n_{ij}}{N} \log \frac{n_{ij}}{n_i}.

    **Gradient.** None: counts are whole numbers.

    **Edge cases.** The estimate is too low for few observations of many pairs: text of N words has at most N
    different pairs, and a source whose pairs all occur once has the estimate 0 if no first word repeats.

    **Numerics.** No term is negative, and a count that is nearly the whole of its condition keeps its digits:
    within 4 units in the last place.

    References
    ----------
    .. [1] Cover, T. M. and Thomas, J. A. (2006). Elements of Information Theory, 2nd ed., equation 2.10.

    Examples
    --------
    After "a" always comes "b", after "b" either.

    >>> round(conditional_entropy_from_counts([4, 2, 2], ["a", "b", "b"]) / float(np.log(2)), 6)
    0.5
    """
    for argument, array in (("counts", counts), ("given", given)):
        check_unmasked(array, caller=_CALLER, argument=argument)
    numbers, conditions = np.asarray(counts), np.asarray(given)
    if numbers.ndim != 1 or not len(numbers):
        raise ShapeError(_CALLER, "counts", "have shape (m,), m > 0", got=str(numbers.shape))
    if conditions.shape != numbers.shape:
        raise ShapeError(_CALLER, "given", f"have shape {numbers.shape}", got=str(conditions.shape))
    bad = np.flatnonzero(~((numbers > 0) & (numbers == np.floor(numbers))))
    if len(bad):
        got = f"{numbers[bad[0]]}, first at index {bad[0]}"
        raise DomainError(_CALLER, "counts", "be whole numbers > 0", got=got)
    place = np.unique(conditions, return_inverse=True)[1]
    numbers = numbers.astype(np.float64)
    whole = np.bincount(place, weights=numbers)[place]
    # The quotient of two nearly equal numbers has few digits beyond its 1.
    return float(numbers @ np.log1p((whole - numbers) / numbers) / numbers.sum())
