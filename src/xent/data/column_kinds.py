"""Kind of one column of a table, with a note in plain words on its content."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.column_meaning import MeantColumn, meant_column
from xent.data.column_values import day_numbers, is_instant, is_number, is_opaque, is_text, numbers
from xent.data.column_wishes import ColumnWishes
from xent.data.expected_cells import plain_column
from xent.data.file_facts import FileFacts
from xent.data.gap_indicators import gaps_tell
from xent.data.identifiers import identifier_reason
from xent.data.planned_column import ColumnPlan, PlannedColumn
from xent.data.text_kinds import plan_text
from xent.data.text_reading import Reading, plain_reading
from xent.errors import DataError

__all__ = [
    "KEEP",
    "infinite_value",
    "meant_as",
    "plain_reading_of",
    "plain_type",
    "plan_column",
    "plan_of_days",
    "plan_of_numbers",
    "plan_of_truth",
]

# Beyond this number float64 holds no odd numbers.
_LARGEST_WHOLE = 2**53
KEEP = " (can be kept)"
"""Words after the reason for an identifier that the argument `keep` can overrule."""
# A column whose meaning is requested is converted from text by it; dates may turn out to be times of day.
_MEANINGS = {"numeric": ("numbers",), "datetime": ("dates", "times"), "boolean": ("true or false",)}
_CATEGORIES = frozenset({"categorical", "ordered", "text"})


def plan_column(
    name: str,
    whole: pa.ChunkedArray,
    rows: NDArray[np.int64] | None,
    *,
    facts: FileFacts,
    wishes: ColumnWishes,
) -> PlannedColumn:
    """
    Plan of the column `name`, and all its cells, converted if text reads as numbers, dates or truth.

    `whole` are all cells of the column. Those at the places `rows`, or all for None, decide kind, range and
    number of gaps; all cells decide the meaning of text, the identifiers among whole numbers, and `odd`, the
    number of cells that do not read by that meaning. A kind in `wishes` goes before the meaning; "drop" gives
    an "excluded" plan and cells that are not converted. `facts` are those of the file: words for missing and
    the decimal mark. The plan of a used column has the `reading`, the rules of conversion for later files, or
    None for a category and free text; `gaps` is True for an identifier or unsupported column with enough
    missing cells. Raises `DataError` if the cells cannot be of the wished kind, and for an infinite number in
    `rows`.
    """
    wished = wishes.types.get(name)
    if wished == "drop":
        return PlannedColumn(ColumnPlan(name, "excluded", _missing(whole), "dropped as requested"), whole)
    if wished is None and pa.types.is_float64(whole.type):
        # The rules below come to the same, but take most of the time of a table of thousands of columns.
        return PlannedColumn(_plan_floats(name, whole, rows, facts), whole)
    meant = meant_as(name, whole, facts, wished)
    cells = meant.cells
    column = cells if rows is None else cells.take(pa.array(rows))
    plan = _plan(name, cells, column, rows, wishes=wishes, meant=meant)
    note = "; ".join((plan.note, *meant.remarks))
    if plan.used:
        reading = meant.reading or plain_reading_of(plan, cells.type, facts)
        plan = replace(plan, note=note, odd=len(meant.odd), reading=reading)
    elif plan.kind == "identifier":
        plan = replace(plan, note=note, odd=len(meant.odd))
    if plan.kind in {"identifier", "unsupported"} and gaps_tell(plan.missing, len(column)):
        plan = replace(plan, note=f"{plan.note}; its {plan.missing} gaps are a feature", gaps=True)
    return PlannedColumn(plan, cells)


def _missing(column: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.is_null(column, nan_is_null=True)).as_py() or 0)


def meant_as(name: str, column: pa.ChunkedArray, facts: FileFacts, wished: str | None) -> MeantColumn:
    """
    `column`, named `name`, with its cells converted to the kind `wished`, or for None by their meaning.

    For "categorical", "ordered" and "text" cells become dictionary-encoded text, and a dictionary stays as it
    is, both without a reading and odd cells; lists, records and bytes raise `DataError`. For "numeric",
    "datetime" and "boolean" text is converted even if only one cell fits, and the other cells become gaps,
    listed in `odd`; `DataError` if none fits, or if cells that are no text are of another kind. For None text
    is converted if 97 % of its cells read as numbers, dates or times, or all as truth values. `wished` must
    not be "drop".
    """
    plain = plain_column(column)
    if wished in _CATEGORIES:
        if is_opaque(plain.type):
            raise _unlike(name, column, wished)
        text = (
            column
            if pa.types.is_dictionary(column.type)
            else plain.cast(pa.large_string()).dictionary_encode()
        )
        return MeantColumn(text.unify_dictionaries(), None, np.empty(0, np.int64))
    if wished is None or not is_text(plain.type):
        meant = meant_column(column if wished is None else plain, facts)
        fits = wished is None or _KIND_OF[wished](meant.cells.type)
        if not fits:
            raise _unlike(name, column, wished)
        return meant
    for meaning in _MEANINGS[wished]:
        meant = meant_column(plain, facts, meaning)
        if meant.reading is not None:
            return meant
    raise _unlike(name, column, wished)


_KIND_OF = {"numeric": is_number, "datetime": is_instant, "boolean": pa.types.is_boolean}


def _unlike(name: str, column: pa.ChunkedArray, wished: str | None) -> DataError:
    value = next((each for each in column[:1000].to_pylist() if each is not None), None)
    got = f"{wished!r} for column {name!r}, which holds {value!r}"
    return DataError("plan_columns", "types", "be kinds that the columns can have", got=got)


def _plan(
    name: str,
    whole: pa.ChunkedArray,
    column: pa.ChunkedArray,
    rows: NDArray[np.int64] | None,
    *,
    wishes: ColumnWishes,
    meant: MeantColumn,
) -> ColumnPlan:
    kind = column.type
    if column.null_count == len(column):
        return ColumnPlan(name, "empty", len(column), "no value: dropped")
    if is_number(kind):
        planned = _plan_numbers(name, numbers(column), rows)
        kept = name in wishes.keep or name in wishes.types
        reason = "" if kept or not _is_whole(whole, meant) else identifier_reason(name, whole)
        if reason:
            return ColumnPlan(name, "identifier", column.null_count, f"{reason}: dropped{KEEP}")
        return planned
    for fits, plan in ((is_instant, _plan_days), (pa.types.is_boolean, _plan_truth)):
        if fits(kind):
            return plan(name, column)
    if is_text(kind) or (pa.types.is_dictionary(kind) and not pa.types.is_nested(kind.value_type)):
        is_ordered = pa.types.is_dictionary(kind) and kind.ordered
        return plan_text(name, column, wishes, ordered=is_ordered)
    return ColumnPlan(name, "unsupported", column.null_count, f"holds {plain_type(kind)}: dropped")


def _is_whole(column: pa.ChunkedArray, meant: MeantColumn) -> bool:
    """
    True for a column of integers, and for floats read from text that are all whole and below 2**53 in size.

    False for floats that did not come as text. `meant` is the conversion that gave `column`; its `reading`,
    None if nothing was converted, tells whether they were text. Missing cells do not count.
    """
    if pa.types.is_integer(column.type):
        return True
    if meant.reading is None or not meant.reading["from_text"]:
        return False
    values = column.drop_null().to_numpy()
    return bool(np.all((values == np.floor(values)) & (np.abs(values) < _LARGEST_WHOLE)))


def plain_reading_of(plan: ColumnPlan, kind: pa.DataType, facts: FileFacts) -> Reading | None:
    """
    Rules by which later files that hold text are read in the column of `plan`, which came as `kind` and not
    as text.

    They are a `Reading` of "times" for times of day and "dates" for other instants, of "true or false" for a
    boolean plan, else of "numbers", with the decimal mark of `facts`. None for a category or free text.
    """
    if plan.kind == "datetime":
        return plain_reading("times" if pa.types.is_time(kind) else "dates")
    if plan.kind in _CATEGORIES:
        return None
    return plain_reading("true or false" if plan.kind == "boolean" else "numbers", facts.decimal)


def infinite_value(name: str, value: float, row: int | str, *, caller: str) -> DataError:
    """
    `DataError`, not raised, for the infinite number `value` in column `name` and row `row`, counted from 0.

    `caller` is the function that the error names.
    """
    fact = f"{value} in column {name!r}, first in row {row} (rows count from 0)"
    return DataError(
        caller, "table", "hold finite numbers", got=fact, hint="Mend it or leave the cell empty."
    )


def _plan_floats(
    name: str, whole: pa.ChunkedArray, rows: NDArray[np.int64] | None, facts: FileFacts
) -> ColumnPlan:
    """
    Plan of the column `name` of float64 cells `whole`, decided by those at the places `rows` (None: all).

    A used column has its `reading`, with the decimal mark of `facts`. Raises `DataError` for an infinite
    number at `rows`.
    """
    values = numbers(whole)
    plan = _plan_numbers(name, values if rows is None else values[rows], rows)
    return replace(plan, reading=plain_reading_of(plan, whole.type, facts)) if plan.used else plan


def _plan_numbers(name: str, values: NDArray[np.float64], rows: NDArray[np.int64] | None) -> ColumnPlan:
    """
    Plan of the column `name` of `values`, (rows,), in which nan is a gap: numeric, constant or empty.

    Constant is a column of one value without a gap, and empty one of gaps only. Raises `DataError` for an
    infinite number, with its row; `values` are the cells at the places `rows` of the table, or for None all.
    """
    missing = int(np.count_nonzero(np.isnan(values)))
    if missing == len(values):
        return plan_of_numbers(name, missing, missing, (np.nan, np.nan))
    # NaN is ignored, as by `nanmin`, which takes four times as long for hundreds of numbers.
    limits = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    if any(map(math.isinf, limits)):
        place = int(np.isinf(values).argmax())
        row = place if rows is None else int(rows[place])
        raise infinite_value(name, float(values[place]), row, caller="plan_columns")
    return plan_of_numbers(name, missing, len(values), limits)


def plan_of_numbers(name: str, missing: int, rows: int, limits: tuple[float, float]) -> ColumnPlan:
    """
    Plan of the column `name` of numbers: numeric, constant if it has no gap and one value only, or empty.

    `missing` of its `rows` cells are NaN; `limits` are its least and its greatest number, not read if all are
    missing. The note is such as "31 to 52"; constant and empty columns are not used.
    """
    if missing == rows:
        return ColumnPlan(name, "empty", missing, "no value: dropped")
    low, high = limits
    return _varying(name, "numeric", missing, f"{low:.6g}", f"{high:.6g}", same=low == high)


def _plan_days(name: str, column: pa.ChunkedArray) -> ColumnPlan:
    days = day_numbers(column)
    limits = float(np.nanmin(days)), float(np.nanmax(days))
    return plan_of_days(name, column.type, column.null_count, limits)


def plan_of_days(name: str, kind: pa.DataType, missing: int, limits: tuple[float, float]) -> ColumnPlan:
    """
    Plan of the column `name` of dates or times, "datetime" or, if all are equal and none is missing,
    "constant".

    `kind` is the arrow type, by which the note shows times of day or dates; `missing` is the number of null
    cells. `limits` are the earliest and the latest, in days since 1970-01-01; a time of day is a fraction.
    """
    low, high = limits
    show = _clock if pa.types.is_time(kind) else _date
    return _varying(name, "datetime", missing, show(low), show(high), same=low == high)


def _varying(name: str, kind: str, missing: int, low: str, high: str, *, same: bool) -> ColumnPlan:
    if same and not missing:
        return ColumnPlan(name, "constant", 0, f"always {low}: dropped")
    return ColumnPlan(name, kind, missing, f"{low} or missing" if same else f"{low} to {high}")


def _plan_truth(name: str, column: pa.ChunkedArray) -> ColumnPlan:
    values = numbers(column)
    return plan_of_truth(name, column.null_count, float(np.nanmean(values)))


def plan_of_truth(name: str, missing: int, share: float) -> ColumnPlan:
    """
    Plan of the column `name` of truth values: "boolean", or "constant" if all are equal and none is missing.

    `share`, 0 to 1, is the part of the known cells that is true, and `missing` the number of null cells.
    """
    if share in {0.0, 1.0} and not missing:
        return ColumnPlan(name, "constant", 0, f"always {'true' if share else 'false'}: dropped")
    return ColumnPlan(name, "boolean", missing, f"{100 * share:.3g} % true")


def _date(days: float) -> str:
    # Years of `datetime` end at 9999; those of NumPy do not.
    return str(np.datetime64(int(np.floor(days)), "D"))


def _clock(days: float) -> str:
    return str(dt.timedelta(seconds=round(days * 86_400)))


def plain_type(kind: pa.DataType) -> str:
    """Noun for cells of type `kind`: "records", "lists", "bytes" or "values of type ..."."""
    types = pa.types
    if types.is_struct(kind) or types.is_map(kind):
        return "records"
    if types.is_nested(kind):
        return "lists"
    return "bytes" if is_opaque(kind) else f"values of type {kind}"
