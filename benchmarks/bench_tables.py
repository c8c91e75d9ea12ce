"""
Held-out cross-entropy of `xent.fit` beside a basic and a smart scikit-learn pipeline, on tables as they are.

xent is given the file and the target and nothing else; the smart pipeline is written for each table by
its author. All three are judged on the same held-out rows, by the mean over several splits.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path

import numpy as np

import xent
from benchmarks.likeness_tables import TABLES
from benchmarks.table_pipelines import basic_loss, smart_loss

_BOUND = 0.001


def main(arguments: list[str]) -> None:
    """Print a row for each table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks tables", description=__doc__)
    parser.add_argument("--splits", type=int, default=3, help="splits into training and held-out rows")
    parser.add_argument("--tables", nargs="*", choices=list(TABLES), default=list(TABLES))
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    print(f"held-out cross-entropy in nats, mean of {chosen.splits} splits")
    print(f"{'table':14} {'basic':>8} {'smart':>8} {'xent':>8} {'xent - smart':>13} {'+-':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.tables:
            _row(name, Path(folder, f"{name}.csv"), chosen.splits)


def _row(name: str, file: Path, splits: int) -> None:
    known = TABLES[name](file, np.random.default_rng(sum(map(ord, name))))
    losses = []
    for seed in range(splits):
        fitted = xent.fit(file, known.target, seed=seed)
        held_out = fitted.held_out_rows
        ours = fitted.findings.held_out.cross_entropy.value
        losses.append((basic_loss(file, known.target, held_out), smart_loss(file, known, held_out), ours))
    basic, smart, ours = np.mean(losses, axis=0)
    each = np.asarray(losses) @ [0, -1, 1]
    error = each.std(ddof=1) / np.sqrt(splits) if splits > 1 else np.nan
    mark = "" if ours - smart <= _BOUND else "  worse"
    print(
        f"{name:14} {basic:8.4f} {smart:8.4f} {ours:8.4f} {ours - smart:13.4f} {error:7.4f}{mark}", flush=True
    )
