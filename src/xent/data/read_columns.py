"""Text columns of new rows, converted by the rules that were settled in training."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xent.data.column_meaning import odd_cells
from xent.data.column_values import is_text
from xent.data.expected_cells import plain_column, refused_cell
from xent.data.file_facts import FileFacts, facts_of
from xent.data.planned_column import ColumnPlan
from xent.data.row_batches import RowBatch
from xent.data.table_conversion import replace_columns
from xent.data.text_reading import ReadColumn, read_column

__all__ = ["read_columns"]

Rows = NDArray[np.int64]


def read_columns(
    table: pa.Table,
    plans: Iterable[ColumnPlan],
    rows: Rows | None,
    *,
    first: int | None,
    missing: tuple[str, ...],
) -> pa.Table:
    """
    `table` with text converted to numbers, dates or truth values in the columns whose plans say so.

    Text that does not read, and words in `missing`, become gaps. `first` is the number of the first row if
    `table` is a piece of a larger table, and None if it is whole. Only for a whole table, a `UserWarning`
    names the cells at `rows` (None: all) that do not read; they raise `DataError` if no cell of their column
    reads.
    """
    cells = {}
    for plan in plans:
        if not plan.used or plan.reading is None:
            continue
        column = plain_column(table.column(plan.name))
        if is_text(column.type):
            read = read_column(column, plan.reading, missing)
            if first is None:
                _check(table, plan, column, read, rows)
            cells[plan.name] = read.cells
    return replace_columns(table, cells)


def _check(
    table: pa.Table, plan: ColumnPlan, column: pa.ChunkedArray, read: ReadColumn, rows: Rows | None
) -> None:
    """
    Warn of the cells at `rows` of `table` (None: all) that cannot be read as `plan` says and count as
    missing.

    `read` is the converted `column` with the places of all cells that do not read. Nothing if none of them is
    at `rows`; `DataError` if one is and no cell of the whole column can be read.
    """
    odd = read.odd if rows is None else read.odd[np.isin(read.odd, rows)]
    if not len(odd) or plan.reading is None:
        return
    meaning = plan.reading["meaning"]
    if read.cells.null_count == len(read.cells):
        raise refused_cell(RowBatch(table, 0, None), plan.name, column, meaning, int(odd[0]))
    facts: FileFacts = facts_of(table)
    count = "1 cell" if len(odd) == 1 else f"{len(odd)} cells"
    message = f"{count} of column {plan.name!r} cannot be read as {meaning} and count as missing"
    warnings.warn(f"{message}: {odd_cells(column, odd, facts)}", UserWarning, stacklevel=4)
