"""Columns, told in one line each, or one line per kind where they are many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xent.drawing.number_format import count
from xent.drawing.short_text import short
from xent.report.fit.findings import ColumnFinding

__all__ = ["ColumnGroup", "column_groups"]

_MOST_NOTABLE = 40


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns of one kind: their names, their missing cells in all, and what is most often done with them."""

    names: tuple[str, ...]
    kind: str
    missing: int
    note: str
    used: bool

    def title(self, width: int) -> str:
        """Name the columns in some `width` characters: how many, the first and the last."""
        if len(self.names) == 1:
            return short(self.names[0], width)
        ends = (short(name, width // 3) for name in (self.names[0], self.names[-1]))
        noun = " columns" if width > 50 else ""
        return f"{count(len(self.names))}{noun}: {' … '.join(ends)}"


def column_groups(columns: tuple[ColumnFinding, ...], limit: int) -> tuple[ColumnGroup, ...]:
    """
    Give each column a line of its own if `limit` lines are enough, or else each kind of column.

    A column that is dropped or has odd cells keeps its own line, as long as there are at most 40 of them.
    """
    if len(columns) <= limit:
        return tuple(_group([column]) for column in columns)
    notable = sum(map(_is_notable, columns)) <= _MOST_NOTABLE
    kinds: dict[str | int, list[ColumnFinding]] = {}
    for place, column in enumerate(columns):
        kinds.setdefault(place if notable and _is_notable(column) else column.kind, []).append(column)
    return tuple(map(_group, kinds.values()))


def _is_notable(column: ColumnFinding) -> bool:
    return column.odd > 0 or not column.used


def _group(columns: list[ColumnFinding]) -> ColumnGroup:
    notes = Counter(column.note for column in columns)
    commonest = notes.most_common(1)[0][0]
    return ColumnGroup(
        names=tuple(column.name for column in columns),
        kind=columns[0].kind,
        missing=sum(column.missing for column in columns),
        note=commonest if len(notes) == 1 else f"such as: {commonest}",
        used=columns[0].used,
    )
