"""
Logistic and softmax regression beside scikit-learn, glum and statsmodels, from arrays to coefficients.

Rivals get the coarsest tolerance of a grid with which they reach the minimum to 1e-6 relative, and the best
number of threads; both are found beforehand, which nobody does who fits in earnest. xent is timed twice: with
the fewest steps that reach the same 1e-6, and by default, with its certificate of 1e-8 nats per row. The
contestants of a set take turns in one process. Each row shows the error it ends with, (F - F*) / F*.

Parts: `sets` (thirteen, and ten random shapes), `cv` (ten values of C and five folds), `memory` and `curves`.
`--store` keeps the measured rows in docs/fits.json, beside those of other sets and parts that are there,
draws docs/fits.svg and writes the tables of docs/fits.md; `--tables` does so without measuring. `--quiet-run`
measures and stores all parts, on a machine without other work in about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.fit_curves import curves, draw_curves
from benchmarks.fit_folds import fold_rows
from benchmarks.fit_memory import memory_rows
from benchmarks.fit_rivals import (
    Contestant,
    contestants_of_xent,
    default_of_scikit_learn,
    objective,
    quietly,
    rivals,
)  # fmt: skip
from benchmarks.fit_sets import MINIMA, fit_set, random_shape
from benchmarks.fit_tables import merged, write_tables
from benchmarks.taking_turns import machine
from xent import LogisticRegression

DOCS = Path(__file__).parents[1] / "docs"
_PARTS = ("sets", "cv", "memory", "curves")
_SMALL = ("wine", "breast_cancer", "digits")
_MEMORY_SETS = (
    "tall_easy",
    "tall_200",
    "rare_onehot",
    "sparse_text",
    "multi10",
    "multi15",
    "multi26",
    "multi100",
)
_CURVE_SETS = ("tall_easy", "multi15", "digits")


def main(arguments: list[str]) -> None:
    """Measure the chosen parts, print rows as JSON, and store them after a quiet run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fits", description=__doc__)
    parser.add_argument("sets", nargs="*", help="names of sets; default all, then ten random shapes")
    parser.add_argument("--parts", default="sets", help=f"parts by comma, of {', '.join(_PARTS)}")
    parser.add_argument(
        "--cpu", action="store_true", help="seconds of processor, for a machine with other work"
    )
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each contestant")
    parser.add_argument("--store", action="store_true", help="store the measured rows and write the tables")
    parser.add_argument("--quiet-run", action="store_true", help="measure and store all parts")
    parser.add_argument("--tables", action="store_true", help="only write tables and curves as stored")
    chosen = parser.parse_args(arguments)
    results = {} if chosen.tables else _measured(chosen)
    if not (chosen.tables or chosen.store or chosen.quiet_run):
        return
    path = DOCS / "fits.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    stored = merged(stored, results)
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    if "curves" in stored:
        draw_curves(stored["curves"], DOCS / "fits.svg")
    write_tables(stored, DOCS / "fits.md")


def _measured(chosen: argparse.Namespace) -> dict[str, Any]:
    clock = time.process_time if chosen.cpu else time.perf_counter
    parts = _PARTS if chosen.quiet_run else chosen.parts.split(",")
    names = chosen.sets or [*MINIMA, *(f"random {seed}" for seed in range(10))]
    threads = (1,) if chosen.cpu else (1, 2)
    results: dict[str, Any] = {}
    how = {
        "clock": "processor" if chosen.cpu else "wall",
        "machine": machine("numpy", "scipy", "scikit-learn", "llvmlite"),
    }
    work: dict[str, Callable[[], Any]] = {
        "sets": lambda: [_row(name, chosen.runs, clock, threads) for name in names],
        "cv": lambda: fold_rows(min(chosen.runs, 3), clock),
        "memory": lambda: memory_rows(_MEMORY_SETS),
        "curves": lambda: curves(_CURVE_SETS, clock),
    }
    with threadpool_limits(1 if chosen.cpu else None):
        for part in parts:
            results[part] = [row | how for row in work[part]()]
            if part != "sets":
                print(json.dumps({part: results[part]}), flush=True)
    return results


def _row(
    name: str, runs: int, clock: Callable[[], float], threads: tuple[int, ...]
) -> dict[str, float | str | None]:
    """Medians of a set's contestants, printed."""
    X, y, least = _problem(name)
    ours = list(contestants_of_xent(X, y, least))
    others = list(rivals(X, y, least, threads))
    defaults = [default_of_scikit_learn(X, y, least)] if name in _SMALL else []
    seconds = _in_turns([*ours, *others, *defaults], runs, clock)
    reached = [one for one in others if _is_of_scikit_learn(one)]
    if not reached:
        raise SystemExit(f"fits: no solver of scikit-learn reaches the minimum of {name} to 1e-6 in time")
    best = min(reached, key=lambda one: seconds[one.name])
    rough, sure = (seconds[one.name] for one in ours)
    model = ours[1].fit()
    row: dict[str, float | str | None] = {
        "set": name,
        "shape": f"{X.shape[0]:,} x {X.shape[1]:,}, {y.max() + 1}",
        "best": best.name,
        "best_seconds": seconds[best.name],
        "best_error": best.error,
        "rough_seconds": rough,
        "rough_error": ours[0].error,
        "certified_seconds": sure,
        "runs": runs,
        "gap": model.gap_,
        "solver": model.history_[-1].solver,
    }
    for library in ("glum", "statsmodels"):
        row[library] = min(
            (seconds[one.name] for one in others if one.name.startswith(library)), default=None
        )
    if defaults:
        row["default_seconds"], row["default_error"] = seconds[defaults[0].name], defaults[0].error
    print(json.dumps({**row, "times": [seconds[best.name] / rough, seconds[best.name] / sure]}), flush=True)
    return row


def _problem(name: str) -> tuple[Any, Any, float]:
    """Features, classes and minimum of a set or of a random shape."""
    if not name.startswith("random"):
        return *fit_set(name), MINIMA[name]
    X, y = random_shape(int(name.split()[1]))
    exact = quietly(LogisticRegression(tol=1e-12), X, y)
    return X, y, objective(exact.coef_, exact.intercept_, X, y)


def _is_of_scikit_learn(one: Contestant) -> bool:
    return not one.name.startswith(("glum", "statsmodels"))


def _in_turns(contestants: list[Contestant], runs: int, clock: Callable[[], float]) -> dict[str, float]:
    """Median of each contestant's seconds, in rotating turns."""
    seconds: dict[str, list[float]] = {one.name: [] for one in contestants}
    for turn in range(runs):
        at = turn % len(contestants)
        for one in contestants[at:] + contestants[:at]:
            began = clock()
            one.fit()
            seconds[one.name].append(clock() - began)
    return {name: statistics.median(times) for name, times in seconds.items()}
