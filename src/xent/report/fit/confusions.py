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
    """At most `limit` confusions, in descending order of their rows; ties keep the order of the classes."""
    classes = findings.classes
    wrong = [
        Confusion(classes[true], classes[predicted], rows, sum(row))
        for true, row in enumerate(findings.held_out.confusion)
        for predicted, rows in enumerate(row)
        if predicted != true and rows
    ]
    return tuple(sorted(wrong, key=lambda confusion: -confusion.rows)[:limit])
