"""Levels of a category: frequent ones, which get a feature each, and rare ones, which share a feature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["MOST_LEVELS", "PooledLevels", "fewest_rows", "pooled_counts", "pooled_levels"]

MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class PooledLevels:
    """
    The levels of one category.

    Parameters
    ----------
    kept : tuple of str
        Levels with a feature of their own, sorted.
    pooled : int
        Number of the other levels, which share one feature; 0 if there are none.
    """

    kept: tuple[str, ...]
    pooled: int


def fewest_rows(rows: int) -> int:
    """
    Least number of rows, of `rows` in all, that a level needs to be kept.

    One row in a hundred, rounded down, but at least 2; 10 between 1,000 and 10,000 rows; one in a thousand
    beyond.

    Examples
    --------
    >>> [fewest_rows(rows) for rows in (50, 500, 5_000, 50_000)]
    [2, 5, 10, 50]
    """
    return max(2, min(10, rows // 100), rows // 1000)


def pooled_levels(codes: NDArray[np.int32], levels: pa.Array, *, most: int = MOST_LEVELS) -> PooledLevels:
    """
    The levels that get a feature of their own, and the number of levels that are pooled.

    Parameters
    ----------
    codes : array of shape (n,)
        Level of each row as its position in `levels`; -1 if missing.
    levels : pyarrow.Array of text
        The levels.
    most : int, default 100
        Most features, that of the pooled levels included; the most frequent levels are kept.

    Returns
    -------
    PooledLevels
        Levels with at least `fewest_rows` of the n rows, as many as `most` allows, and the number of the
        other levels that occur.
    """
    return pooled_counts(np.bincount(codes[codes >= 0], minlength=len(levels)), levels, len(codes), most=most)


def pooled_counts(counts: NDArray[np.int64], levels: pa.Array, rows: int, *, most: int) -> PooledLevels:
    """
    Levels with at least ``fewest_rows(rows)`` rows, as many as `most` allows, and the number of the others.

    That is one row in a hundred, but 2 to 10, or one in a thousand if that is more. `counts`, (levels,), has
    the number of rows with each of `levels`, where 0 stands for an absent level; `rows` is the number of all
    rows, missing cells included. At most `most`, at least 1, levels are kept, one fewer if others are pooled:
    the most frequent, and of equally frequent ones the first by name. They are sorted by name.
    """
    present = np.flatnonzero(counts)
    frequent = present[counts[present] >= fewest_rows(rows)]
    room = most if len(frequent) == len(present) <= most else most - 1
    # Levels sorted by name, and a stable sort after that, break ties the same way for any order of the rows.
    by_name = sorted(zip(levels.take(pa.array(frequent)).to_pylist(), counts[frequent], strict=True))
    commonest = sorted(by_name, key=lambda level: -level[1])[:room]
    kept = tuple(sorted(name for name, _ in commonest))
    return PooledLevels(kept, len(present) - len(kept))
