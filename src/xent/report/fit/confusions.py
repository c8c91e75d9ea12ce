"""Confusions of two classes, the most frequent first."""

from __future__ import annotations

from dataclasses import dataclass

from xent.report.fit.judged import Judged

__all__ = ["Confusion", "frequent_confusions"]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Confusion of two classes: `rows` of the `of` held-out rows of class `label` got class `predicted`."""

    label: str
    predicted: str
    rows: int
    of: int


def frequent_confusions(findings: Judged, limit: int) -> tuple[Confusion, ...]:
    """
    At most `limit` pairs of a true class and another one predicted, with held-out rows, those of most rows
    first.

    Each has the names of both classes, the number of such rows, not weighted, and that of all held-out rows
    of the true class. Ties keep the order of the classes; pairs without rows are left out.
    """
    classes = findings.classes
    wrong = [
        Confusion(classes[true], classes[predicted], rows, sum(row))
        for true, row in enumerate(findings.held_out.confusion)
        for predicted, rows in enumerate(row)
        if predicted != true and rows
    ]
    return tuple(sorted(wrong, key=lambda confusion: -confusion.rows)[:limit])
