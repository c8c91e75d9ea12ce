"""Reliability diagram: predicted probabilities against observed frequencies."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from xent.drawing.number_format import count, percent
from xent.drawing.svg_panel import ACCENT, INK, LINE, MUTED, PAPER, svg_panel
from xent.scoring.judgement import Judgement, ReliabilityBin

__all__ = ["reliability_diagram"]


def reliability_diagram(judgement: Judgement) -> str:
    """
    SVG picture of mean prediction and observed frequency of each bin of the held-out predictions, with
    intervals.

    Bars above it have the bins' counts on a logarithmic scale. Bins in which one of the two is not finite are
    left out; empty if no bin is left.
    """
    bins = [one for one in judgement.reliability if math.isfinite(one.predicted + one.observed.value)]
    if not bins:
        return ""
    told = "; ".join(
        f"{percent(one.predicted)} predicted, {percent(one.observed.value)} observed" for one in bins
    )
    label = (
        "Reliability diagram. The closer to the diagonal, the better; bars above show the counts on a "
        f"logarithmic scale. By rising probability: {told}."
    )
    return svg_panel(lambda axes: _draw(axes, bins), name="reliability", label=label, height=340)


def _draw(axes: Axes, bins: list[ReliabilityBin]) -> None:
    """
    Draw each bin's observed frequency, with its interval, at its mean prediction, and the diagonal.

    Above the unit square stands a strip of bars as tall as the logarithm of one more than the number of
    predictions of each bin, which is written on them. `bins` are those with finite values, at least one.
    """
    axes.plot([0, 1], [0, 1], color=INK, linewidth=1, dashes=(4, 3))
    most = max(math.log1p(one.count) for one in bins) or 1.0
    for one in bins:
        tall = 0.16 * math.log1p(one.count) / most
        axes.bar((one.low + one.high) / 2, tall, (one.high - one.low) * 0.8, bottom=1.07, color=LINE)
        axes.annotate(
            count(one.count),
            ((one.low + one.high) / 2, 1.07 + tall),
            (0, 3),
            ha="center",
            textcoords="offset points",
            fontsize=8,
            color=MUTED,
        )
        axes.plot([one.predicted] * 2, [one.observed.low, one.observed.high], color=ACCENT, alpha=0.5)
    at, observed = [one.predicted for one in bins], [one.observed.value for one in bins]
    axes.plot(at, observed, color=ACCENT, linestyle="", marker="o", markersize=8, markeredgecolor=PAPER)
    axes.annotate("count, on a logarithmic scale", (0, 1.37), fontsize=8, color=MUTED, va="center")
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.04, 1.41)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("predicted")
    axes.grid(visible=False, axis="x")
