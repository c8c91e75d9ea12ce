"""What one column of a table is: its kind, and what it holds in plain words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.category_levels import pooled_levels
from xent.data.column_values import (
    MEANINGS,
    day_numbers,
    is_instant,
    is_number,
    is_text,
    numbers,
    read_text,
    text_codes,
)
from xent.errors import DataError

__all__ = ["USED_KINDS", "ColumnPlan", "infinite_value", "plan_column"]

USED_KINDS = frozenset({"numeric", "categorical", "boolean", "datetime"})
# A text is taken for an identifier where more than this share of its cells differ.
_DISTINCT_SHARE = 0.9
# Shorter runs of 1, 2, 3, ... are often doses or years: only a name that says so makes them row numbers.
_LONG_RUN = 50
_ROW_NUMBER_NAMES = {"", "id", "index", "row", "row_id", "rownames", "unnamed: 0", "no", "nr"}


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """
    One column: what it is and what becomes of it.

    Parameters
    ----------
    name : str
        The column's name.
    kind : str
        ``"numeric"``, ``"categorical"``, ``"boolean"`` or ``"datetime"`` if it is used; ``"constant"``,
        ``"empty"``, ``"identifier"`` or ``"unsupported"`` if it is dropped.
    missing : int
        Missing cells; NaN counts as missing.
    note : str
        What it holds or why it is dropped, in plain words.
    """

    name: str
    kind: str
    missing: int
    note: str

    @property
    def used(self) -> bool:
        """Whether a model sees the column."""
        return self.kind in USED_KINDS


def plan_column(
    name: str, whole: pa.ChunkedArray, rows: NDArray[np.int64] | None, *, most_levels: int
) -> ColumnPlan:
    """The plan of the column `whole`, judged by the cells at the places `rows`, or by all of them."""
    column = whole if rows is None else whole.take(pa.array(rows))
    if column.null_count == len(column):
        return ColumnPlan(name, "empty", len(column), "no value: dropped")
    column = _as_meant(column)
    kind = column.type
    if is_number(kind):
        _check_finite(name, column, rows)
        return _row_numbers(name, whole) or _plan_numbers(name, column)
    for fits, plan in ((is_instant, _plan_days), (pa.types.is_boolean, _plan_truth)):
        if fits(kind):
            return plan(name, column)
    if is_text(kind) or (pa.types.is_dictionary(kind) and not pa.types.is_nested(kind.value_type)):
        return _plan_text(name, column, most_levels)
    return ColumnPlan(name, "unsupported", column.null_count, f"holds {_plain(kind)}: dropped")


def _as_meant(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Plain text that reads as numbers, dates or truth values throughout as those, anything else as it is."""
    if not is_text(column.type):
        return column
    for meaning in MEANINGS:
        read = read_text(column, meaning)
        if read is not None:
            return read
    return column


def _check_finite(name: str, column: pa.ChunkedArray, rows: NDArray[np.int64] | None) -> None:
    values = numbers(column)
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        place = int(infinite[0])
        row = place if rows is None else int(rows[place])
        raise infinite_value(name, float(values[place]), row, where="plan_columns")


def infinite_value(name: str, value: float, row: int, *, where: str) -> DataError:
    """The error for an infinite number in column `name`, in row `row`, counted from 0."""
    fact = f"{value} in column {name!r}, first in row {row} (rows count from 0)"
    return DataError(where, "table", "hold finite numbers", got=fact, hint="Mend it or leave the cell empty.")


def _row_numbers(name: str, column: pa.ChunkedArray) -> ColumnPlan | None:
    count = len(column)
    if not pa.types.is_integer(column.type) or column.null_count or count < 3:
        return None
    if count < _LONG_RUN and name.casefold() not in _ROW_NUMBER_NAMES:
        return None
    first = column[0].as_py()
    if first not in {0, 1} or column[-1].as_py() != first + count - 1:
        return None
    if np.any(np.diff(column.to_numpy().astype(np.int64)) != 1):
        return None
    return ColumnPlan(name, "identifier", 0, "numbers the rows: dropped")


def _plan_numbers(name: str, column: pa.ChunkedArray) -> ColumnPlan:
    values = numbers(column)
    missing = int(np.count_nonzero(np.isnan(values)))
    if missing == len(values):
        return ColumnPlan(name, "empty", missing, "no value: dropped")
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return _varying(name, "numeric", missing, f"{low:.6g}", f"{high:.6g}", same=low == high)


def _plan_days(name: str, column: pa.ChunkedArray) -> ColumnPlan:
    days = day_numbers(column)
    low, high = float(np.nanmin(days)), float(np.nanmax(days))
    show = _clock if pa.types.is_time(column.type) else _date
    return _varying(name, "datetime", column.null_count, show(low), show(high), same=low == high)


def _varying(name: str, kind: str, missing: int, low: str, high: str, *, same: bool) -> ColumnPlan:
    if same and not missing:
        return ColumnPlan(name, "constant", 0, f"always {low}: dropped")
    return ColumnPlan(name, kind, missing, f"{low} or missing" if same else f"{low} to {high}")


def _plan_truth(name: str, column: pa.ChunkedArray) -> ColumnPlan:
    values = numbers(column)
    share = float(np.nanmean(values))
    if share in {0.0, 1.0} and not column.null_count:
        return ColumnPlan(name, "constant", 0, f"always {'true' if share else 'false'}: dropped")
    return ColumnPlan(name, "boolean", column.null_count, f"{100 * share:.3g} % true")


def _plan_text(name: str, column: pa.ChunkedArray, most: int) -> ColumnPlan:
    codes, levels = text_codes(column)
    present = codes[codes >= 0]
    missing = len(codes) - len(present)
    distinct = int(np.count_nonzero(np.bincount(present, minlength=len(levels))))
    if distinct == 0:
        return ColumnPlan(name, "empty", missing, "no value: dropped")
    if distinct == 1 and not missing:
        return ColumnPlan(name, "constant", 0, f"always {levels[int(present[0])].as_py()!r}: dropped")
    if distinct > _DISTINCT_SHARE * len(present):
        how = "every row" if distinct == len(present) else f"{100 * distinct / len(present):.3g} % of rows"
        return ColumnPlan(name, "identifier", missing, f"unique in {how}: dropped")
    split = pooled_levels(codes, levels, most=most)
    if not split.kept:
        return ColumnPlan(name, "identifier", missing, f"{distinct} levels, each of them rare: dropped")
    note = f"{distinct} level{'s' * (distinct > 1)}" + (
        f", {split.pooled} rare pooled" if split.pooled else ""
    )
    return ColumnPlan(name, "categorical", missing, note)


def _date(days: float) -> str:
    # NumPy's years have no end; those of `datetime` do.
    return str(np.datetime64(int(np.floor(days)), "D"))


def _clock(days: float) -> str:
    return str(dt.timedelta(seconds=round(days * 86_400)))


def _plain(kind: pa.DataType) -> str:
    types = pa.types
    if types.is_struct(kind) or types.is_map(kind):
        return "records"
    if types.is_nested(kind):
        return "lists"
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return "bytes"
    return f"values of type {kind}"
