"""Columns of the table in one line each, or in one line per kind if there are many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xent.drawing.number_format import count
from xent.drawing.short_text import short
from xent.report.fit.findings import ColumnFinding

__all__ = ["ColumnGroup", "column_groups"]


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """
    One or more columns of one kind, described in one line.

    Parameters
    ----------
    names : tuple of str
        Names of the columns.
    kind : str
        Kind of the columns, such as ``"numeric"``.
    missing : int
        Number of missing cells of all columns together.
    note : str
        Treatment of the columns; if treatments differ, the most frequent one after ``"such as: "``.
    used : bool
        True if the first column is a feature of the model.
    """

    names: tuple[str, ...]
    kind: str
    missing: int
    note: str
    used: bool

    def title(self, width: int) -> str:
        """
        Name of a single column, cut to `width` characters, or number, first and last name of several.

        Both names are cut to a third of `width`, so that the whole may be a little longer.
        """
        if len(self.names) == 1:
            return short(self.names[0], width)
        ends = (short(name, width // 3) for name in (self.names[0], self.names[-1]))
        noun = " columns" if width > 50 else ""
        return f"{count(len(self.names))}{noun}: {' … '.join(ends)}"


def column_groups(columns: tuple[ColumnFinding, ...], limit: int) -> tuple[ColumnGroup, ...]:
    """
    One group for each column if there are at most `limit` columns, otherwise one for each kind.

    Each column that is dropped or has odd cells keeps a group of its own. Groups are in the order of their
    first columns.
    """
    if len(columns) <= limit:
        return tuple(_group([column]) for column in columns)
    kinds: dict[str | int, list[ColumnFinding]] = {}
    for place, column in enumerate(columns):
        kinds.setdefault(place if _is_notable(column) else column.kind, []).append(column)
    return tuple(map(_group, kinds.values()))


def _is_notable(column: ColumnFinding) -> bool:
    """True if the column has odd cells or is dropped."""
    return column.odd > 0 or not column.used


def _group(columns: list[ColumnFinding]) -> ColumnGroup:
    """
    Group of `columns`, at least one, of one kind: their names, the sum of their missing cells, and one note.

    The note is that of all if they agree, else the most frequent one after "such as: ". Kind and use are
    those of the first.
    """
    notes = Counter(column.note for column in columns)
    commonest = notes.most_common(1)[0][0]
    return ColumnGroup(
        names=tuple(column.name for column in columns),
        kind=columns[0].kind,
        missing=sum(column.missing for column in columns),
        note=commonest if len(notes) == 1 else f"such as: {commonest}",
        used=columns[0].used,
    )
