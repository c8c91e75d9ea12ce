"""Training and held-out rows of a fit, by whole groups if a column names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import Target
from xent.data.file_facts import facts_of
from xent.data.row_groups import row_groups
from xent.errors import DataError
from xent.scoring.held_out import split_rows

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["grouped_split", "own_groups"]

Codes = NDArray[np.integer[Any]]


def grouped_split(
    table: pa.Table, target: str, goal: Target, group: str | None, *, share: float, seed: int
) -> tuple[Codes | None, Codes, Codes]:
    """
    Group of each row of `goal` (None without `group`), and places in `goal` of training and held-out rows.

    Groups are numbered from 0. About `share` of the rows of each class are held out, drawn by `seed`, a group
    always whole; places rise. Every class has a training row, but not always, with groups, a held-out one.

    Raises
    ------
    DataError
        If `group` is no column or the target, has one group, or its groups are too few for rows on both sides
        with every class in training.
    """
    if group is not None and group == target:
        raise DataError("fit", "group", "be another column than the target", got=repr(group))
    groups = None if group is None else row_groups(table, group, goal.rows, caller="fit")
    train, held_out = split_rows(goal.codes, share, seed=seed, groups=groups)
    if not (len(train) and len(held_out)):
        distinct = len(np.unique(groups)) if groups is not None else 0
        raise DataError(
            "fit",
            "group",
            "name groups of which some can be held out while every class stays in training",
            got=f"{distinct} groups in column {group!r}",
        )
    return groups, train, held_out


def own_groups(table: pa.Table, rows: Codes) -> tuple[str, Codes | None]:
    """
    Column of groups that the source of `table` names, and the number, from 0, of the group of each of `rows`.

    `rows` are row numbers. The name is "" without such a column; the groups are None then, and also, beside
    the name, if all `rows` are of one group.
    """
    name = facts_of(table).group
    if name is None or name not in table.column_names:
        return "", None
    if len(table.column(name).take(rows).unique()) < 2:
        return name, None
    return name, row_groups(table, name, rows, caller="judge")
