"""Whole numbers that number or name the rows rather than measure something."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["identifier_reason", "named_like_an_id"]

Whole = NDArray[np.int64]
# Shorter runs of 1, 2, 3, ... are often doses or years: only a name that says so makes them row numbers.
_LONG_RUN = 50
_FEWEST = 3
_WHOLE_NAMES = {"", "index", "row", "row_id", "rownames", "unnamed: 0", "no", "nr", "key", "pk"}
_FIRST_OR_LAST_WORDS = {"id", "ids", "uuid", "guid", "identifier", "idx", "serial"}
_LAST_WORDS = {"no", "nr", "number", "num", "key"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A run of years is a time, not an identifier.
_FIRST_YEAR, _LAST_YEAR = 1500, 2200
# Unique draws that fill half of their range are not drawn at random.
_LEAST_DENSITY = 0.5


def named_like_an_id(name: str) -> bool:
    """
    True where a column's name says that it names things.

    Examples
    --------
    >>> [named_like_an_id(name) for name in ("customer_id", "userID", "Order no", "paid", "humidity")]
    [True, True, True, False, False]
    """
    words = [word.casefold() for word in _WORDS.findall(name)]
    if name.casefold().strip() in _WHOLE_NAMES:
        return True
    ends = {words[0], words[-1]} if words else set()
    return bool(ends & _FIRST_OR_LAST_WORDS) or (len(words) > 1 and words[-1] in _LAST_WORDS)


def identifier_reason(name: str, column: pa.ChunkedArray) -> str:
    """
    Why a column of whole numbers is an identifier; "" where it is none.

    Such numbers are unique in the whole table, and are named like an id or lie as densely as a
    count of rows does: at least 50 of them fill half of their range, which is not one of years.
    """
    if len(column) - column.null_count < _FEWEST:
        return ""
    named = named_like_an_id(name)
    # In int64 and not in float64, where identifiers beyond 2**53 would run together.
    values = column.drop_null().cast(pa.int64(), safe=False).to_numpy()
    low, high = int(values.min()), int(values.max())
    dense = len(values) >= _LONG_RUN and high - low + 1 <= len(values) / _LEAST_DENSITY
    dense = dense and not (low >= _FIRST_YEAR and high <= _LAST_YEAR)
    if not (named or dense) or not _unique(values, low, high):
        return ""
    if low in {0, 1} and not column.null_count and bool(np.all(np.diff(values) == 1)):
        return "numbers the rows"
    return (
        "unique whole numbers, named like an id" if named else "unique whole numbers, spaced like row numbers"
    )


def _unique(values: Whole, low: int, high: int) -> bool:
    if high - low <= 4 * len(values):
        return int(np.bincount(values - low).max()) == 1
    return len(np.unique(values)) == len(values)
