"""
Logistic and softmax regression beside scikit-learn, glum and statsmodels, from arrays to coefficients.

Rivals get the coarsest tolerance of a grid with which they reach the minimum to 1e-6 relative, and the best
number of threads. The tolerance is searched for once and stored in docs/fits.json; a rival of which no fit
of 20 seconds reaches 1e-6 is reported so and not waited for. `--search` searches again. xent is timed
twice: with the fewest steps that reach the same 1e-6, and by default, with its certificate of 1e-8 nats per
row. The contestants of a set take turns in one process. Each row shows the error it ends with, (F - F*) / F*.

Parts: `sets` (thirteen, and ten random shapes), `cv` (ten values of C and five folds), `memory`, `wide`
(`xent fit` of 5,000 columns) and `curves`. `--store` keeps the measured rows in docs/fits.json, beside those
of other sets and parts that are there, draws docs/fits.svg and writes the tables of docs/fits.md; `--tables`
does so without measuring. `--whole` measures all parts of all sets and stores them in place of all earlier
rows: with `--cpu`, in about ten minutes of one processor.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
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
    Point,
    contestants_of_xent,
    default_of_scikit_learn,
    objective,
    quietly,
    rivals,
)  # fmt: skip
from benchmarks.fit_search import search
from benchmarks.fit_sets import MINIMA, fit_set, random_shape
from benchmarks.fit_tables import merged, write_tables
from benchmarks.fit_wide import wide_rows
from benchmarks.taking_turns import machine
from xent import LogisticRegression

ROOT = Path(__file__).parents[1]
_PARTS = ("sets", "cv", "memory", "wide", "curves")
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


def main(arguments: list[str]) -> None:
    """Measure the chosen parts, print rows as JSON, and store them if asked to."""
    chosen = _parser().parse_args(arguments)
    page, path = ROOT / "docs" / "fits.md", ROOT / "docs" / "fits.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    results = (
        {} if chosen.tables else _measured(chosen, {row["set"]: row for row in stored.get("rivals", [])})
    )
    if not (chosen.tables or chosen.store or chosen.whole):
        return
    # A part that cannot be measured here keeps its rows.
    replaced = [part for part in _PARTS if chosen.whole and results.get(part)]
    stored = merged(stored, results, replaced=replaced)
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    if "curves" in stored:
        draw_curves(stored["curves"], path.with_suffix(".svg"))
    write_tables(stored, page)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks fits", description=__doc__)
    parser.add_argument("sets", nargs="*", help="names of sets; default all, then ten random shapes")
    parser.add_argument("--parts", default="sets", help=f"parts by comma, of {', '.join(_PARTS)}")
    parser.add_argument(
        "--cpu", action="store_true", help="seconds of processor, for a machine with other work"
    )
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each contestant")
    parser.add_argument("--search", action="store_true", help="search for the rivals' tolerances again")
    parser.add_argument(
        "--limit", type=float, default=20.0, help="seconds of processor of a rival's fit in the search"
    )
    parser.add_argument("--store", action="store_true", help="store the measured rows and write the tables")
    parser.add_argument("--whole", action="store_true", help="measure all parts and store them alone")
    parser.add_argument("--tables", action="store_true", help="only write tables and curves as stored")
    return parser


def _measured(chosen: argparse.Namespace, known: dict[str, Any]) -> dict[str, Any]:
    """Rows of each part; `known` holds the tolerances of the rivals by set, and gets those that are found."""
    clock = time.process_time if chosen.cpu else time.perf_counter
    parts = _PARTS if chosen.whole else chosen.parts.split(",")
    names = chosen.sets or [*MINIMA, *(f"random {seed}" for seed in range(10))]
    threads = (1,) if chosen.cpu else (1, 2)
    results: dict[str, Any] = {}
    how = {
        "clock": "processor" if chosen.cpu else "wall",
        "machine": machine("numpy", "scipy", "scikit-learn", "llvmlite"),
        "state": _state(),
    }
    if chosen.search:
        forgotten = {"found"} if "sets" in parts else set()
        forgotten |= {"folds"} if "cv" in parts else set()
        known |= {
            name: {key: value for key, value in known[name].items() if key not in forgotten}
            for name in known.keys() & set(names)
        }
    work: dict[str, Callable[[], Any]] = {
        "sets": lambda: [_row(name, chosen, known, clock, threads) for name in names],
        "cv": lambda: fold_rows(chosen.runs, clock, known),
        "memory": lambda: memory_rows(_MEMORY_SETS),
        "wide": lambda: wide_rows(min(chosen.runs, 3)),
        "curves": lambda: curves([name for name in names if name in MINIMA], clock),
    }
    if chosen.cpu:
        # The number of threads of our kernels, which the limits of libraries do not know.
        os.environ["OMP_NUM_THREADS"] = "1"
    with threadpool_limits(1 if chosen.cpu else None):
        for part in parts:
            began = time.process_time()
            results[part] = [row | how for row in work[part]()]
            if part != "sets":
                print(json.dumps({part: results[part]}), flush=True)
            print(f"{part}: {time.process_time() - began:.0f} s of processor", flush=True)
    return results | {"rivals": list(known.values())}


def _state() -> str:
    """Commit that was measured, with a plus if files differ from it."""
    git = ["git", "-C", str(ROOT)]
    try:
        head = subprocess.run(
            [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        )
        diff = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "src", "benchmarks"], check=False)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + "+" * diff.returncode


def _row(
    name: str,
    chosen: argparse.Namespace,
    known: dict[str, Any],
    clock: Callable[[], float],
    threads: tuple[int, ...],
) -> dict[str, Any]:
    """Medians of a set's contestants, printed."""
    X, y, least = _problem(name)
    stored = known.setdefault(name, {"set": name})
    if "found" not in stored:
        stored |= {"limit": chosen.limit, "found": search(X, y, least, chosen.limit)}
    ours = contestants_of_xent(X, y, least)
    others = list(rivals(stored["found"], X, y, threads))
    defaults = [default_of_scikit_learn(X, y)] if name in _SMALL else []
    seconds, points = _in_turns([*ours, *others, *defaults], chosen.runs, clock)
    errors = {key: (objective(point, X, y) - least) / least for key, point in points.items()}
    rough, sure = (one.name for one in ours)
    row: dict[str, Any] = {
        "set": name,
        "shape": f"{X.shape[0]:,} x {X.shape[1]:,}, {y.max() + 1}",
        **_fastest("best", [one for one in others if one.library == "scikit-learn"], seconds, errors),
        "limit": stored["limit"],
        "rough_seconds": seconds[rough],
        "rough_error": errors[rough],
        "certified_seconds": seconds[sure],
        "certified_error": errors[sure],
        "runs": chosen.runs,
        "solver": LogisticRegression().fit(X, y).history_[-1].solver,
    }
    for library in ("glum", "statsmodels"):
        row |= _fastest(library, [one for one in others if one.library == library], seconds, errors)
    if defaults:
        row |= {"default_seconds": seconds["default"], "default_error": errors["default"]}
    times = [row["best_seconds"] / seconds[one.name] for one in ours] if row["best"] else []
    print(json.dumps({**row, "times": times}), flush=True)
    return row


