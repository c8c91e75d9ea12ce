"""Columns that alone determine the class of a row, as a copy of the target does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import day_numbers, is_instant, is_number, numbers, text_codes

__all__ = ["determining_columns"]

Codes = NDArray[np.integer[Any]]
Array = NDArray[np.float64]

# Share of the errors of guessing to be removed: in any table, or where no other column comes near.
_NEARLY_ALL, _MOST, _OTHERS = 0.97, 0.9, 0.7
# With fewer rows outside the commonest class a column among many removes their errors by chance.
_FEWEST_ERRORS = 10


def determining_columns(table: pa.Table, codes: Codes) -> tuple[tuple[str, float], ...]:
    """
    Columns that nearly determine the class, each with the share of errors of guessing that it removes.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of numbers, dates, truth values or text.
    codes : ndarray of shape (n,)
        Class of each row, an integer >= 0.

    Returns
    -------
    tuple of (str, float)
        Columns that remove at least 97 % of the errors of always guessing the commonest class, or at least
        90 % where no other column removes 70 %. Empty if fewer than ten rows are of other classes.

    Notes
    -----
    A row is guessed from the other rows with an equal cell by majority, and from the row of nearest number if
    there are none [1]_; missing cells are equal. Each row is left out when it is guessed itself.

    References
    ----------
    .. [1] Holte, R. C. (1993). Very simple classification rules perform well on most commonly used datasets.
       Machine Learning 11, 63-91.

    Examples
    --------
    >>> table = pa.table({"alive": ["no", "yes"] * 20, "age": [float(row % 7) for row in range(40)]})
    >>> determining_columns(table, np.arange(40) % 2)
    (('alive', 1.0),)
    """
    counts = np.bincount(codes)
    of_guessing = len(codes) - int(counts.max(initial=0))
    if of_guessing < _FEWEST_ERRORS:
        return ()
    removed = {
        name: 1 - _errors(table.column(name), codes, len(counts)) / of_guessing for name in table.column_names
    }
    near = [name for name, share in removed.items() if share >= _OTHERS]
    return tuple(
        (name, share)
        for name, share in removed.items()
        if share >= _NEARLY_ALL or (share >= _MOST and near == [name])
    )


def _errors(column: pa.ChunkedArray, codes: Codes, K: int) -> int:
    """
    Number of rows whose class the other rows guess wrong by this column alone; all rows for lists and bytes.

    The guess is the majority of equal cells, or for a number that no other row has, that of the nearest
    number.
    """
    kind = column.type
    if is_instant(kind):
        values = day_numbers(column)
    elif is_number(kind) or pa.types.is_boolean(kind):
        values = numbers(column)
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind):
        return len(codes)
    else:
        levels, _ = text_codes(column)
        return int(np.count_nonzero(~_by_majority(levels + 1, codes, K)[0]))
    known = ~np.isnan(values)
    distinct, places = np.unique(values[known], return_inverse=True)
    right, alone, majority = _by_majority(places, codes[known], K)
    if len(distinct) > 1:
        nearest = majority[_nearest(distinct)]
        right[alone] = nearest[places[alone]] == codes[known][alone]
    missing, _, _ = _by_majority(np.zeros(int((~known).sum()), dtype=np.int64), codes[~known], K)
    return int(np.count_nonzero(~right)) + int(np.count_nonzero(~missing))


def _by_majority(levels: Codes, codes: Codes, K: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Codes]:
    """
    True for rows guessed right by the others of their level, True for rows alone in it, and the majority of
    each level.

    `levels` and `codes` have the level and the class of each row; a tie of classes is no right guess.
    """
    counts = np.zeros((int(levels.max(initial=0)) + 1, K), dtype=np.int64)
    np.add.at(counts, (levels, codes), 1)
    majority = counts.argmax(axis=1)
    own = counts[levels, codes]
    others = counts[levels]
    others[np.arange(len(codes)), codes] = -1
    right = own - 1 > others.max(axis=1, initial=-1)
    return right, counts.sum(axis=1)[levels] == 1, majority


def _nearest(distinct: Array) -> Codes:
    """Place of the nearest other number of each of the rising numbers, the lower one of two as near."""
    gaps = np.concatenate([[np.inf], np.diff(distinct), [np.inf]])
    return np.arange(len(distinct)) + np.where(gaps[:-1] <= gaps[1:], -1, 1)
