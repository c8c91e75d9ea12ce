"""Learning curves of a network."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from xent.drawing.number_format import counted, typeset
from xent.drawing.svg_panel import ACCENT, INK, PAPER, RIVAL, svg_panel
from xent.drawing.ticks import logarithmic_ticks, step_ticks
from xent.report.fit.network_findings import NetworkTraining

__all__ = ["learning_curves"]


def learning_curves(training: NetworkTraining) -> str:
    """
    SVG picture of the cross-entropy after each epoch, logarithmic, of rows trained on and of rows held out.

    It is empty unless the kept epoch has a positive, finite loss of held-out rows. Other losses are left out
    of the curves; that of rows trained on is left out as a whole if it has no positive, finite one.
    """
    curve = [(one.number, one.held_out) for one in training.epochs if 0 < one.held_out < math.inf]
    if not curve or not 0 < training.epochs[training.best_epoch - 1].held_out < math.inf:
        return ""
    best = training.epochs[training.best_epoch - 1]
    seen = [(one.number, one.cross_entropy) for one in training.epochs if 0 < one.cross_entropy < math.inf]
    rows = "rows trained on and of rows held out" if seen else "rows held out"
    label = (
        f"Cross-entropy after each of {counted(len(training.epochs), 'epoch')}, of {rows} from training: "
        f"epoch {best.number} was kept, at {typeset(best.held_out)} nats."
    )
    return svg_panel(lambda axes: _draw(axes, training, seen, curve), name="learning", label=label)


def _draw(
    axes: Axes,
    training: NetworkTraining,
    seen: list[tuple[int, float]],
    curve: list[tuple[int, float]],
) -> None:
    """
    Draw the losses of rows trained on and of rows held out on a logarithmic axis, and mark the kept epoch.

    `seen` and `curve` have the pairs of epoch and positive, finite loss of both; `seen` can be empty, `curve`
    must have the kept epoch.
    """
    heights = [math.log10(value) for _, value in (*seen, *curve)]
    for points, color, dashes in ((seen, RIVAL, (4, 2)), (curve, ACCENT, (1, 0))):
        epochs = [epoch for epoch, _ in points]
        axes.plot(epochs, [math.log10(value) for _, value in points], color=color, dashes=dashes)
    best = training.epochs[training.best_epoch - 1]
    axes.plot(
        best.number,
        math.log10(best.held_out),
        color=PAPER,
        marker="o",
        markersize=9,
        markeredgecolor=INK,
        markeredgewidth=2,
    )
    logarithmic_ticks(axes.yaxis, heights)
    step_ticks(axes.xaxis, (0, len(training.epochs)))
    axes.set_xlabel("epoch")
    axes.grid(visible=False, axis="x")