def _fastest(
    key: str, contestants: list[Contestant], seconds: dict[str, float], errors: dict[str, float]
) -> dict[str, Any]:
    """Name, seconds and error of the fastest; None if there are none."""
    name = min((one.name for one in contestants), key=lambda name: seconds[name], default=None)
    found = (None, None) if name is None else (seconds[name], errors[name])
    return {key: name, f"{key}_seconds": found[0], f"{key}_error": found[1]}


def _problem(name: str) -> tuple[Any, Any, float]:
    """Features, classes and minimum of a set or of a random shape."""
    if not name.startswith("random"):
        return *fit_set(name), MINIMA[name]
    X, y = random_shape(int(name.split()[1]))
    exact = quietly(LogisticRegression(tol=1e-12), X, y)
    return X, y, objective((exact.coef_, exact.intercept_), X, y)


def _in_turns(
    contestants: list[Contestant], runs: int, clock: Callable[[], float]
) -> tuple[dict[str, float], dict[str, Point]]:
    """Median of each contestant's seconds in rotating turns, and the point of its last fit."""
    seconds: dict[str, list[float]] = {one.name: [] for one in contestants}
    points: dict[str, Point] = {}
    for turn in range(runs):
        at = turn % len(contestants)
        for one in contestants[at:] + contestants[:at]:
            began = clock()
            points[one.name] = one.fit()
            seconds[one.name].append(clock() - began)
    return {name: statistics.median(times) for name, times in seconds.items()}, points
