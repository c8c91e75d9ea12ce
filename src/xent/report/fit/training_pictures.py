"""Pictures of the optimisation: loss and certified gap at each step, and the search for C."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes

from xent.drawing.number_format import counted, trimmed, typeset
from xent.drawing.svg_panel import ACCENT, INK, MUTED, PAPER, svg_panel
from xent.drawing.ticks import linear_ticks, logarithmic_ticks, step_ticks
from xent.report.fit.findings import Candidate, Training

__all__ = ["gap_per_step", "loss_per_step", "search_for_C"]


def loss_per_step(training: Training) -> str:
    """
    SVG picture of the training loss at each step, on a logarithmic axis; "" if no loss is finite and
    positive.
    """
    points = [(one.step, one.loss) for one in training.iterations]
    return _per_step(points, name="loss", what="Training cross-entropy", tol=None)


def gap_per_step(training: Training) -> str:
    """
    SVG picture of the certified gap at each step, on a logarithmic axis, with a line at the tolerance.

    It is "" if no gap is finite and positive.
    """
    points = [(one.step, one.gap) for one in training.iterations]
    return _per_step(points, name="gap", what="Certified gap to the minimum", tol=training.tol)


def search_for_C(training: Training) -> str:  # noqa: N802 - C is the field's name
    """
    SVG picture of the cross-validated cross-entropy of each C, with intervals, on a logarithmic axis of C.

    It marks the candidate nearest to the C of the fit. Candidates whose loss or C is not finite are left out;
    empty if none is left, as for a C that was given.
    """
    candidates = [one for one in training.candidates if math.isfinite(one.cross_entropy.value + one.C)]
    if not candidates:
        return ""
    best = min(candidates, key=lambda one: abs(math.log(one.C / training.C)))
    ends = " to ".join(trimmed(one.C, typeset) for one in (candidates[0], candidates[-1]))
    label = (
        f"Cross-validated cross-entropy for C from {ends}: "
        f"{typeset(best.cross_entropy.value)} nats at C = {trimmed(best.C, typeset)}, which was taken."
    )
    return svg_panel(lambda axes: _draw_search(axes, candidates, best), name="search", label=label)


def _per_step(points: list[tuple[int, float]], *, name: str, what: str, tol: float | None) -> str:
    """
    SVG panel of a quantity in nats per step, on a logarithmic scale; "" if no value is finite and positive.

    `points` are pairs of step and value; other values are left out of the curve, but the axis ends at the
    last step. `name` is the prefix of the ids, unique on the page, and `what` names the quantity in the
    description for screen readers. A positive `tol` adds a line at the requested bound, None or 0 adds none.
    """
    drawn = [(step, value) for step, value in points if math.isfinite(value) and value > 0]
    if not drawn:
        return ""
    (first, start), (last, end) = drawn[0], drawn[-1]
    label = (
        f"{what} on a logarithmic scale: {typeset(start)} nats after {counted(first, 'step')}, "
        f"{typeset(end)} after {counted(last, 'step')}."
    )
    until = points[-1][0]
    return svg_panel(lambda axes: _draw_steps(axes, drawn, until, tol), name=name, label=label)


def _draw_steps(axes: Axes, points: Sequence[tuple[int, float]], until: int, tol: float | None) -> None:
    """
    Draw the decimal logarithms of the values of `points`, pairs of step and positive value.

    The axis of steps ends at `until`, which no step exceeds. A positive `tol` adds a line at the bound; None
    or 0 adds none.
    """
    steps = [step for step, _ in points]
    logarithms = [math.log10(value) for _, value in points]
    marker = "o" if len(points) <= 30 else ""
    axes.plot(steps, logarithms, color=ACCENT, marker=marker, markersize=5, markeredgecolor=PAPER)
    bounds = list(logarithms)
    if tol is not None and tol > 0:
        bounds.append(math.log10(tol))
        _draw_bound(axes, bounds[-1], left=bounds[0] > bounds[-1] + 2)
    logarithmic_ticks(axes.yaxis, bounds)
    axes.set_xlim(-0.04 * max(until, 1), 1.04 * max(until, 1))
    step_ticks(axes.xaxis, (0, until))
    axes.grid(visible=False, axis="x")


def _draw_bound(axes: Axes, bound: float, *, left: bool) -> None:
    """
    Draw the requested bound, a logarithm, as a line with a label at its left end if `left`, else at its right
    one.
    """
    axes.axhline(bound, color=INK, linewidth=1, dashes=(4, 3))
    axes.annotate(
        "asked for",
        (0 if left else 1, bound),
        (4 if left else -4, 4),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="left" if left else "right",
        color=MUTED,
    )


def _draw_search(axes: Axes, candidates: Sequence[Candidate], best: Candidate) -> None:
    """
    Draw the cross-entropy of each candidate over the decimal logarithm of its C, with a band of its
    intervals.

    `candidates` have finite values; `best`, one of them, is marked.
    """
    at = [math.log10(one.C) for one in candidates]
    values = [one.cross_entropy.value for one in candidates]
    low, high = [one.cross_entropy.low for one in candidates], [one.cross_entropy.high for one in candidates]
    axes.fill_between(at, low, high, color=ACCENT, alpha=0.16, linewidth=0)
    axes.plot(at, values, color=ACCENT, marker="o", markersize=5, markeredgecolor=PAPER)
    chosen = (math.log10(best.C), best.cross_entropy.value)
    axes.plot(*chosen, color=PAPER, marker="o", markersize=9, markeredgecolor=INK, markeredgewidth=2)
    logarithmic_ticks(axes.xaxis, at)
    linear_ticks(axes.yaxis)
    axes.set_xlabel("C (larger is freer)")
    axes.grid(visible=False, axis="x")
