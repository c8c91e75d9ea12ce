"""The confusion matrix as shades, one line per true class."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.drawing.short_text import short
from xent.report.fit.findings import FitFindings

__all__ = ["HeatCell", "HeatLine", "heat_map"]

_MOST_CLASSES = 20
_LONGEST_HEAD = 6


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Rows of one true class that were taken for one class; `shade` is an opacity."""

    rows: int
    shade: float
    hit: bool


@dataclass(frozen=True, slots=True)
class HeatLine:
    """One true class: `head` is what stands above its column, its name or its number."""

    head: str
    label: str
    cells: tuple[HeatCell, ...]


def heat_map(findings: FitFindings) -> tuple[HeatLine, ...]:
    """Give the confusion matrix as shades; empty where its classes are too many to be taken in at once."""
    labels = [short(label, 32) for label in findings.classes]
    if len(labels) > _MOST_CLASSES:
        return ()
    numbered = any(len(label) > _LONGEST_HEAD for label in labels)
    return tuple(
        HeatLine(str(true + 1) if numbered else labels[true], labels[true], _cells(row, true))
        for true, row in enumerate(findings.held_out.confusion)
    )


def _cells(row: tuple[int, ...], true: int) -> tuple[HeatCell, ...]:
    # The root keeps a single confusion visible; below one half, ink on it stays readable.
    of = max(sum(row), 1)
    return tuple(
        HeatCell(rows, round(0.5 * math.sqrt(rows / of), 2), predicted == true)
        for predicted, rows in enumerate(row)
    )
