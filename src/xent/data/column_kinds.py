"""Kind of one column of a table, with a note in plain words on its content."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.category_levels import pooled_levels
from xent.data.column_meaning import MeantColumn, meant_column
from xent.data.column_values import day_numbers, is_instant, is_number, is_text, numbers, text_codes
from xent.data.file_facts import FileFacts
from xent.data.identifiers import identifier_reason
from xent.data.text_reading import Reading, plain_reading
from xent.errors import DataError

__all__ = ["KEEP", "USED_KINDS", "ColumnPlan", "PlannedColumn", "infinite_value", "plan_column"]

USED_KINDS = frozenset({"numeric", "categorical", "boolean", "datetime"})
# A column of text is taken for an identifier if more than this share of its cells are distinct.
_DISTINCT_SHARE = 0.9
# Beyond this number float64 holds no odd numbers.
_LARGEST_WHOLE = 2**53
KEEP = " (can be kept)"
"""Words after the reason for an identifier that the argument `keep` can overrule."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """
    Kind of one column, and the reason if the column is dropped.

    Parameters
    ----------
    name : str
        The column's name.
    kind : str
        ``"numeric"``, ``"categorical"``, ``"boolean"`` or ``"datetime"`` if it is used; ``"constant"``,
        ``"empty"``, ``"identifier"`` or ``"unsupported"`` if it is dropped.
    missing : int
        Number of missing cells; NaN counts as missing.
    note : str
        Content of the column, or the reason for dropping it, in plain words.
    odd : int, default 0
        Number of cells of the whole table that cannot be read as the column's other cells.
    reading : Reading, optional
        Rules by which cells that come as text are read; None for a category, whose cells stay text, and for a
        dropped column.
    """

    name: str
    kind: str
    missing: int
    note: str
    odd: int = 0
    reading: Reading | None = field(default=None, compare=False)

    @property
    def used(self) -> bool:
        """True if the column becomes features."""
        return self.kind in USED_KINDS


@dataclass(frozen=True, slots=True, eq=False)
class PlannedColumn:
    """A plan, and the whole column with text converted that reads as numbers, dates or truth values."""

    plan: ColumnPlan
    cells: pa.ChunkedArray


def plan_column(
    name: str,
    whole: pa.ChunkedArray,
    rows: NDArray[np.int64] | None,
    *,
    facts: FileFacts,
    most_levels: int,
    kept: bool = False,
) -> PlannedColumn:
    """
    The plan of the column `whole`, judged by the cells at the places `rows`; None means all cells.

    The meaning of text, and identifiers among whole numbers, are judged by all cells in any case. With `kept`
    neither unique numbers nor the share of distinct texts make the column an identifier; text of which no
    level is frequent is dropped all the same.
    """
    meant = meant_column(whole, facts)
    cells = meant.cells
    column = cells if rows is None else cells.take(pa.array(rows))
    plan = _plan(name, cells, column, rows, most=most_levels, kept=kept, meant=meant)
    if plan.used or plan.kind == "identifier":
        plan = replace(plan, note="; ".join((plan.note, *meant.remarks)), odd=len(meant.odd))
    if plan.used:
        plan = replace(plan, reading=meant.reading or _plain_reading(plan, cells, facts))
    return PlannedColumn(plan, cells)


def _plan(
    name: str,
    whole: pa.ChunkedArray,
    column: pa.ChunkedArray,
    rows: NDArray[np.int64] | None,
    *,
    most: int,
    kept: bool,
    meant: MeantColumn,
) -> ColumnPlan:
    kind = column.type
    if column.null_count == len(column):
        return ColumnPlan(name, "empty", len(column), "no value: dropped")
    if is_number(kind):
        _check_finite(name, column, rows)
        reason = "" if kept or not _is_whole(whole, meant) else identifier_reason(name, whole)
        if reason:
            return ColumnPlan(name, "identifier", column.null_count, f"{reason}: dropped{KEEP}")
        return _plan_numbers(name, column)
    for fits, plan in ((is_instant, _plan_days), (pa.types.is_boolean, _plan_truth)):
        if fits(kind):
            return plan(name, column)
    if is_text(kind) or (pa.types.is_dictionary(kind) and not pa.types.is_nested(kind.value_type)):
        return _plan_text(name, column, most, kept=kept)
    return ColumnPlan(name, "unsupported", column.null_count, f"holds {_plain(kind)}: dropped")


def _is_whole(column: pa.ChunkedArray, meant: MeantColumn) -> bool:
    if pa.types.is_integer(column.type):
        return True
    if meant.reading is None or not meant.reading["from_text"]:
        return False
    values = column.drop_null().to_numpy()
    return bool(np.all((values == np.floor(values)) & (np.abs(values) < _LARGEST_WHOLE)))


def _plain_reading(plan: ColumnPlan, cells: pa.ChunkedArray, facts: FileFacts) -> Reading | None:
    if plan.kind == "datetime":
        return plain_reading("times" if pa.types.is_time(cells.type) else "dates")
    if plan.kind == "categorical":
        return None
    return plain_reading("true or false" if plan.kind == "boolean" else "numbers", facts.decimal)


def _check_finite(name: str, column: pa.ChunkedArray, rows: NDArray[np.int64] | None) -> None:
    values = numbers(column)
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        place = int(infinite[0])
        row = place if rows is None else int(rows[place])
        raise infinite_value(name, float(values[place]), row, caller="plan_columns")


def infinite_value(name: str, value: float, row: int, *, caller: str) -> DataError:
    """The error for an infinite number in column `name` and row `row`, counted from 0."""
    fact = f"{value} in column {name!r}, first in row {row} (rows count from 0)"
    return DataError(
        caller, "table", "hold finite numbers", got=fact, hint="Mend it or leave the cell empty."
    )


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


def _plan_text(name: str, column: pa.ChunkedArray, most: int, *, kept: bool) -> ColumnPlan:
    codes, levels = text_codes(column)
    present = codes[codes >= 0]
    missing = len(codes) - len(present)
    distinct = int(np.count_nonzero(np.bincount(present, minlength=len(levels))))
    if distinct == 0:
        return ColumnPlan(name, "empty", missing, "no value: dropped")
    if distinct == 1 and not missing:
        return ColumnPlan(name, "constant", 0, f"always {levels[int(present[0])].as_py()!r}: dropped")
    if distinct > _DISTINCT_SHARE * len(present) and not kept:
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
    # Years of `datetime` end at 9999; those of NumPy do not.
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
