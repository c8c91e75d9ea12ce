"""Pictures of a race: three quantities at each step, for both losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.axis import Axis

from xent.drawing.number_format import counted, percent, typeset
from xent.drawing.svg_panel import ACCENT, RIVAL, svg_panel
from xent.drawing.ticks import linear_ticks, logarithmic_ticks, percent_ticks, step_positions, step_ticks
from xent.lab.descent_race import DescentCurve, Race

__all__ = ["RacePanel", "race_panels"]


@dataclass(frozen=True, slots=True)
class RacePanel:
    """One picture of a race, `svg`, which is "" if nothing can be drawn, and its title."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class _Quantity:
    """
    Quantity of a race that is drawn as one picture.

    `values` gives the quantity at each step of a curve, `written` formats it, and `ticks` sets the ticks of a
    linear axis; None means a logarithmic axis.
    """

    title: str
    values: Callable[[DescentCurve], Sequence[float]]
    written: Callable[[float], str]
    ticks: Callable[[Axis], None] | None


_QUANTITIES = (
    _Quantity("Cross-entropy, nats", lambda curve: curve.cross_entropy, typeset, linear_ticks),
    _Quantity("Classification error", lambda curve: curve.error, percent, percent_ticks),
    _Quantity("Gradient norm", lambda curve: curve.gradient_norm, typeset, None),
)


def race_panels(race: Race, *, name: str) -> tuple[RacePanel, ...]:
    """
    Panels of cross-entropy, classification error and gradient norm at each step, both runs of the race in
    each.

    A panel without a finite value has an empty picture. `name`, from which ids are made, must be unique on
    the page.
    """
    return tuple(
        RacePanel(one.title, _panel(race, one, f"{name}-{number}")) for number, one in enumerate(_QUANTITIES)
    )


def _panel(race: Race, quantity: _Quantity, name: str) -> str:
    """
    SVG panel, called `name`, of one quantity at each step of both runs, descending cross-entropy and squared
    error.

    Values that are not finite, and on a logarithmic axis those <= 0, are left out; empty if none is left.
    """
    curves = (race.cross_entropy, race.squared_error)
    if not any(map(math.isfinite, [value for curve in curves for value in _shown(curve, quantity)])):
        return ""
    told = ", ".join(
        f"descending {words} it goes from {quantity.written(quantity.values(curve)[0])} "
        f"to {quantity.written(quantity.values(curve)[-1])}"
        for words, curve in zip(("cross-entropy", "squared error"), curves, strict=True)
    )
    label = f"{quantity.title} in {counted(race.cross_entropy.steps[-1], 'step')}: {told}."
    return svg_panel(lambda axes: _draw(axes, race, quantity), name=name, label=label)


def _draw(axes: Axes, race: Race, quantity: _Quantity) -> None:
    """
    Draw `quantity` at each recorded step of both runs, values that are not finite left out, and the ticks of
    both axes.

    On a logarithmic axis these are decimal logarithms, on a linear one the values from 0 on. One value at
    least must be finite.
    """
    seen: list[float] = []
    for curve, color, dashes in ((race.squared_error, RIVAL, (4, 2)), (race.cross_entropy, ACCENT, (1, 0))):
        values = _shown(curve, quantity)
        axes.plot(step_positions(curve.steps), values, color=color, dashes=dashes)
        seen += [value for value in values if math.isfinite(value)]
    if quantity.ticks is None:
        logarithmic_ticks(axes.yaxis, seen)
    else:
        axes.set_ylim(bottom=0, top=1.06 * max(seen) or 1.0)
        quantity.ticks(axes.yaxis)
    step_ticks(axes.xaxis, race.cross_entropy.steps)
    axes.grid(visible=False, axis="x")


def _shown(curve: DescentCurve, quantity: _Quantity) -> Sequence[float]:
    """
    Values of the curve on its axis: on a logarithmic axis their decimal logarithms, nan (a gap) for values <=
    0.
    """
    values = quantity.values(curve)
    if quantity.ticks is not None:
        return values
    return [math.log10(value) if value > 0 else math.nan for value in values]
