"""Confusion matrix as a text table, if the terminal is wide enough."""

from __future__ import annotations

from rich.cells import cell_len

from xent.drawing.number_format import count
from xent.drawing.short_text import short
from xent.drawing.text_table import table_width
from xent.report.fit.judged import Judged

__all__ = ["confusion_matrix"]

_MOST_CLASSES = 15
_LONGEST_HEAD = 4
_LABEL = 24
_SHORTEST_LABEL = 8


def confusion_matrix(findings: Judged, room: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]] | None:
    """
    Heads and rows of the confusion matrix for `print_table`; None if `room` characters are too few for it.

    A row has the name of a true class, cut to the room beside the counts, and the counts of each predicted
    class, as text, with a dot for 0. The heads are "Class" and those of the predicted classes, with ``>`` for
    alignment to the right: names or, if one of them is wider than 4 characters, numbers from 1, which then
    precede the names in the rows too. None also if fewer than 8 characters are left for the names, or for
    more than 15 classes.
    """
    names = [short(label, _LABEL) for label in findings.classes]
    numbered = any(cell_len(name) > _LONGEST_HEAD for name in names)
    marks = [str(number) for number in range(1, len(names) + 1)] if numbered else names
    cells = [tuple(count(n) if n else "." for n in row) for row in findings.held_out.confusion]
    left = room - 2 - table_width(tuple(marks), cells)
    if len(names) > _MOST_CLASSES or left < _SHORTEST_LABEL:
        return None
    labels = [f"{mark} {name}" for mark, name in zip(marks, names, strict=True)] if numbered else names
    rows = [(short(label, left), *row) for label, row in zip(labels, cells, strict=True)]
    return ("Class", *(f">{mark}" for mark in marks)), rows
