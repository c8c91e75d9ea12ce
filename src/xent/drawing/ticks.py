"""Positions and labels of the ticks of an axis."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from xent.drawing.number_format import count, percent, trimmed, typeset

__all__ = ["linear_ticks", "logarithmic_ticks", "percent_ticks", "step_positions", "step_ticks"]


def linear_ticks(axis: Axis) -> None:
    """
    Set ticks of `axis` at round numbers, about five, with three significant digits without trailing
    zeros.
    """
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: trimmed(x, typeset)))


def percent_ticks(axis: Axis) -> None:
    """Set ticks of `axis` at round shares, about five, labelled in per cent; the axis has shares of 1."""
    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: percent(x).replace(".0 ", " ")))


def logarithmic_ticks(axis: Axis, logarithms: Iterable[float]) -> None:
    """
    Set limits and ticks of an axis of decimal logarithms so that the values `logarithms` lie within.

    Values must be finite; without any, `ValueError` is raised. The axis spans one power at least, and 4 % of
    their range more at each end. Labels are the numbers themselves. Ticks are at powers of ten, at every
    second one or fewer if the axis spans 7.5 powers or more, and at 2 and 5 times the powers too if it spans
    less than two.
    """
    shown = list(logarithms)
    middle, half = (max(shown) + min(shown)) / 2, max(0.5, 0.54 * (max(shown) - min(shown)))
    low, high = middle - half, middle + half
    stride = max(1, round((high - low) / 5))
    factors = (1, 2, 5) if high - low < 2 else (1,)
    marks = [
        factor * 10.0**power
        for power in range(math.floor(low), math.floor(high) + 1, stride)
        for factor in factors
    ]
    marks = [mark for mark in marks if low <= math.log10(mark) <= high]
    axis.set_view_interval(low, high, ignore=True)
    _fix(axis, map(math.log10, marks), [trimmed(mark, typeset) for mark in marks])


def step_positions(steps: Sequence[int]) -> list[float]:
    """Positions of `steps` on an axis: ``log10(1 + step)`` if late steps are recorded sparsely, else step."""
    return [math.log10(1 + step) for step in steps] if _thinning(steps) else [float(step) for step in steps]


def step_ticks(axis: Axis, steps: Sequence[int]) -> None:
    """
    Set ticks and label of an axis on which `steps` have the positions of `step_positions`.

    The axis is logarithmic in ``1 + step``, with ticks at 0 and the powers of ten, if the largest gap between
    `steps`, which rise, is more than 8 times the smallest; else, as for fewer than three steps, linear with
    ticks at round numbers. The limits of the axis stay.
    """
    if _thinning(steps):
        marks = [0, *(10**power for power in range(math.floor(math.log10(max(steps))) + 1))]
        _fix(axis, [math.log10(1 + mark) for mark in marks], [count(mark) for mark in marks])
        axis.set_label_text("step, on a logarithmic scale")
    else:
        axis.set_label_text("step")
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True))
        axis.set_major_formatter(FuncFormatter(lambda x, _: count(round(x))))


def _thinning(steps: Sequence[int]) -> bool:
    """
    True if the largest gap between recorded steps is more than 8 times the smallest; False below two
    steps.
    """
    gaps = [after - before for before, after in itertools.pairwise(steps)]
    return bool(gaps) and max(gaps) > 8 * min(gaps)


def _fix(axis: Axis, positions: Iterable[float], labels: list[str]) -> None:
    """Set ticks of `axis` at given positions with given labels, one for each position."""
    axis.set_major_locator(FixedLocator(list(positions)))
    axis.set_major_formatter(FixedFormatter(labels))
