"""Which levels of a category a model can learn something about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["MOST_LEVELS", "PooledLevels", "fewest_rows", "pooled_levels"]

MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class PooledLevels:
    """
    The levels of one category.

    Parameters
    ----------
    kept : tuple of str
        Levels with a column of their own, sorted.
    pooled : int
        Rarer levels, which share one column; 0 where there are none.
    """

    kept: tuple[str, ...]
    pooled: int


def fewest_rows(rows: int) -> int:
    """
    How many of `rows` a level must fill to be kept.

    One in a hundred, but at least 2; 10 between 1,000 and 10,000 rows; one in a thousand beyond.

    Examples
    --------
    >>> [fewest_rows(rows) for rows in (50, 500, 5_000, 50_000)]
    [2, 5, 10, 50]
    """
    return max(2, min(10, rows // 100), rows // 1000)


def pooled_levels(codes: NDArray[np.int32], levels: pa.Array, *, most: int = MOST_LEVELS) -> PooledLevels:
    """
    The levels that are worth a column, and how many are pooled.

    Parameters
    ----------
    codes : array of shape (n,)
        Level of each row by its place in `levels`; -1 where missing.
    levels : pyarrow.Array of text
        The levels.
    most : int, default 100
        Columns at most; where there are more levels, the commonest keep theirs.

    Returns
    -------
    PooledLevels
        Levels in at least `fewest_rows` rows, as many as fit.
    """
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    present = np.flatnonzero(counts)
    frequent = present[counts[present] >= fewest_rows(len(codes))]
    room = most if len(frequent) == len(present) <= most else most - 1
    # A stable sort of levels by name makes ties fall the same way whatever the order of the rows.
    by_name = sorted(zip(levels.take(pa.array(frequent)).to_pylist(), counts[frequent], strict=True))
    commonest = sorted(by_name, key=lambda level: -level[1])[:room]
    kept = tuple(sorted(name for name, _ in commonest))
    return PooledLevels(kept, len(present) - len(kept))
