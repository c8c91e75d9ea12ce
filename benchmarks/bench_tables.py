"""
Held-out cross-entropy of `xent.fit` beside a basic and a smart scikit-learn pipeline, on tables as they are.

xent is given the file and the target and nothing else; the smart pipeline is written for each table by
its author. All three are judged on the same held-out rows, by the mean over several splits. The last column
but one is the change of xent's loss if its indicators were standardised like its numbers.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import xent
from benchmarks.likeness_tables import TABLES
from benchmarks.table_pipelines import basic_loss, smart_loss
from xent.data import encode_target, read_table

_BOUND = 0.001


def main(arguments: list[str]) -> None:
    """Print a row for each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks tables", description=__doc__)
    parser.add_argument("--splits", type=int, default=3, help="splits into training and held-out rows")
    parser.add_argument("--tables", nargs="*", choices=list(TABLES), default=list(TABLES))
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    print(f"held-out cross-entropy in nats, mean of {chosen.splits} splits")
    heads = f"{'xent':>8} {'- smart':>8} {'+-':>7} {'scaled':>8}"
    print(f"{'table':14} {'basic':>8} {'smart':>8} {heads}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.tables:
            _row(name, Path(folder, f"{name}.csv"), chosen.splits)


def _row(name: str, file: Path, splits: int) -> None:
    known = TABLES[name](file, np.random.default_rng(sum(map(ord, name))))
    rows = []
    for seed in range(splits):
        fitted = xent.fit(file, known.target, seed=seed)
        held_out = fitted.held_out_rows
        ours = fitted.findings.held_out.cross_entropy.value
        rivals = basic_loss(file, known.target, held_out), smart_loss(file, known, held_out)
        rows.append((*rivals, ours, _with_scaled_indicators(file, fitted) - ours))
    basic, smart, ours, scaled = np.mean(rows, axis=0)
    each = np.asarray([row[2] - row[1] for row in rows])
    error = each.std(ddof=1) / np.sqrt(splits) if splits > 1 else np.nan
    mark = "" if ours - smart <= _BOUND else "  worse"
    values = f"{ours:8.4f} {ours - smart:8.4f} {error:7.4f} {scaled:8.4f}"
    print(f"{name:14} {basic:8.4f} {smart:8.4f} {values}{mark}", flush=True)


def _with_scaled_indicators(file: Path, fitted: Any) -> float:
    """Held-out loss of the same columns with indicators divided by their standard deviations."""
    table = read_table(file)
    goal = encode_target(table, fitted.model.target)
    test = np.isin(goal.rows, fitted.held_out_rows)
    X = fitted.model.encoder.transform(table, rows=goal.rows, first=0)
    if not isinstance(X, np.ndarray):
        return math.nan
    train = X[~test]
    binary = np.isin(X, (0, 1)).all(axis=0)
    scale = np.where(binary, train.std(axis=0), 1)
    X = X / np.where(scale > 0, scale, 1)
    model = xent.LogisticRegression(C="auto").fit(X[~test], goal.codes[~test])
    codes = goal.codes[test]
    return float(-model.predict_log_proba(X[test])[np.arange(len(codes)), codes].mean())
