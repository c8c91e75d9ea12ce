"""Numeric features of a column: its numbers, or the calendar parts of its dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NotRequired, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from xent.data.calendar_features import calendar_feature, informative_parts
from xent.data.column_kinds import infinite_value
from xent.data.expected_cells import day_cells, level_cells, number_cells
from xent.data.ordered_levels import level_order
from xent.data.planned_column import ColumnPlan
from xent.data.row_batches import RowBatch, column_batch
from xent.errors import DataError

__all__ = [
    "NumericSource",
    "numeric_block",
    "numeric_names",
    "numeric_sources",
    "ranked_source",
    "source_of_plan",
]


class NumericSource(TypedDict):
    """
    A column that becomes numbers.

    `column` is its name and `kind` that of its plan. A date becomes its calendar `parts`, with days counted
    from `origin`; an ordered category the rank of its level among `levels`, from 0, `origin` for another
    level, and `gap` for a missing cell, or `origin` if it is not given.
    """

    column: str
    kind: str
    origin: float
    parts: list[str]
    levels: list[str]
    gap: NotRequired[float]


def numeric_sources(
    plans: Iterable[ColumnPlan], table: pa.Table, rows: NDArray[np.int64] | None
) -> list[NumericSource]:
    """
    Source of each numeric, boolean, date or ordered column of `plans`: its name, kind, parts, origin and
    levels.

    They are in the order of `plans`; the cells at the places `rows` decide, or for None those of all rows of
    `table`. Numbers and truth values have one part, "", and the origin 0. A date has its earliest day, since
    1970-01-01, as `origin`, and as `parts` those of `CALENDAR_PARTS` that differ by more than 1e-9, or "days"
    if none does. An ordered category has the part "rank", the mean rank of the rows as `origin`, and the
    levels that occur in them from low to high, in the order of the dictionary or, if that has none, of a
    scale of words; its `gap` is that of `ranked_source`.
    """
    sources: list[NumericSource] = []
    for plan in plans:
        if plan.kind in {"numeric", "boolean"}:
            sources.append(source_of_plan(plan, 0.0, [""]))
        elif plan.kind == "datetime":
            days = day_cells(column_batch(table, plan.name, rows), plan.name)
            origin = float(np.nanmin(days))
            # If all dates are equal no part differs, but the gaps do: one part is kept for their indicator.
            parts = informative_parts(days, origin=origin) or ["days"]
            sources.append(source_of_plan(plan, origin, parts))
        elif plan.kind == "ordered":
            sources.append(_ranked(plan, table, rows))
    return sources


def source_of_plan(
    plan: ColumnPlan, origin: float, parts: Sequence[str], levels: Sequence[str] = ()
) -> NumericSource:
    """`NumericSource` of these values, without `gap`; `plan` gives the name and the kind of the column."""
    return NumericSource(
        column=plan.name, kind=plan.kind, origin=origin, parts=list(parts), levels=list(levels)
    )


def _ranked(plan: ColumnPlan, table: pa.Table, rows: NDArray[np.int64] | None) -> NumericSource:
    kind = table.column(plan.name).type
    batch = column_batch(table, plan.name, rows)
    codes, found = level_cells(batch, plan.name)
    counts = np.bincount(codes[codes >= 0], minlength=len(found))
    names = found.filter(pa.array(counts > 0)).to_pylist()
    # The type of an ordered dictionary gives the order of its levels.
    ordered = pa.types.is_dictionary(kind) and kind.ordered
    levels = names if ordered else level_order(names)
    ranks = level_ranks(batch, source_of_plan(plan, np.nan, ["rank"], levels))
    return ranked_source(plan, float(np.nanmean(ranks)), levels)


def ranked_source(plan: ColumnPlan, origin: float, levels: Sequence[str]) -> NumericSource:
    """
    Source of an ordered column: `levels` from low to high, ranked from 0, and the rank `origin` for all other
    levels.

    A gap ranks -1 if the column of `plan` has gaps and *none* would be the lowest word of the levels' scale:
    files write "none" for that level, a word for missing cells. Otherwise it ranks `origin`. The rank of gaps
    changes no prediction that the model can make, since gaps have an indicator; it changes the one that the
    penalty prefers.
    """
    source = source_of_plan(plan, origin, ["rank"], levels)
    if plan.missing and level_order([*levels, "none"])[:1] == ["none"]:
        source["gap"] = -1.0
    return source


def level_ranks(batch: RowBatch, source: NumericSource) -> NDArray[np.float64]:
    """
    Rank of each cell's level among the levels of `source`, (rows,), 0 for the lowest.

    A level that is not among them has the rank `origin` of `source`; a missing cell has its `gap`, or
    `origin` if there is none.
    """
    codes, levels = level_cells(batch, source["column"])
    places = pc.index_in(levels, pa.array(source["levels"], levels.type)).cast(pa.float64())
    of_levels = places.to_numpy(zero_copy_only=False)
    of_levels = np.where(np.isnan(of_levels), source["origin"], of_levels)
    # A missing cell has code -1, which indexes the last entry.
    return np.append(of_levels, source.get("gap", source["origin"]))[codes]


def numeric_names(sources: Iterable[NumericSource]) -> list[str]:
    """Names of the features in the order of `numeric_block`: "age", or "born days" for a part of a date."""
    return [
        f"{each['column']} {part}".rstrip() if part else each["column"]
        for each in sources
        for part in each["parts"]
    ]


def numeric_block(batch: RowBatch, sources: Sequence[NumericSource]) -> NDArray[np.float64]:
    """
    Numeric features for the rows of `batch`, neither filled nor scaled: a new array (rows, features), in
    which the cells of a feature are adjacent.

    The columns are the parts of each source in turn: numbers, truth as 0 and 1, calendar parts, of which
    "days" count from `origin`, and ranks from 0, from which nothing is subtracted. A level that the source
    does not have ranks `origin`, a missing cell `gap` or, if there is none, `origin`. NaN where a number, a
    truth value or a date is missing. Raises `DataError` for an infinite number, and a column of another kind
    of value than in training.
    """
    block = np.empty((sum(len(source["parts"]) for source in sources), batch.table.num_rows))
    place = 0
    for source in sources:
        for values in _source_features(batch, source):
            block[place] = values
            place += 1
    infinite = np.isinf(block)
    if infinite.any():
        raise _infinite_feature(batch, sources, block, infinite)
    return block.T


def _source_features(batch: RowBatch, source: NumericSource) -> Iterator[NDArray[np.float64]]:
    """
    One feature of shape (rows,) for each part of `source`, in their order; NaN where a number or date is
    missing.

    An ordered category gives ranks, without NaN. Infinite numbers pass. Raises `DataError` if the column
    holds another kind of value than in training. The arrays may share the memory of the table.
    """
    name = source["column"]
    if source["kind"] == "datetime":
        days = day_cells(batch, name)
        for part in source["parts"]:
            yield calendar_feature(days, part, origin=source["origin"])
    elif source["kind"] == "ordered":
        yield level_ranks(batch, source)
    else:
        yield number_cells(batch, name, "true or false" if source["kind"] == "boolean" else "numbers")


def _infinite_feature(
    batch: RowBatch,
    sources: Sequence[NumericSource],
    block: NDArray[np.float64],
    infinite: NDArray[np.bool_],
) -> DataError:
    """
    The error for the first row of the first column with an infinite number.

    `block`, (features, rows), has the features of `sources` for the rows of `batch`; `infinite`, of that
    shape, is True at infinite ones, one of them at least.
    """
    feature = int(infinite.any(axis=1).argmax())
    place = int(infinite[feature].argmax())
    columns = [source["column"] for source in sources for _ in source["parts"]]
    value, row = float(block[feature, place]), batch.row_number(place)
    return infinite_value(columns[feature], value, row, caller="TableEncoder")
