"""Columns that alone determine the class of a row, as a copy of the target does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_values import day_numbers, is_instant, is_number, is_opaque, numbers, text_codes

__all__ = ["determining_columns"]

Codes = NDArray[np.integer[Any]]
Array = NDArray[np.float64]

# Share of the errors of guessing to be removed: in any table, or where no other column comes near.
_NEARLY_ALL, _MOST, _OTHERS = 0.97, 0.9, 0.7
# Cells of the columns that are judged together: one by one, calls would take most of the time of wide tables.
_CELLS = 1 << 16
# With fewer rows outside the commonest class a column among many removes their errors by chance.
_FEWEST_ERRORS = 10


def determining_columns(table: pa.Table, codes: Codes) -> tuple[tuple[str, float], ...]:
    """
    Columns that nearly determine the class, each with the share of errors of guessing that it removes.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of numbers, dates, truth values or text, without the target. Lists, records and bytes remove
        no errors.
    codes : ndarray of shape (n,)
        Class of each row, an integer >= 0.

    Returns
    -------
    tuple of (str, float)
        Columns, in the order of `table`, that remove at least 97 % of the errors of always guessing the
        commonest class, or at least 90 % where no other column removes 70 %. Empty if fewer than ten rows are
        of other classes.

    Notes
    -----
    A row is guessed from the other rows with an equal cell by majority, and from the row of nearest number if
    there are none [1]_; missing cells are equal, and a tie is an error. Each row is left out when it is
    guessed itself.

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
    removed = dict.fromkeys(table.column_names, 0.0)
    numeric = [field.name for field in table.schema if _is_numeric(field.type)]
    for names, values in _number_blocks(table.select(numeric)):
        errors = _errors_of_numbers(values, codes, len(counts))
        removed |= dict(zip(names, 1 - errors / of_guessing, strict=True))
    for name in removed.keys() - set(numeric):
        removed[name] = 1 - _errors_of_text(table.column(name), codes, len(counts)) / of_guessing
    near = [name for name, share in removed.items() if share >= _OTHERS]
    return tuple(
        (name, float(share))
        for name, share in removed.items()
        if share >= _NEARLY_ALL or (share >= _MOST and near == [name])
    )


def _is_numeric(kind: pa.DataType) -> bool:
    """True for numbers, dates, times and truth values."""
    return is_instant(kind) or is_number(kind) or pa.types.is_boolean(kind)


def _number_blocks(table: pa.Table) -> Iterator[tuple[list[str], Array]]:
    """
    Names of some columns of `table`, and their cells, (names, rows), float64, block by block until all are
    read.

    The columns are numeric: dates come in days since 1970-01-01, truth values as 0 and 1, a missing cell as
    NaN. A block has about 65,536 cells, at least one column.
    """
    size = max(1, _CELLS // max(table.num_rows, 1))
    names, columns = table.column_names, table.columns
    for first in range(0, len(names), size):
        part = columns[first : first + size]
        values = np.stack([day_numbers(each) if is_instant(each.type) else numbers(each) for each in part])
        yield names[first : first + size], values


def _errors_of_text(column: pa.ChunkedArray, codes: Codes, K: int) -> int:
    """
    Number of rows whose class the other rows of equal text do not guess; all rows for lists and records.

    The guess is the class of most of these other rows; a tie, or no other row, is an error. Missing cells are
    equal, and bytes are treated as lists are. `codes` are the classes, below `K`.
    """
    if is_opaque(column.type):
        return len(codes)
    levels, _ = text_codes(column)
    return int(np.count_nonzero(~_by_majority(levels + 1, codes, K)[0]))


def _errors_of_numbers(values: Array, codes: Codes, K: int) -> Codes:
    """
    Number of rows whose class the other rows do not guess right by each column alone, of shape (columns,).

    `values` has shape (columns, rows), NaN where missing; missing cells are equal. `codes`, (rows,), are the
    classes, below `K`. The guess is the majority of the other rows with an equal cell, in which a tie is an
    error, or for a number that no other row has, the lowest of the commonest classes at the nearest number,
    of two as near the lower one. A row without either, such as the only one that is missing, is an error.
    """
    order = np.argsort(values, axis=1)
    rising = np.take_along_axis(values, order, axis=1)
    missing = np.isnan(rising)  # they are last
    first = np.ones(values.shape, dtype=bool)
    first[:, 1:] = (rising[:, 1:] != rising[:, :-1]) & ~(missing[:, 1:] & missing[:, :-1])
    # Levels of all columns are counted on, so that the columns are one problem.
    levels, ours = np.cumsum(first.ravel()) - 1, codes[order].ravel()
    right, alone, majority = _by_majority(levels, ours, K)
    near = _nearest(rising[first], np.nonzero(first)[0])
    guessed = alone & (near >= 0)[levels]
    right[guessed] = majority[near[levels[guessed]]] == ours[guessed]
    return np.asarray(np.count_nonzero(~right.reshape(values.shape), axis=1))


def _by_majority(levels: Codes, codes: Codes, K: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Codes]:
    """
    True for rows whose class most others of their level have; True for rows alone in it; majority of each
    level.

    `levels` and `codes`, (n,), have the level, from 0, and the class, below `K`, of each row; the first two
    results are (n,), the last (levels,). False in the first for a tie of the others' classes, and for a row
    alone (True if `K` is 1). A level's majority is its commonest class, the lowest in a tie, and 0 without
    rows.
    """
    width = int(levels.max(initial=0)) + 1
    counts = np.bincount(codes * np.int64(width) + levels, minlength=width * K).reshape(K, width)
    # Class by class: `argmax` along the classes, few or many, takes four times as long.
    top, second = counts[0], np.full(width, -1)
    majority = np.zeros(width, np.int64)
    for k in range(1, K):
        majority[counts[k] > top] = k
        second = np.maximum(second, np.minimum(top, counts[k]))
        top = np.maximum(top, counts[k])
    # Without itself a row of the majority must still find more of its class than of any other.
    sure = top - 1 > second
    right = sure[levels] & (majority[levels] == codes)
    return right, ((top == 1) & (second < 1))[levels], majority


def _nearest(distinct: Array, columns: Codes) -> Codes:
    """
    Place in `distinct` of the nearest other number of each number in the same column, (m,).

    `distinct`, (m,), has the distinct numbers of each column in turn, rising and NaN last; `columns`, (m,),
    is the column of each. Of two as near it is the lower one; it is -1 for NaN and where a column has no
    other number.
    """
    apart = (columns[1:] != columns[:-1]) | np.isnan(distinct[1:])
    gaps = np.concatenate([[np.nan], np.where(apart, np.nan, distinct[1:] - distinct[:-1]), [np.nan]])
    below, above = gaps[:-1], gaps[1:]
    places = np.arange(len(distinct)) + np.where(np.isnan(above) | (below <= above), -1, 1)
    return np.where(np.isnan(below) & np.isnan(above), -1, places)
