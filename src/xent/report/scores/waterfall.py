"""Account of the loss as a waterfall: from the prior's loss down to what the model tells, and up again."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from xent.drawing.number_format import interval, signed, typeset
from xent.drawing.svg_panel import ACCENT, INK, LINE, MUTED, RIVAL, svg_panel
from xent.drawing.ticks import linear_ticks
from xent.scoring.account import Account
from xent.scoring.estimate import Estimate

__all__ = ["waterfall"]


def waterfall(account: Account, *, name: str) -> str:
    """
    SVG picture of a loss as bars with intervals: uncertainty (the prior's loss) - resolution + miscalibration
    = loss.

    "" if the value of one of them is not finite; an interval that is not finite is left out. `name` makes the
    ids unique on the page.
    """
    terms = (account.uncertainty, account.resolution, account.miscalibration, account.total)
    if not all(math.isfinite(one.value) for one in terms):
        return ""
    unit = " nats" if account.score == "log" else ""
    told = ", ".join(
        f"{title} {typeset(one.value)}{unit} ({interval(one, typeset)})"
        for title, one in zip(("uncertainty", "resolution", "miscalibration", "loss"), terms, strict=True)
    )
    label = f"Waterfall of the loss: {told}."
    return svg_panel(lambda axes: _draw(axes, account), name=name, label=label, height=250)


def _draw(axes: Axes, account: Account) -> None:
    """
    Draw a bar for each term of the account, with its value and interval: prior, resolution, miscalibration,
    loss.

    The second goes down from the end of the first, the third up from there to the loss, and the last from 0
    on. All values must be finite.
    """
    prior = account.uncertainty.value
    refined = prior - account.resolution.value
    bars = (
        (0.0, prior, account.uncertainty, LINE, ""),
        (prior, refined, account.resolution, ACCENT, "-"),
        (refined, account.total.value, account.miscalibration, RIVAL, "+"),
        (0.0, account.total.value, account.total, MUTED, ""),
    )
    for place, (start, end, estimate, colour, sign) in enumerate(bars):
        axes.bar(place, end - start, 0.62, bottom=start, color=colour)
        _whisker(axes, place, start, estimate, -1.0 if sign == "-" else 1.0)
        step = -estimate.value if sign == "-" else estimate.value
        axes.annotate(
            signed(step, typeset) if sign else typeset(step),
            (place, max(start, end, _top(start, estimate, sign))),
            (0, 4),
            ha="center",
            textcoords="offset points",
            color=INK,
        )
        if place < 3:
            axes.plot([place + 0.31, place + 0.69], [end, end], color=MUTED, linewidth=1)
    axes.set_xticks(range(4), ["prior", "resolution", "miscal.", "loss"])
    axes.set_xlim(-0.5, 3.5)
    axes.margins(y=0.16)
    axes.set_ylim(bottom=min(0.0, account.total.low if math.isfinite(account.total.low) else 0.0))
    linear_ticks(axes.yaxis)
    axes.grid(visible=False, axis="x")


def _whisker(axes: Axes, place: int, start: float, estimate: Estimate, direction: float) -> None:
    ends = [start + direction * end for end in (estimate.low, estimate.high)]
    if all(map(math.isfinite, ends)):
        axes.plot([place, place], ends, color=INK, linewidth=1.2)


def _top(start: float, estimate: Estimate, sign: str) -> float:
    top = start - estimate.low if sign == "-" else start + estimate.high
    return top if math.isfinite(top) else start
