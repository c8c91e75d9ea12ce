"""Indicators of the gaps of columns that are dropped otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.category_levels import fewest_rows
from xent.data.row_batches import RowBatch

__all__ = ["gaps_tell", "set_gaps"]


def gaps_tell(missing: int, rows: int) -> bool:
    """
    True if at least ``fewest_rows(rows)`` of `rows` cells are missing, and as many are not.

    Then the column has an indicator of its gaps.
    """
    return fewest_rows(rows) <= missing <= rows - fewest_rows(rows)


def set_gaps(batch: RowBatch, names: Sequence[str], out: NDArray[np.float64]) -> None:
    """
    Write 1 where a cell of column ``names[k]`` is missing, NaN included, and else 0, into column k of `out`.

    `out` has the shape (rows, len(names)).
    """
    for place, name in enumerate(names):
        column = batch.table.column(name)
        gaps = pc.is_null(column, nan_is_null=True)
        out[:, place] = gaps.to_numpy()
