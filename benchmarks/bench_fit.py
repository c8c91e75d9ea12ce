"""
`xent fit` as a whole process: on digits, and on a million rows beside pandas and scikit-learn.

Both sides of the second case read the same CSV, hold out a fifth of the rows, encode, standardise, fit
softmax regression with C = 1 and judge it by cross-entropy; `xent fit` also writes its report, its
predictions and its model. The error of each row is the distance of the
fitted objective from its minimum, in nats per training row: for xent its certified bound.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.million_rows import write_csv
from benchmarks.whole_process import interleaved

XENT = [sys.executable, "-c", "from xent.cli import main; main()"]
RIVAL = [sys.executable, "-m", "benchmarks.rival_pipeline"]


def main(arguments: list[str]) -> None:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fit", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the large table")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        _digits(Path(folder), runs=chosen.runs)
        _million(Path(folder), rows=chosen.rows, runs=chosen.runs)


def _digits(folder: Path, *, runs: int) -> None:
    out = folder / "digits"
    commands = {"xent fit": [*XENT, "fit", "--quiet", "--out", str(out)]}
    for name, code in {"import xent": "import xent", "import all that it uses": _IMPORTS}.items():
        commands[name] = [sys.executable, "-c", code]
    measured = interleaved(commands, runs=runs)
    print(f"digits, whole process, median of {runs}")
    _header()
    for name, row in measured.items():
        error = _certified(out) if name == "xent fit" else None
        _row(name, row.seconds, row.median_mebibytes, error)


# Libraries that a fit imports besides xent itself.
_IMPORTS = (
    "import sklearn.linear_model, sklearn.preprocessing, sklearn.impute, pyarrow.parquet, pyarrow.compute, "
    "rich.live, typer, jinja2, skops.io, matplotlib.figure, matplotlib.backends.backend_svg"
)


def _million(folder: Path, *, rows: int, runs: int) -> None:
    data = folder / "million.csv"
    write_csv(data, rows=rows)
    out = folder / "million"
    commands = {
        "xent fit": [*XENT, "fit", str(data), "-t", "label", "--C", "1", "--quiet", "--out", str(out)],
        "pandas + scikit-learn": [*RIVAL, str(data)],
    }
    measured = interleaved(commands, runs=runs)
    checked = subprocess.run([*RIVAL, str(data), "--certify"], check=True, capture_output=True, text=True)
    errors = {"xent fit": _certified(out), "pandas + scikit-learn": float(checked.stdout)}
    size = data.stat().st_size / 1e6
    print(f"\n{rows:,} rows x 20 columns, 5 classes, {size:.0f} MB of CSV, median of {runs}")
    _header()
    for name, row in measured.items():
        _row(name, row.seconds, row.median_mebibytes, errors[name])
    ours, theirs = measured.values()
    pairs = [a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True)]
    print(
        f"ratio: {statistics.median(pairs):.2f} of the time, "
        f"{ours.median_mebibytes / theirs.median_mebibytes:.2f} of the memory"
    )


def _certified(out: Path) -> float:
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return float(metrics["training"]["iterations"][-1]["gap"])


def _header() -> None:
    print(f"{'command':26} {'p20 s':>7} {'p50 s':>7} {'p80 s':>7} {'peak MiB':>9} {'error, nats':>12}")


def _row(name: str, seconds: list[float], mebibytes: float, error: float | None) -> None:
    low, middle, high = (sorted(seconds)[round(q * (len(seconds) - 1))] for q in (0.2, 0.5, 0.8))
    shown = "-" if error is None else f"{error:.1e}"
    print(f"{name:26} {low:7.2f} {middle:7.2f} {high:7.2f} {mebibytes:9.0f} {shown:>12}")
