"""
Curves of accuracy against time: xent's own steps, and the rivals at a grid of tolerances.

A point of xent is the time at which a step ends in a fit with its certificate; the last one is the end of the
fit. A point of a rival is a whole fit with a tolerance. All fits of a rival on a set together have a few
seconds of processor time; a curve that ends above 1e-6 was ended by that.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fit_rivals import fitter_of, objective, rival_names
from benchmarks.fit_search import TOLERANCES, TooSlowError, at_most
from benchmarks.fit_sets import MINIMA, fit_set
from xent import LogisticRegression

__all__ = ["curves", "draw_curves"]

_LEAST = 1e-10  # the stored minima have ten digits
_LONGEST = 5.0  # seconds of processor for all fits of a rival on a set
_RUNS = 3
_SHORT = 0.3  # seconds of a fit that is repeated
# Lines differ in marker and pattern too, for print and colour blindness.
_STYLES = {
    "xent": {"color": "#1f5fa8", "marker": "o", "linestyle": "-", "linewidth": 2.0},
    "lbfgs": {"color": "#c2562b", "marker": "s", "linestyle": "--"},
    "newton-cg": {"color": "#4c8a4a", "marker": "^", "linestyle": "-."},
    "newton-cholesky": {"color": "#8a5a9e", "marker": "v", "linestyle": ":"},
    "glum": {"color": "0.45", "marker": "x", "linestyle": (0, (5, 1, 1, 1, 1, 1))},
}
_COLUMNS = 3


def curves(names: list[str], clock: Callable[[], float]) -> list[dict[str, Any]]:
    """Points (seconds, relative error) of each solver on each set."""
    found = []
    for name in names:
        X, y = fit_set(name)
        lines = {"xent": _steps(X, y, MINIMA[name], clock)}
        for rival in rival_names(X, y):
            if rival != "statsmodels":  # it has no penalty and no tolerance
                lines[rival] = list(_tolerances(rival, X, y, MINIMA[name], clock))
        found.append({"set": name, "lines": {key: line for key, line in lines.items() if line}})
    return found


def draw_curves(found: list[dict[str, Any]], path: Path) -> None:
    """Write a picture of the curves, the same bytes in every run."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    rows = -(-len(found) // _COLUMNS)
    with mpl.rc_context({"svg.hashsalt": "fits", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(9, 2.1 * rows + 0.4), layout="constrained")
        FigureCanvasSVG(figure)
        panels = figure.subplots(rows, _COLUMNS, squeeze=False, sharey=True).ravel()
        for axes, one in zip(panels, found, strict=False):
            _draw_set(axes, one)
        for axes in panels[len(found) :]:
            axes.set_axis_off()
        for k, axes in enumerate(panels[: len(found)]):
            if k % _COLUMNS == 0:
                axes.set_ylabel("(F - F*) / F*")
            if k + _COLUMNS >= len(found):
                axes.set_xlabel("seconds of a fit")
        lines = {line.get_label(): line for axes in panels for line in axes.get_lines()}
        order = [name for name in _STYLES if name in lines]
        handles = [lines[name] for name in order]
        figure.legend(handles, order, loc="outside upper center", ncols=len(order), frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _draw_set(axes: Any, one: dict[str, Any]) -> None:
    """Draw the lines of a set; the target of the table is a dotted line."""
    axes.axhline(1e-6, color="0.8", linewidth=0.8, linestyle=":", zorder=0)
    for solver, points in one["lines"].items():
        seconds, errors = zip(*points, strict=True)
        axes.loglog(seconds, errors, markersize=3.5, label=solver, **_STYLES[solver])
    axes.set_title(one["set"], fontsize=9)
    axes.set_ylim(_LEAST / 3, 300)
    axes.set_yticks([1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)


def _steps(X: Any, y: Any, least: float, clock: Callable[[], float]) -> list[tuple[float, float]]:
    """Time and error of xent at each step on all rows, medians of some fits."""
    runs = []
    for _ in range(_RUNS + 1):
        points: list[tuple[float, float]] = []
        began = clock()

        def note(step: Any, points: list[tuple[float, float]] = points, began: float = began) -> None:
            if "sample" not in step.solver:
                points.append((clock() - began, max((step.objective - least) / least, _LEAST)))

        LogisticRegression().fit(X, y, on_iteration=note)
        # The last step is followed by the certificate.
        points.append((clock() - began, points[-1][1]))
        runs.append(points)
    # The first fit in a process compiles kernels.
    return [(statistics.median(s for s, _ in each), each[0][1]) for each in zip(*runs[1:], strict=True)]


def _tolerances(
    solver: str, X: Any, y: Any, least: float, clock: Callable[[], float]
) -> Iterator[tuple[float, float]]:
    """Time and error of a rival at each tolerance, until it is exact or its time is over."""
    left, before = _LONGEST, np.inf
    for tol in TOLERANCES:
        fit, seconds = fitter_of(solver, tol, X, y), []
        try:
            while left > 0 and len(seconds) < (_RUNS if not seconds or seconds[0] < _SHORT else 1):
                with at_most(left):
                    began = clock()
                    point = fit()
                    seconds.append(clock() - began)
                left -= seconds[-1]
        except (TooSlowError, np.linalg.LinAlgError, ValueError):
            left = 0.0
        if not seconds:
            return
        error = max((objective(point, X, y) - least) / least, _LEAST)
        # Tolerances at which the fit ends with the same step are one point.
        if error < before:
            yield statistics.median(seconds), error
        if error <= _LEAST:
            return
        before = error
