"""Plans of columns whose rows come in pieces, by the rules of `plan_columns`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from xent.data.calendar_features import CALENDAR_PARTS, SMALLEST_SPREAD
from xent.data.column_kinds import (
    KEEP,
    meant_as,
    plain_reading_of,
    plain_type,
    plan_of_days,
    plan_of_numbers,
    plan_of_truth,
)
from xent.data.column_values import is_instant, is_number
from xent.data.column_wishes import ColumnWishes
from xent.data.file_facts import FileFacts, facts_of
from xent.data.free_text import TextSource, source_of_texts, text_source
from xent.data.gap_indicators import gaps_tell
from xent.data.identifiers import reason_of_whole_numbers
from xent.data.numeric_features import NumericSource, ranked_source, source_of_plan
from xent.data.ordered_levels import level_order
from xent.data.pieces.columns import MOST_COUNTED, StreamedColumn
from xent.data.planned_column import ColumnPlan
from xent.data.row_batches import RowBatch
from xent.data.text_kinds import plan_levels, plan_text
from xent.data.text_reading import Reading

__all__ = ["settled_readings", "streamed_plan", "streamed_source", "streamed_words"]


def settled_readings(sample: pa.Table, names: list[str], wishes: ColumnWishes) -> dict[str, Reading | None]:
    """
    Rules by name for reading each column among `names`, by the rows of `sample`; None for one without rules.

    A `Reading` tells the meaning (numbers, dates, times, true or false), decimal mark, currency and order of
    dates. A column without rules stays as it is, or is to become text if `wishes` make it a category, ordered
    or free text. The metadata of `sample` must have the words for missing and the usual decimal mark, as
    `FileFacts`; else the defaults hold. A kind in `wishes` goes before the meaning of the cells. A column
    that is to be dropped has no entry. Raises `DataError` for one that cannot be of the requested kind.
    """
    facts = facts_of(sample)
    found: dict[str, Reading | None] = {}
    for name in names:
        wished = wishes.types.get(name)
        if wished != "drop":
            found[name] = meant_as(name, sample.column(name), facts, wished).reading
    return found


def streamed_plan(
    column: StreamedColumn,
    reading: Reading | None,
    sample: pa.ChunkedArray,
    *,
    odd: int,
    wishes: ColumnWishes,
    facts: FileFacts,
) -> ColumnPlan:
    """
    Plan of `column` by its counts and limits: the one that it would have in memory, save where `sample`
    decides.

    That is where its levels were too many to count, and for whole numbers that do not rise.

    Parameters
    ----------
    column : StreamedColumn
        Counts, limits and levels of the converted column.
    reading : Reading or None
        Rules by which text was converted; None if it was not.
    sample : pyarrow.ChunkedArray
        Converted cells of a sample of the rows.
    odd : int
        Number of cells that did not read.
    wishes : ColumnWishes
        Requests about columns.
    facts : FileFacts
        Facts of the file, for its decimal mark.

    Returns
    -------
    ColumnPlan
        The plan, with `odd` in its note if the column is used or an identifier. If it is used, its `reading`
        is the given one or, if the cells did not come as text, rules for later files that hold text.
    """
    if wishes.types.get(column.name) == "drop":
        return ColumnPlan(column.name, "excluded", column.missing, "dropped as requested")
    plan = _plan(column, reading, sample, wishes)
    if plan.used or plan.kind == "identifier":
        odd_note = [] if not odd else ["1 odd cell is a gap" if odd == 1 else f"{odd} odd cells are gaps"]
        plan = replace(plan, note="; ".join((plan.note, *odd_note)), odd=odd)
    if plan.used:
        return replace(plan, reading=reading or plain_reading_of(plan, column.kind, facts))
    if plan.kind in {"identifier", "unsupported"} and gaps_tell(plan.missing, column.rows):
        return replace(plan, note=f"{plan.note}; its {plan.missing} gaps are a feature", gaps=True)
    return plan


def _plan(
    column: StreamedColumn, reading: Reading | None, sample: pa.ChunkedArray, wishes: ColumnWishes
) -> ColumnPlan:
    name, missing = column.name, column.missing
    if column.nulls == column.rows:
        return ColumnPlan(name, "empty", column.rows, "no value: dropped")
    if is_number(column.kind):
        kept = name in wishes.keep or name in wishes.types
        # Floats of the file are measurements; numbers that were text are floats even where they are whole.
        may_identify = pa.types.is_integer(column.kind) or (reading is not None and reading["from_text"])
        reason = _identifier_reason(column, sample) if may_identify and not kept else ""
        if reason:
            return ColumnPlan(name, "identifier", column.nulls, f"{reason}: dropped{KEEP}")
        return plan_of_numbers(name, missing, column.rows, (column.low, column.high))
    if is_instant(column.kind):
        return plan_of_days(name, column.kind, missing, (column.low, column.high))
    if pa.types.is_boolean(column.kind):
        return plan_of_truth(name, missing, column.total / (column.rows - missing))
    return _plan_of_levels(column, sample, wishes)


def _plan_of_levels(column: StreamedColumn, sample: pa.ChunkedArray, wishes: ColumnWishes) -> ColumnPlan:
    name, missing = column.name, column.missing
    if not column.is_level:
        return ColumnPlan(name, "unsupported", missing, f"holds {plain_type(column.kind)}: dropped")
    if column.levels is None:
        plan = plan_text(name, sample, wishes, ordered=False)
        if plan.kind == "text" or (plan.kind == "excluded" and wishes.most_words == 0):
            return replace(plan, missing=missing)
        note = f"more than {MOST_COUNTED:,} levels: dropped"
        return ColumnPlan(name, "identifier", missing, note)
    ordered = pa.types.is_dictionary(column.kind) and column.kind.ordered
    return plan_levels(name, *column.counted, column.rows, wishes, ordered=ordered)


def _identifier_reason(column: StreamedColumn, sample: pa.ChunkedArray) -> str:
    if not column.is_whole or column.least is None or column.most is None:
        return ""
    if not (pa.types.is_integer(column.kind) or pa.types.is_floating(column.kind)):
        return ""
    return reason_of_whole_numbers(
        column.name,
        (column.rows - column.nulls, column.nulls),
        (column.least, column.most),
        is_unique=lambda: column.is_unique(sample),
        is_run=lambda: column.is_run,
    )


def streamed_words(
    plan: ColumnPlan, column: StreamedColumn, sample: pa.ChunkedArray, *, most: int
) -> TextSource:
    """
    Words of the column of free text that `plan` names, at most `most`, and their inverse document
    frequencies.

    Words are those that occur in two different cells or more; beyond `most` the ones with most occurrences in
    the different cells, each counted once. All rows decide or, if the levels of `column` were not counted,
    the cells `sample` of some rows. Raises `DataError` without such a word.
    """
    if column.levels is None:
        return text_source(RowBatch(pa.table({plan.name: sample}), 0, None), plan.name, most=most)
    levels, counts = column.counted
    counts = np.append(counts, column.rows - counts.sum())
    return source_of_texts(plan.name, [*levels.to_pylist(), ""], counts, most=most)


def streamed_source(plan: ColumnPlan, column: StreamedColumn) -> NumericSource | None:
    """
    Name, kind, parts, origin and levels of the numeric features of a planned column; None if it has none.

    A numeric or boolean column has one part, "", and the origin 0. Dates have the earliest day as `origin`
    and the calendar parts that differ by more than 1e-9, or "days" if none does; ordered levels are ranked
    from low to high, with their mean rank over the rows as `origin`. None for a category, free text and
    dropped columns.
    """
    if plan.kind in {"numeric", "boolean"}:
        return source_of_plan(plan, 0.0, [""])
    if plan.kind == "datetime":
        spans = {"days": (column.low, column.high), **column.parts}
        parts = [part for part in CALENDAR_PARTS if spans[part][1] - spans[part][0] > SMALLEST_SPREAD]
        return source_of_plan(plan, column.low, parts or ["days"])
    if plan.kind != "ordered":
        return None
    levels, counts = column.counted
    names = levels.filter(pa.array(counts > 0)).to_pylist()
    is_ordered = pa.types.is_dictionary(column.kind) and column.kind.ordered
    order = list(names if is_ordered else level_order(names))
    known = dict(zip(levels.to_pylist(), counts.tolist(), strict=True))
    # Words of one scale have a rank each; a level that is no word of it cannot be here.
    ranks = np.asarray([known[level] * rank for rank, level in enumerate(order)], np.float64)
    origin = float(ranks.sum() / sum(known[level] for level in order))
    return ranked_source(plan, origin, order)
