"""Content of a column whose rows come in pieces: range, gaps, levels with their counts; and its plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.calendar_features import CALENDAR_PARTS, calendar_feature
from xent.data.column_kinds import infinite_value
from xent.data.column_values import (
    day_numbers,
    is_instant,
    is_number,
    is_text,
    numbers,
    text_codes,
    whole_numbers,
)

__all__ = ["MOST_COUNTED", "MOST_LETTERS", "StreamedColumn"]

MOST_COUNTED = 100_000
"""Most levels of a column that are counted; a column with more is free text or dropped."""
MOST_LETTERS = 1 << 28
"""Most letters of the levels of all pieces with a new level, so that long texts do not fill the memory."""
# Beyond this number float64 holds no odd numbers.
_LARGEST_WHOLE = 2**53


class StreamedColumn:
    """
    Content of one converted column, added piece by piece.

    Parameters
    ----------
    name : str
        The column's name.
    kind : pyarrow.DataType
        Type of its converted cells.
    row_name : callable, default str
        Name of a row, for messages, by its number among all pieces.

    Attributes
    ----------
    rows, missing, nulls : int
        Cells so far; those without a value, nan among them; and those that are null.
    low, high : float
        Least and largest number, or day since 1970-01-01; ``inf`` and ``-inf`` before the first.
    least, most : int or None
        Least and largest number without rounding, of the pieces before the first number that is not whole;
        None without one.
    total : float
        Sum of the numbers.
    is_whole, is_rising, is_run : bool
        True if all numbers are whole; if each exceeds the one before; and if by 1. The last two judge the
        pieces before the first number that is not whole.
    levels : dict of str to int, or None
        Number of rows with each level; None once there are more than `MOST_COUNTED`, or `MOST_LETTERS` in
        them.
    parts : dict of str to tuple of float
        Least and largest value of each calendar part of the instants.
    """

    def __init__(self, name: str, kind: pa.DataType, row_name: Callable[[int], str] = str) -> None:
        self.name, self.kind, self._row_name = name, kind, row_name
        self.rows = self.missing = self.nulls = 0
        self.low, self.high = np.inf, -np.inf
        # Whole numbers, which float64 would round.
        self.least: int | None = None
        self.most: int | None = None
        self.total = 0.0
        self.is_whole = self.is_rising = self.is_run = True
        self._last: int | None = None
        self.levels: dict[str, int] | None = {}
        self._letters = 0
        self.parts: dict[str, tuple[float, float]] = {}

    @property
    def is_level(self) -> bool:
        """True if the cells are text, or come from a dictionary of anything but lists and records."""
        return is_text(self.kind) or (
            pa.types.is_dictionary(self.kind) and not pa.types.is_nested(self.kind.value_type)
        )

    @property
    def counted(self) -> tuple[pa.Array, NDArray[np.int64]]:
        """
        Levels, an array of text, and the number of rows with each, (levels,); both empty if `levels`
        is None.
        """
        levels = self.levels or {}
        return pa.array(list(levels), pa.large_string()), np.fromiter(levels.values(), np.int64, len(levels))

    def add(self, column: pa.ChunkedArray) -> None:
        """
        Add the cells of a piece, of the type `kind`, to the counts and to what the type has of the other
        attributes.

        Numbers and truth values change limits, sum and what tells whole numbers; instants the limits, in
        days, and the calendar parts; text and dictionaries the levels. Other types are counted only. Raises
        `DataError` for an infinite number, with its row among all pieces.
        """
        if is_number(self.kind) or pa.types.is_boolean(self.kind):
            self._add_numbers(column)
        elif is_instant(self.kind):
            self._add_days(column)
        elif self.is_level:
            self._add_levels(column)
        else:
            self.missing += column.null_count
        self.nulls += column.null_count
        self.rows += len(column)

    def _add_numbers(self, column: pa.ChunkedArray) -> None:
        """
        Add numbers or booleans of a piece to `low`, `high`, `total`, `missing`, and what tells whole numbers.

        `missing` counts null and nan. `is_whole` stays True as long as the type is of integers, or all
        numbers are whole and below 2**53 in size; as long as it is, `least`, `most`, `is_rising` and `is_run`
        are updated. Raises `DataError` for an infinite number, with its row among all pieces. `rows` and
        `nulls` are not changed here; `rows` must not yet count this piece.
        """
        values = numbers(column)
        infinite = np.flatnonzero(np.isinf(values))
        if infinite.size:
            place = int(infinite[0])
            row = self._row_name(self.rows + place)
            raise infinite_value(self.name, float(values[place]), row, caller="plan_columns")
        known = values[~np.isnan(values)]
        self.missing += len(values) - len(known)
        if not known.size:
            return
        self._widen(known)
        self.total += float(known.sum())
        if not pa.types.is_integer(self.kind):
            whole = (known == np.floor(known)) & (np.abs(known) < _LARGEST_WHOLE)
            self.is_whole &= bool(whole.all())
        if self.is_whole:
            exact = whole_numbers(column) if pa.types.is_integer(self.kind) else known.astype(np.int64)
            self._add_whole(exact)

    def _add_whole(self, values: NDArray[np.int64] | NDArray[np.uint64]) -> None:
        """
        Update `least`, `most`, `is_rising` and `is_run` by whole numbers, at least one, in the order of their
        rows.

        The first of them is compared with the last of the piece before.
        """
        low, high = int(values.min()), int(values.max())
        self.least = low if self.least is None else min(low, self.least)
        self.most = high if self.most is None else max(high, self.most)
        # Differences of numbers beyond half the range would wrap around.
        rising = bool((values[1:] > values[:-1]).all()) and (
            self._last is None or self._last < int(values[0])
        )
        steps = rising and high - low == len(values) - 1
        self.is_run &= steps and (self._last is None or int(values[0]) == self._last + 1)
        self.is_rising &= rising
        self._last = int(values[-1])

    def _add_days(self, column: pa.ChunkedArray) -> None:
        """
        Add dates or times to `low` and `high`, in days since 1970-01-01, to `parts`, and null cells to
        `missing`.

        `parts` has the limits of the sines and cosines of month, weekday and hour. `rows` and `nulls` are not
        changed here.
        """
        days = day_numbers(column)
        known = days[~np.isnan(days)]
        self.missing += len(days) - len(known)
        if not known.size:
            return
        self._widen(known)
        for part in CALENDAR_PARTS[1:]:
            values = calendar_feature(known, part, origin=0.0)
            low, high = self.parts.get(part, (np.inf, -np.inf))
            self.parts[part] = min(low, float(values.min())), max(high, float(values.max()))

    def _widen(self, known: NDArray[np.float64]) -> None:
        """Extend `low` and `high` to numbers, at least one."""
        self.low, self.high = min(self.low, float(known.min())), max(self.high, float(known.max()))

    def _add_levels(self, column: pa.ChunkedArray) -> None:
        """
        Count the cells of each level in `levels`, and the missing ones; `rows` and `nulls` do not change.

        Above 100,000 levels, or 2**28 letters in the levels of those pieces that brought a new one, `levels`
        becomes None for good, and only missing cells are counted.
        """
        if self.levels is None:
            self.missing += column.null_count
            return
        codes, found = text_codes(column)
        counts = np.bincount(codes[codes >= 0], minlength=len(found))
        self.missing += int(np.count_nonzero(codes < 0))
        before = len(self.levels)
        names = found.to_pylist()
        for level, count in zip(names, counts.tolist(), strict=True):
            self.levels[level] = self.levels.get(level, 0) + count
        if len(self.levels) > before:
            self._letters += sum(map(len, names))
        if len(self.levels) > MOST_COUNTED or self._letters > MOST_LETTERS:
            self.levels = None

    def is_unique(self, sample: pa.ChunkedArray) -> bool:
        """
        True if the numbers rise throughout, or no number in `sample`, the cells of some rows, occurs twice.

        The column must be of whole numbers; missing cells do not count.
        """
        known = sample.drop_null()
        return self.is_rising or pc.count_distinct(known).as_py() == len(known)
