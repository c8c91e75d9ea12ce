"""Curves of accuracy against time: xent's own steps, and scikit-learn's solvers at a grid of tolerances."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sklearn.linear_model import LogisticRegression as Rival

from benchmarks.fit_rivals import objective, quietly
from benchmarks.fit_sets import MINIMA, fit_set
from xent import LogisticRegression

__all__ = ["curves", "draw_curves"]

_SOLVERS = ("lbfgs", "newton-cg", "newton-cholesky")
_TOLERANCES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
_LEAST = 1e-10  # the stored minima have ten digits
_LONGEST = 3.0  # seconds
_RUNS = 3


def curves(names: tuple[str, ...], clock: Callable[[], float]) -> list[dict[str, Any]]:
    """Points (seconds, relative error) of each solver on each set."""
    found = []
    for name in names:
        X, y = fit_set(name)
        lines = {"xent": _steps(X, y, MINIMA[name], clock)}
        for solver in _SOLVERS:
            if solver != "newton-cholesky" or name != "multi15":
                lines[solver] = _tolerances(solver, X, y, MINIMA[name], clock)
        found.append({"set": name, "lines": lines})
    return found


def draw_curves(found: list[dict[str, Any]], path: Path) -> None:
    """Write a picture of the curves."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "fits", "svg.fonttype": "path"}):
        figure = Figure(figsize=(10, 3.4), layout="constrained")
        FigureCanvasSVG(figure)
        for axes, one in zip(figure.subplots(1, len(found)), found, strict=True):
            for solver, points in one["lines"].items():
                seconds, errors = zip(*points, strict=True)
                axes.loglog(seconds, errors, marker="o", markersize=3, label=solver)
            axes.set(title=one["set"], xlabel="seconds", ylabel="(F - F*) / F*")
        figure.axes[0].legend(fontsize="small")
        figure.savefig(path, metadata={"Date": None})


def _steps(X: Any, y: Any, least: float, clock: Callable[[], float]) -> list[tuple[float, float]]:
    """Time and error of xent at each step on all rows, medians of some fits."""
    runs = []
    for _ in range(_RUNS):
        points: list[tuple[float, float]] = []
        began = clock()

        def note(step: Any, points: list[tuple[float, float]] = points, began: float = began) -> None:
            if "sample" not in step.solver:
                points.append((clock() - began, max((step.objective - least) / least, _LEAST)))

        LogisticRegression().fit(X, y, on_iteration=note)
        runs.append(points)
    return [(statistics.median(s for s, _ in each), each[0][1]) for each in zip(*runs, strict=True)]


def _tolerances(
    solver: str, X: Any, y: Any, least: float, clock: Callable[[], float]
) -> list[tuple[float, float]]:
    """Time and error of a solver of scikit-learn at each tolerance, medians of some fits."""
    points = []
    for tol in _TOLERANCES:
        seconds = []
        for _ in range(_RUNS):
            began = clock()
            model = quietly(Rival(solver=solver, tol=tol, max_iter=2000), X, y)
            seconds.append(clock() - began)
            if seconds[0] > _LONGEST:
                break
        error = (objective(model.coef_, model.intercept_, X, y) - least) / least
        points.append((statistics.median(seconds), max(error, _LEAST)))
        if seconds[0] > _LONGEST or error <= _LEAST:
            break
    return points
