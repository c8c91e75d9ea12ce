"""Plan of one column: its kind, its gaps, and a note in plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from xent.data.text_reading import Reading

__all__ = ["USED_KINDS", "ColumnPlan", "PlannedColumn"]

USED_KINDS = frozenset({"numeric", "categorical", "ordered", "boolean", "datetime", "text"})


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """
    Kind of one column, and the reason if the column is dropped.

    Parameters
    ----------
    name : str
        The column's name.
    kind : str
        ``"numeric"``, ``"categorical"``, ``"ordered"``, ``"boolean"``, ``"datetime"`` or ``"text"`` if it is
        used; ``"constant"``, ``"empty"``, ``"identifier"``, ``"excluded"`` or ``"unsupported"`` if it is
        dropped.
    missing : int
        Number of missing cells; NaN counts as missing.
    note : str
        Content of the column, or the reason for dropping it, in plain words.
    odd : int, default 0
        Number of cells of the whole table that cannot be read as the column's other cells.
    gaps : bool, default False
        True if the column is dropped but an indicator of its missing cells is a feature.
    reading : Reading, optional
        Rules by which cells that come as text are read; None for a category, whose cells stay text, and for a
        dropped column.
    """

    name: str
    kind: str
    missing: int
    note: str
    odd: int = 0
    gaps: bool = False
    reading: Reading | None = field(default=None, compare=False)

    @property
    def used(self) -> bool:
        """True if the column's values become features."""
        return self.kind in USED_KINDS


@dataclass(frozen=True, slots=True, eq=False)
class PlannedColumn:
    """
    A `plan`, and the `cells` of the whole column, converted if text reads as numbers, dates or truth
    values.
    """

    plan: ColumnPlan
    cells: pa.ChunkedArray
