"""Columns that cut the rows into slices: categories as they are, numbers by quartile."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa

from xent.data.column_values import is_number, numbers, text_codes
from xent.drawing.number_format import plain, trimmed
from xent.scoring.slices import SliceColumn

__all__ = ["slice_column"]

_MOST_WHOLE = 12
_MOST_LEVELS = 1000


def slice_column(name: str, column: pa.ChunkedArray) -> SliceColumn:
    """
    Slice of each row by the column `name`, as a code, and the slices' names; the last, "missing", may have no
    row.

    Whole numbers with at most 12 values, and cells that are no numbers, are categories, the most frequent
    first. Other numbers are cut at their quartiles: "up to a", "a to b" ..., "above c", where a value at a
    cut belongs below it, and equal cuts are one. Of more than 1,000 categories the rarest belong to no slice
    (code -1).
    """
    kind = column.type
    if is_number(kind) and not pa.types.is_duration(kind):
        values = numbers(column)
        present = values[~np.isnan(values)]
        distinct = np.unique(present)
        if len(distinct) > _MOST_WHOLE or not np.all(distinct == np.floor(distinct)):
            return _quartiles(name, values, present)
    return _categories(name, column)


def _quartiles(name: str, values: np.ndarray, present: np.ndarray) -> SliceColumn:
    cuts = np.unique(np.quantile(present, [0.25, 0.5, 0.75]))
    codes = np.searchsorted(cuts, values, side="left")
    codes[np.isnan(values)] = len(cuts) + 1
    marks = [trimmed(float(cut), plain) for cut in cuts]
    labels = [f"up to {marks[0]}"]
    labels += [f"{low} to {high}" for low, high in itertools.pairwise(marks)]
    labels += [f"above {marks[-1]}", "missing"]
    return SliceColumn(name, codes.astype(np.int64), tuple(labels))


def _categories(name: str, column: pa.ChunkedArray) -> SliceColumn:
    codes, levels = text_codes(column)
    labels = [str(level) for level in levels]
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    kept = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    place = np.full(len(labels) + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    moved = place[codes]
    moved[codes < 0] = len(kept)
    return SliceColumn(name, moved, (*(labels[k] for k in kept), "missing"))
