"""Confusion matrix as a heat map, one line per true class."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.drawing.short_text import short
from xent.report.fit.judged import Judged

__all__ = ["HeatCell", "HeatLine", "heat_map"]

_MOST_CLASSES = 20
_LONGEST_HEAD = 6


@dataclass(frozen=True, slots=True)
class HeatCell:
    """
    One entry of the confusion matrix.

    Parameters
    ----------
    rows : int
        Number of held-out rows.
    shade : float
        Opacity of the cell, from 0 to 0.5.
    hit : bool
        True on the diagonal, where the prediction is the true class.
    """

    rows: int
    shade: float
    hit: bool


@dataclass(frozen=True, slots=True)
class HeatLine:
    """
    Line of one true class: `head` is its column head (name or number), `label` its name, `cells` its
    row.
    """

    head: str
    label: str
    cells: tuple[HeatCell, ...]


def heat_map(findings: Judged) -> tuple[HeatLine, ...]:
    """
    Lines of the heat map, one for each true class; none for more than 20 classes.

    Heads are class numbers, from 1, if a class name has more than 6 characters. The opacity is half the root
    of the cell's share of its row.
    """
    labels = [short(label, 32) for label in findings.classes]
    if len(labels) > _MOST_CLASSES:
        return ()
    numbered = any(len(label) > _LONGEST_HEAD for label in labels)
    return tuple(
        HeatLine(str(true + 1) if numbered else labels[true], labels[true], _cells(row, true))
        for true, row in enumerate(findings.held_out.confusion)
    )


def _cells(row: tuple[int, ...], true: int) -> tuple[HeatCell, ...]:
    """
    Cells of one row of the confusion matrix, with the counts in `row`; that in column `true` is the
    hit.
    """
    # The square root keeps single confusions visible; text on an opacity of at most one half is readable.
    of = max(sum(row), 1)
    return tuple(
        HeatCell(rows, round(0.5 * math.sqrt(rows / of), 2), predicted == true)
        for predicted, rows in enumerate(row)
    )
