"""Table of thresholds for two classes, formatted as text."""

from __future__ import annotations

from dataclasses import dataclass

from xent.drawing.number_format import Notation, count, percent
from xent.report.fit.findings import FitFindings
from xent.scoring.thresholds import MISS_COSTS, Threshold, cheapest

__all__ = ["THRESHOLD_HEADS", "ThresholdLine", "threshold_lines"]

THRESHOLD_HEADS = (
    *(">Above", ">Hits", ">False alarms", ">Misses", ">Precision", ">Recall"),
    *(f">Cost {miss:g}" for miss in MISS_COSTS),
)
"""Heads of the columns, with ``>`` for alignment to the right."""


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """Formatted cells of one threshold, and the places of those that hold the least cost of their column."""

    cells: tuple[str, ...]
    least: frozenset[int]


def threshold_lines(findings: FitFindings, notation: Notation) -> tuple[ThresholdLine, ...]:
    """
    One line of text for each threshold of the probability of the second class; none unless there are two
    classes.

    Its cells are threshold, hits, false alarms, misses, precision, recall, and the mean cost of a row for
    each cost of a miss. The least cost of a column has a star and its place is in `least`; of equal ones it
    is that of the threshold nearest to 1 / (1 + cost of a miss).
    """
    table = findings.decisions.thresholds
    if not table:
        return ()
    best = [cheapest(table, miss) for miss in MISS_COSTS]
    return tuple(_line(one, [one is other for other in best], notation) for one in table)


def _line(one: Threshold, least: list[bool], notation: Notation) -> ThresholdLine:
    """
    Line of one threshold: threshold, hits, false alarms, misses, precision, recall, and the cost at each miss
    cost.

    `least`, one for each cost of a miss, is True where the cost is the least of its column: a star marks it,
    and its place among the cells is noted. `notation` writes costs.
    """
    counts = (one.hits, one.false_alarms, one.misses)
    shares = (one.precision, one.recall)
    fixed = (percent(one.probability).replace(".0 ", " "), *map(count, counts), *map(percent, shares))
    costs = (
        f"{notation(one.cost(miss))}{'*' if mark else ''}"
        for miss, mark in zip(MISS_COSTS, least, strict=True)
    )
    marked = frozenset(len(fixed) + place for place, mark in enumerate(least) if mark)
    return ThresholdLine((*fixed, *costs), marked)
