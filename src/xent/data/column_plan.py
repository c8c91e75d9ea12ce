"""What each column of a table is, and whether a model can use it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa

from xent.data.category_levels import MOST_LEVELS
from xent.data.column_kinds import ColumnPlan, PlannedColumn, plan_column
from xent.data.file_facts import facts_of
from xent.data.near_names import near_names
from xent.data.row_batches import checked_rows
from xent.data.table_files import check_names
from xent.errors import DataError

__all__ = ["ColumnPlan", "check_target", "plan_columns", "planned_columns"]


def plan_columns(
    table: pa.Table,
    target: str | None = None,
    *,
    rows: Any = None,
    most_levels: int = MOST_LEVELS,
    keep: Collection[str] = (),
) -> tuple[ColumnPlan, ...]:
    """
    What each column but the target is, in the table's order.

    Parameters
    ----------
    table : pyarrow.Table
        The table.
    target : str, optional
        Column that is predicted; it gets no plan.
    rows : array of int, optional
        Places of the rows to judge by; all of them by default.
    most_levels : int, default 100
        Columns that one category may become.
    keep : collection of str
        Columns that are no identifiers, whatever they look like.

    Returns
    -------
    tuple of ColumnPlan
        One per column.

    Raises
    ------
    DataError
        If `target` or a name in `keep` is no column, a name stands twice, there are no rows, a number is
        infinite, or no column is left to learn from.
    DomainError
        If `rows` holds anything but places of rows.

    Notes
    -----
    **Rules**, the first that fits:

    - *empty*: no value at all.
    - *unsupported*: lists, records, bytes and other things that are neither numbers, dates nor text.
    - *identifier*: whole numbers, each of them once in the whole table, that are named like an id or, at
      least 50 of them, fill half of their range (a run of years is none); text of which more than 90 % of
      the cells differ, or none of whose levels is frequent enough to be kept.
    - *constant*: one value, and no cell missing.
    - *numeric*: numbers, and plain text of which 97 % of the cells read as numbers: also with a currency,
      percent, thousands marks, accounting brackets or a decimal comma.
    - *datetime*: dates and times, and plain text of which 97 % of the cells read as such: ISO 8601, 2/15/2020
      and 15.2.2020 (the whole column tells day from month), 15 Feb 2020, 6:30 pm.
    - *boolean*: true and false, and plain text that reads as those throughout.
    - *categorical*: any other text, whatever is dictionary-encoded, and digits with leading zeros, such as
      postal codes.

    The shares are those of all cells of the table, words for missing aside. Cells that do not read as the
    others are gaps; the plan counts them in `odd` and names the first.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"age": [31.0, None, 52.0], "city": ["Oslo", "Oslo", "Rome"], "year": [2024] * 3})
    >>> for plan in plan_columns(table):
    ...     print(plan.name, plan.kind, plan.missing, plan.note, sep=" | ")
    age | numeric | 1 | 31 to 52
    city | categorical | 0 | 2 levels, 1 rare pooled
    year | constant | 0 | always 2024: dropped
    """
    return tuple(each.plan for each in planned_columns(table, target, rows, most=most_levels, keep=keep))


def planned_columns(
    table: pa.Table, target: str | None, rows: Any, *, most: int, keep: Collection[str]
) -> tuple[PlannedColumn, ...]:
    """The plans of `plan_columns`, each with its column as it is meant."""
    check_names(table.column_names, where="plan_columns", argument="table")
    check_target(table, target, where="plan_columns")
    for name in keep:
        check_target(table, name, where="plan_columns", argument="keep")
    places = checked_rows(rows, table.num_rows, where="plan_columns")
    if (table.num_rows if places is None else len(places)) == 0:
        raise DataError("plan_columns", "table", "have rows", got="none")
    facts = facts_of(table)
    planned = tuple(
        plan_column(name, table.column(name), places, facts=facts, most_levels=most, kept=name in keep)
        for name in table.column_names
        if name != target
    )
    if not any(each.plan.used for each in planned):
        raise _nothing_to_learn_from(tuple(each.plan for each in planned))
    return planned


def check_target(table: pa.Table, target: str | None, *, where: str, argument: str = "target") -> None:
    """Raise where `target` is not a column of `table`."""
    if target is not None and target not in table.column_names:
        hint = near_names(target, table.column_names)
        raise DataError(where, argument, "be a column of the table", got=repr(target), hint=hint)


def _nothing_to_learn_from(plans: tuple[ColumnPlan, ...]) -> DataError:
    kinds = [plan.kind for plan in plans]
    counts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    fact = f"{', '.join(counts)} and no other" if counts else "none besides the target"
    hint = "Add a column that differs between rows."
    return DataError("plan_columns", "table", "have a column to learn from", got=fact, hint=hint)
