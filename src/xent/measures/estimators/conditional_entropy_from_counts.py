"""Conditional entropy of one variable given another, from counts of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import check_values, numpy_array
from xent.errors import DTypeError, ShapeError
from xent.measures.estimators.category_codes import category_codes
from xent.measures.estimators.count_spectrum import whole_counts

__all__ = ["conditional_entropy_from_counts"]

_CALLER = "conditional_entropy_from_counts"


def conditional_entropy_from_counts(counts: Any, given: Any) -> float:
    r"""
    Plug-in conditional entropy in nats, from the counts of the pairs that occur.

    Parameters
    ----------
    counts : array of shape (m,)
        Number of occurrences of each pair, whole numbers > 0; a pair must be listed once only.
    given : array of shape (m,)
        Value of the condition in each pair, such as the first symbol of a bigram: numbers, or texts and
        other hashables, equal as in Python: ``1`` is not ``"1"``. Join several symbols into tuples.

    Returns
    -------
    float
        Entropy of the other variable if the condition is known, >= 0; 0 if the condition determines it.

    Raises
    ------
    ShapeError
        If `counts` has not one axis, `given` has not one entry for each count, or there is no count.
    DTypeError
        If counts are not real numbers, `given` is a mapping or not iterable, or entries of it are not
        hashable, complex, or floats beside texts.
    DomainError
        If a count is not a whole number > 0, at most 2**53, the counts sum to 2**63 or more, or an entry is
        masked or a condition is nan.

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
    array = numpy_array(counts, caller=_CALLER, argument="counts")
    if array.ndim != 1 or not len(array):
        raise ShapeError(_CALLER, "counts", "have shape (m,), m > 0", got=str(array.shape))
    whole_numbers = whole_counts(array, caller=_CALLER)
    check_values(
        whole_numbers, lambda n: n == 0, "be whole numbers > 0", caller=_CALLER, argument="counts", xp=np
    )
    place = _codes(given, array.shape)
    numbers = whole_numbers.astype(np.float64)
    whole = np.bincount(place, weights=numbers)[place]
    # The quotient of two nearly equal numbers has few digits beyond its 1.
    return float(numbers @ np.log1p((whole - numbers) / numbers) / numbers.sum())


def _codes(given: Any, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """
    Code >= 0 of each condition in `given`, equal where the conditions are equal; codes may leave gaps.

    Real numbers may be floats. Raises `ShapeError` unless there are conditions of the given `shape`,
    `DomainError` for nan or a masked entry, and `DTypeError` for a mapping, for complex numbers, for floats
    beside texts or other objects, for conditions that are not hashable, and for an argument that is not
    iterable.
    """
    array = _conditions(given)
    if array.shape != shape:
        raise ShapeError(_CALLER, "given", f"have shape {shape}", got=str(array.shape))
    if array.dtype.kind == "f" or (array.dtype.kind == "O" and all(isinstance(one, Real) for one in array)):
        check_values(array, lambda x: x != x, "not be nan", caller=_CALLER, argument="given", xp=np)  # noqa: PLR0124
        return np.unique(array, return_inverse=True)[1]
    return category_codes(array, caller=_CALLER, argument="given").codes


def _conditions(given: Any) -> NDArray[Any]:
    """
    Conditions as an array: that of `given`, of any shape, or Python objects on one axis from a sequence.

    Raises `DTypeError` for an argument that is not iterable, and for a mapping; `DomainError` for a masked
    entry.
    """
    if hasattr(given, "__array__") or isinstance(given, Mapping):
        return numpy_array(given, caller=_CALLER, argument="given")
    try:
        entries = list(given)
    except TypeError:
        name = type(given).__name__
        raise DTypeError(_CALLER, "given", "hold one condition for each count", got=name) from None
    # Not np.asarray: it converts 1 beside "1" to text, and integers beside a float to float64.
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array
