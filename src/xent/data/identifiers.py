"""Identifiers: whole numbers that number or name the rows and measure nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import whole_numbers

__all__ = ["identifier_reason", "named_like_an_id", "reason_of_whole_numbers"]

Whole = NDArray[np.int64] | NDArray[np.uint64]
# Shorter runs of 1, 2, 3, ... are often doses or years: they are row numbers only if the name says so.
_LONG_RUN = 50
_FEWEST = 3
_WHOLE_NAMES = {"", "index", "row", "row_id", "rownames", "unnamed: 0", "no", "nr", "key", "pk"}
_FIRST_OR_LAST_WORDS = {"id", "ids", "uuid", "guid", "identifier", "idx", "serial"}
_LAST_WORDS = {"no", "nr", "number", "num", "key"}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A run of years is a time, not an identifier.
_FIRST_YEAR, _LAST_YEAR = 1500, 2200
# Unique numbers that fill half of their range are not random.
_LEAST_DENSITY = 0.5


def named_like_an_id(name: str) -> bool:
    """
    True if a column's name is or holds a word for an identifier, such as id, key or number.

    The words id, ids, uuid, guid, identifier, idx and serial count at the beginning and the end of the name;
    no, nr, number, num and key only at the end, after another word. The whole name may also be index, row,
    row_id, rownames, "unnamed: 0", no, nr, key or pk, or empty. Case, and what separates the words, do not
    count.

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
    Reason for taking the whole numbers in `column` for an identifier; "" if the column is not an identifier.

    An identifier holds at least three numbers, all distinct, and either has a name like an id or is as dense
    as row numbers are: at least 50 numbers that fill half of their range, unless this lies in 1500 to 2200,
    as years do. Missing cells are ignored. The reason is "numbers the rows" if the numbers count up from 0 or
    1, row by row, and no cell is missing, else "unique whole numbers, named like an id" or, for another name,
    "unique whole numbers, spaced like row numbers".
    """
    if len(column) - column.null_count < _FEWEST:
        return ""
    values = whole_numbers(column)
    low, high = int(values.min()), int(values.max())
    return reason_of_whole_numbers(
        name,
        (len(values), column.null_count),
        (low, high),
        is_unique=lambda: _unique(values, low, high),
        # With the range: differences of whole numbers wrap around.
        is_run=lambda: high - low == len(values) - 1 and bool(np.all(np.diff(values) == 1)),
    )


def reason_of_whole_numbers(
    name: str,
    counts: tuple[int, int],
    limits: tuple[int, int],
    *,
    is_unique: Callable[[], bool],
    is_run: Callable[[], bool],
) -> str:
    """
    `identifier_reason` of the whole numbers of a column by some facts; "" if it is not an identifier.

    Parameters
    ----------
    name : str
        Name of the column.
    counts : tuple of int
        Number of cells with a number, and of missing ones.
    limits : tuple of int
        Least and largest number; not read for fewer than three numbers.
    is_unique, is_run : callable
        Functions that return True if all numbers are distinct, and if each is the one before plus 1; they are
        called only where the result depends on them.

    Returns
    -------
    str
        "numbers the rows" for a run from 0 or 1 without missing cells, else "unique whole numbers, named like
        an id" or "unique whole numbers, spaced like row numbers"; "" for other columns.
    """
    known, missing = counts
    low, high = limits
    if known < _FEWEST:
        return ""
    named = named_like_an_id(name)
    dense = known >= _LONG_RUN and high - low + 1 <= known / _LEAST_DENSITY
    dense = dense and not (low >= _FIRST_YEAR and high <= _LAST_YEAR)
    if not (named or dense) or not is_unique():
        return ""
    if low in {0, 1} and not missing and is_run():
        return "numbers the rows"
    return (
        "unique whole numbers, named like an id" if named else "unique whole numbers, spaced like row numbers"
    )


def _unique(values: Whole, low: int, high: int) -> bool:
    if high - low <= 4 * len(values):
        # As uint64 they could not be counted.
        return int(np.bincount((values - values.min()).astype(np.int64)).max()) == 1
    return len(np.unique(values)) == len(values)
