"""`columns`: the plan of a table's columns, without a fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xent.data import MISSING, plan_columns
from xent.data.column_wishes import MOST_WORDS, text_types
from xent.data.file_facts import facts_of
from xent.data.source import table_of
from xent.jobs.keywords import OF_READING, check_keywords
from xent.jobs.left_out import without_columns
from xent.report.fit.findings import ColumnFinding

__all__ = ["Columns", "columns"]


@dataclass(frozen=True, slots=True)
class Columns:
    """
    Result of `columns`.

    Parameters
    ----------
    name : str
        Name of the table.
    rows : int
        Number of rows.
    columns : tuple of ColumnFinding
        Kind and treatment of each column except the target.
    notes : tuple of str
        Sentences on how the file was read.
    """

    name: str
    rows: int
    columns: tuple[ColumnFinding, ...]
    notes: tuple[str, ...]


def columns(
    data: Any,
    target: str | None = None,
    *,
    missing: str | Sequence[str] = MISSING,
    keep: str | Collection[str] = (),
    exclude: str | Collection[str] = (),
    types: Mapping[str, str] | None = None,
    text: bool = True,
    **reading: Any,
) -> Columns:
    """
    Kind and treatment of each column of a table, as `fit` would plan them by all rows.

    Parameters
    ----------
    data : str, Path, DataFrame or array
        Name of a built-in data set, a file, a folder of WFDB records, or a table in memory.
    target : str, optional
        Column to predict, which gets no plan.
    missing : str or sequence of str
        Cells of a delimited file that count as missing besides the empty one.
    keep, exclude : str or collection of str
        Columns that are used although they look like identifiers, and columns that are not used.
    types : mapping of str to str, optional
        Kind that a column must have, by its name, such as ``"categorical"``.
    text : bool, default True
        False to drop columns of free text.
    **reading
        Further options of `xent.data.read_table`.

    Returns
    -------
    Columns
        Name and number of rows of the table, a finding for each column but the target, and notes of the
        reader. Columns are in the order of the table; those of `exclude`, and those that the data name as
        group or as place of a row, come last.

    Raises
    ------
    DataError
        If the table cannot be used; the message says why and what to do.
    DomainError
        If a kind in `types` is unknown, or an option of reading is invalid.
    BackendError
        If the library that reads `data` is not installed.
    ParameterError
        If a keyword is no option of reading.

    Examples
    --------
    >>> [column.kind for column in columns("wine").columns][:2]
    ['numeric', 'numeric']
    """
    check_keywords(reading, columns, taken=OF_READING)
    table, known, name = table_of(data, {}, missing=missing, reading={"text": text_types(types), **reading})
    facts = facts_of(table)
    target = target or known
    table, left_out = without_columns(
        table, target or "", exclude, group=facts.group, weight=None, places=facts.places
    )
    plans = plan_columns(table, target, keep=keep, types=types or {}, most_words=MOST_WORDS if text else 0)
    found = (*map(ColumnFinding.of, plans), *left_out)
    return Columns(name, table.num_rows, found, facts.notes)
