"""
`xent fit` of a table of 5,000 numeric columns and 400 rows: processor time of the process and of its solver.

A table of 50 columns costs the start of the process, imports, compiled kernels and the report. The difference
of the two is linear in the columns: reading, encoding, the solver, the race, the model file. The solver alone
is timed here, on the encoded features, with the same search for C.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.fit_rivals import quietly
from benchmarks.whole_process import interleaved
from xent import LogisticRegression

__all__ = ["wide_rows"]

_ROWS, _COLUMNS, _FEW = 400, 5_000, 50
_TRAINED = 320
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1"}


def wide_rows(runs: int) -> list[dict[str, Any]]:
    """
    Seconds of processor of the process, of one with few columns, and of the solver; one row.

    None if the libraries of the command line are not installed.
    """
    if find_spec("typer") is None or find_spec("skops") is None:
        return []
    rng = np.random.default_rng(0)
    X = rng.normal(size=(_ROWS, _COLUMNS)).round(4)
    w = rng.normal(size=_COLUMNS) * (rng.random(_COLUMNS) < 0.02)
    y = X @ w + rng.logistic(size=_ROWS) > 0
    with tempfile.TemporaryDirectory() as folder:
        commands = {str(p): _command(Path(folder), X[:, :p], y) for p in (_COLUMNS, _FEW)}
        os.environ |= _ONE_THREAD
        found = interleaved(commands, runs=runs)
    wide, narrow = (statistics.median(each.processor) for each in found.values())
    return [
        {
            "set": f"{_COLUMNS:,} columns",
            "wide_seconds": wide,
            "narrow_seconds": narrow,
            "solver_seconds": _solver_seconds(X[:_TRAINED], y[:_TRAINED], runs),
            "runs": runs,
        }
    ]


def _command(folder: Path, X: Any, y: Any) -> list[str]:
    path = folder / f"{X.shape[1]}.csv"
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(f"f{column}" for column in range(X.shape[1])) + ",y\n")
        for row, label in zip(X, y, strict=True):
            file.write(",".join(map(str, row.tolist())) + f",{'ab'[int(label)]}\n")
    call = "from xent.cli import main; main()"
    out = str(path.with_suffix(".out"))
    return [sys.executable, "-c", call, "fit", str(path), "--target", "y", "--out", out, "--quiet"]


def _solver_seconds(X: Any, y: Any, runs: int) -> float:
    X, seconds = (X - X.mean(axis=0)) / X.std(axis=0), []
    with threadpool_limits(1):
        for _ in range(runs + 1):
            began = time.process_time()
            quietly(LogisticRegression(C="auto"), X, y.astype(int))
            seconds.append(time.process_time() - began)
    # The first fit compiles kernels.
    return statistics.median(seconds[1:])
