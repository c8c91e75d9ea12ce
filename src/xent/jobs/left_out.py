"""Columns that are not features because the caller says so."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from xent.data.column_plan import check_target
from xent.errors import DataError
from xent.given_names import names_of
from xent.report.fit.findings import ColumnFinding

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["without_columns"]


def without_columns(
    table: pa.Table,
    target: str,
    exclude: str | Collection[str],
    *,
    group: str | None,
    weight: str | None,
    places: Collection[str] = (),
) -> tuple[pa.Table, tuple[ColumnFinding, ...]]:
    """
    `table` without the columns `exclude`, `group`, `weight` and `places`, and a finding of each, in the
    table's order.

    A finding has the name, the kind "place", "excluded", "group" or "weight", the number of missing cells and
    a note. `exclude` may be one name; `group` and `weight` None name no column; the target among `places` is
    left alone. A column that is several of these is called by the last of place, excluded, group and weight.

    Raises
    ------
    DataError
        If one of them is not a column, or is the target.
    """
    exclude = names_of(exclude)
    reasons = dict.fromkeys(places, ("place", "says where the row is from: not a feature"))
    reasons.pop(target, None)
    reasons |= dict.fromkeys(exclude, ("excluded", "excluded by the caller"))
    if group is not None:
        reasons[group] = ("group", "names the group of each row: not a feature")
    if weight is not None:
        reasons[weight] = ("weight", "holds the weight of each row: not a feature")
    for name, (kind, _) in reasons.items():
        argument = {"excluded": "exclude", "weight": "sample_weight"}.get(kind, kind)
        check_target(table, name, caller="fit", argument=argument)
        if name == target:
            raise DataError("fit", argument, "be another column than the target", got=repr(name))
    found = tuple(
        ColumnFinding(name, *reasons[name][:1], table.column(name).null_count, reasons[name][1])
        for name in table.column_names
        if name in reasons
    )
    return table.drop_columns(list(reasons)) if reasons else table, found
