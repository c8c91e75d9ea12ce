"""Kind of each column of a table, and the check that a model can use at least one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from xent.data.category_levels import MOST_LEVELS
from xent.data.column_kinds import plan_column
from xent.data.column_wishes import MOST_WORDS, ColumnWishes, check_target
from xent.data.file_facts import facts_of
from xent.data.planned_column import ColumnPlan, PlannedColumn
from xent.data.row_batches import checked_rows
from xent.data.table_files import check_names
from xent.errors import DataError
from xent.given_names import names_of

__all__ = ["ColumnPlan", "check_learnable", "check_target", "plan_columns", "planned_columns"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


def plan_columns(
    table: pa.Table,
    target: str | None = None,
    *,
    rows: Any = None,
    most_levels: int = MOST_LEVELS,
    keep: str | Collection[str] = (),
    types: Mapping[str, str] = _NOTHING,
    most_words: int = MOST_WORDS,
) -> tuple[ColumnPlan, ...]:
    """
    Plan of each column except the target, in the table's order.

    Parameters
    ----------
    table : pyarrow.Table
        The table.
    target : str, optional
        Column to predict, which gets no plan; None plans every column.
    rows : array of int, optional
        Places of the rows by which columns are judged; None means all rows.
    most_levels : int, default 100
        Most features for one category, that of missing cells aside; at least 1.
    keep : str or collection of str
        Columns that are used although they look like identifiers. Text of which no level is frequent is
        dropped all the same.
    types : mapping of str to str
        Kind that a column must have: ``"numeric"``, ``"datetime"``, ``"boolean"``, ``"categorical"``,
        ``"ordered"``, ``"text"`` or ``"drop"``. Cells that do not read as that kind are gaps. ``"ordered"``
        gives a category, whose note says so, where fewer than three levels, or levels of no known order,
        occur.
    most_words : int, default 10,000
        Most features for one column of free text; 0 drops free text.

    Returns
    -------
    tuple of ColumnPlan
        One per column.

    Raises
    ------
    DataError
        If `target` or a name in `keep` or `types` is not a column, `types` names the target, a name occurs
        twice, there are no rows, a number is infinite, a column cannot have the kind requested, or no column
        is left to learn from.
    DTypeError
        If `most_levels` or `most_words` is not an integer.
    DomainError
        If `rows` is not a list of row places, a place is out of range, a kind in `types` is unknown, or
        `most_levels` is below 1 or `most_words` below 0.

    Notes
    -----
    **Rules**, of which the first that fits applies:

    - *excluded*: ``"drop"`` in `types`, and free text if `most_words` is 0.
    - *empty*: no value at all.
    - *unsupported*: lists, records, bytes and other values that are neither numbers, dates nor text.
    - *identifier*: whole numbers that are unique in the whole table and either have a name like an id or,
      if there are at least 50 of them, fill half of their range (a range of years excepted); text that is
      not free text and of which more than 90 % of the cells are distinct, or no level is frequent enough to
      be kept.
    - *constant*: one value, and no cell missing.
    - *numeric*: numbers, and plain text of which 97 % of the cells read as numbers: also with a currency,
      percent, thousands marks, accounting brackets or a decimal comma.
    - *datetime*: dates and times, and plain text of which 97 % of the cells read as such: ISO 8601, 2/15/2020
      and 15.2.2020 (the whole column tells day from month), 15 Feb 2020, 6:30 pm.
    - *boolean*: true and false, and plain text that reads as those throughout.
    - *text*: text of which less than half of the cells hold a frequent level, with three words a cell on
      average and at least ten words that occur in several cells.
    - *ordered*: text whose levels, at least three, are all words of one scale, such as low, medium and high
      or the answers from strongly disagree to strongly agree; ordered dictionaries of arrow.
    - *categorical*: any other text, whatever is dictionary-encoded, and digits with leading zeros, such as
      postal codes.

    The 97 % are a share of all cells of the table, words for missing aside; the 90 % are a share of the cells
    at `rows` that are not missing. Cells that do not read as the others are gaps; the plan counts them in
    `odd` and names the first. An identifier or unsupported column with enough missing cells has an indicator
    of them (`gaps`).

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
    wishes = ColumnWishes(frozenset(names_of(keep)), types, most_levels, most_words)
    return tuple(each.plan for each in planned_columns(table, target, rows, wishes))


def planned_columns(
    table: pa.Table, target: str | None, rows: Any, wishes: ColumnWishes
) -> tuple[PlannedColumn, ...]:
    """
    Plan and converted cells of each column of `table` but `target`, in the order of the table; None plans
    all.

    All cells are converted, of dropped columns too, save where "drop" is wished. Cells at the places `rows`,
    or all for None, decide the plans, by the rules that `plan_columns` lists. Raises `DataError` for names
    that occur twice, a target or wish that names no column, no rows, a column that cannot be of the requested
    kind, an infinite number, or no column to learn from; `DomainError` for an unknown kind, a limit of
    `wishes` out of its range, and for `rows` that are not places of rows; `DTypeError` for a limit that is
    not an integer.
    """
    check_names(table.column_names, caller="plan_columns", argument="table")
    check_target(table, target, caller="plan_columns")
    wishes.checked(table, target)
    places = checked_rows(rows, table.num_rows, caller="plan_columns")
    if (table.num_rows if places is None else len(places)) == 0:
        raise DataError("plan_columns", "table", "have rows", got="none")
    facts = facts_of(table)
    planned = tuple(
        plan_column(name, table.column(name), places, facts=facts, wishes=wishes)
        for name in table.column_names
        if name != target
    )
    check_learnable(tuple(each.plan for each in planned))
    return planned


def check_learnable(plans: tuple[ColumnPlan, ...]) -> None:
    """Raise `DataError` if there is no feature: none of `plans` is used or has an indicator of gaps."""
    if not any(plan.used or plan.gaps for plan in plans):
        raise _nothing_to_learn_from(plans)


def _nothing_to_learn_from(plans: tuple[ColumnPlan, ...]) -> DataError:
    kinds = [plan.kind for plan in plans]
    counts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    fact = f"{', '.join(counts)} and no other" if counts else "none besides the target"
    hint = "Add a column that differs between rows."
    return DataError("plan_columns", "table", "have a column to learn from", got=fact, hint=hint)
