"""What each column of a table is, and whether a model can use it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from xent.data.category_levels import MOST_LEVELS
from xent.data.column_kinds import ColumnPlan, plan_column
from xent.data.near_names import near_names
from xent.data.row_batches import checked_rows
from xent.data.table_files import check_names
from xent.errors import DataError

__all__ = ["ColumnPlan", "check_target", "plan_columns"]


def plan_columns(
    table: pa.Table,
    target: str | None = None,
    *,
    rows: Any = None,
    most_levels: int = MOST_LEVELS,
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

    Returns
    -------
    tuple of ColumnPlan
        One per column.

    Raises
    ------
    DataError
        If `target` is no column, a name stands twice, there are no rows, a number is infinite, or no
        column is left to learn from.
    DomainError
        If `rows` holds anything but places of rows.

    Notes
    -----
    **Rules**, the first that fits:

    - *empty*: no value at all.
    - *unsupported*: lists, records, bytes and other things that are neither numbers, dates nor text.
    - *identifier*: whole numbers that count all rows of the table from 0 or 1 in order (at least 50 rows,
      or a name such as ``id``); text of which more than 90 % of the cells differ, or none of whose levels
      is frequent enough to be kept.
    - *constant*: one value, and no cell missing.
    - *numeric*: numbers, and plain text that reads as numbers throughout.
    - *datetime*: dates and times, and plain text that reads as ISO 8601 throughout.
    - *boolean*: true and false, and plain text that reads as those throughout.
    - *categorical*: any other text, and whatever is dictionary-encoded.

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
    check_names(table.column_names, where="plan_columns", argument="table")
    check_target(table, target, where="plan_columns")
    places = checked_rows(rows, table.num_rows, where="plan_columns")
    if (table.num_rows if places is None else len(places)) == 0:
        raise DataError("plan_columns", "table", "have rows", got="none")
    plans = tuple(
        plan_column(name, table.column(name), places, most_levels=most_levels)
        for name in table.column_names
        if name != target
    )
    if not any(plan.used for plan in plans):
        raise _nothing_to_learn_from(plans)
    return plans


def check_target(table: pa.Table, target: str | None, *, where: str) -> None:
    """Raise where `target` is not a column of `table`."""
    if target is not None and target not in table.column_names:
        hint = near_names(target, table.column_names)
        raise DataError(where, "target", "be a column of the table", got=repr(target), hint=hint)


def _nothing_to_learn_from(plans: tuple[ColumnPlan, ...]) -> DataError:
    kinds = [plan.kind for plan in plans]
    counts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    fact = f"{', '.join(counts)} and no other" if counts else "none besides the target"
    hint = "Add a column that differs between rows."
    return DataError("plan_columns", "table", "have a column to learn from", got=fact, hint=hint)
