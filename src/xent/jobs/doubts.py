"""Reasons to doubt a fit that only the table shows, collected before its columns are encoded and freed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xent.data import TableEncoder, Target
from xent.data.read_columns import read_columns
from xent.data.repeated_rows import chance_of_equal_rows
from xent.data.row_groups import shared_groups
from xent.data.single_columns import determining_columns
from xent.report.fit.cautions import TableDoubts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["table_doubts"]

Codes = NDArray[np.integer[Any]]

# Rows that show a column which determines 97 % of the rows, and take a second for a hundred columns.
_SAMPLE = 20_000


def table_doubts(
    table: pa.Table, encoder: TableEncoder, goal: Target, train: Codes, held_out: Codes, *, grouped: bool
) -> TableDoubts:
    """
    Doubts about `table` with the classes `goal`: columns that determine it, groups on both sides, equal rows.

    They are columns that alone remove nearly all errors of guessing the class, with the share; columns named
    like groups, with the share of held-out rows whose group is also in training; and the probability that two
    rows are equal, were columns independent. The first and the last come from the used columns of at most
    20,000 of the rows with a class, drawn at random but always alike, groups from all rows. `train` and
    `held_out` are places in ``goal.rows``. With `grouped` the rows are split by groups, and no columns of
    groups are looked for.
    """
    chosen = np.arange(len(goal.rows))
    if len(chosen) > _SAMPLE:
        chosen = np.sort(np.random.default_rng(0).choice(chosen, _SAMPLE, replace=False))
    plans = encoder.columns
    used = [plan.name for plan in plans if plan.used]
    words = tuple(encoder.missing_words_)
    sample = table.select(used)
    if len(chosen) < table.num_rows:
        sample = sample.take(goal.rows[chosen])
    sample = read_columns(sample, plans, None, first=0, missing=words)
    named = table.drop_columns(
        [goal_name for goal_name in [encoder.target] if goal_name in table.column_names]
    )
    return TableDoubts(
        determining=determining_columns(sample, goal.codes[chosen]),
        shared=() if grouped else shared_groups(named, goal.rows[train], goal.rows[held_out]),
        equal_by_chance=chance_of_equal_rows(sample),
    )
