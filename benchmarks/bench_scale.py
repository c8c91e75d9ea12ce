"""
Fits of Parquet files in passes: a pass beside a bare scan of the same columns, passes to the gap, and memory.

Each number of rows is a file of 20 features and 5 classes in row groups of 200,000 rows, and a process of its
own. Seconds are of processor time in one thread: scans and passes take turns, and the median of seven counts.
Instead, with ``--plateau``: scikit-learn's stochastic gradient descent of the same file until its loss stays;
with ``--dask-ml``: dask-ml's `LogisticRegression`; with ``--cluster``: the model of a pass on 1 to 3,000
workers, beside a simulated cluster and beside sleeping tasks on Dask.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cluster.cluster_table import print_model, print_sleeping_tasks
from benchmarks.dask_ml_fit import dask_ml_fit, labelled_batches
from benchmarks.growth_picture import draw
from benchmarks.plateau import batches_of, epochs_to_plateau, mean_loss

_FEATURES, _CLASSES, _GROUP = 20, 5, 200_000
_TURNS = 7
_GOAL_RATIO, _GOAL_PASSES, _GOAL_MEMORY = 2.6, 8, 700


def main(arguments: list[str]) -> None:
    """Print a row for each number of rows; or measure one file, in the process that does that."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--folder", default=None, help="where the files go; removed at the end")
    parser.add_argument("--plateau", action="store_true", help="stochastic gradient descent beside our fit")
    parser.add_argument("--dask-ml", action="store_true", help="dask-ml beside our fit, if installed")
    parser.add_argument("--cluster", action="store_true", help="model, simulation and sleeping tasks")
    parser.add_argument(
        "--picture", action="store_true", help="draw docs/scale.svg from the table in docs/scale.md, and end"
    )
    parser.add_argument("--file", default=None, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.file is not None:
        sys.stdout.write(json.dumps(_measured(chosen.file)))
    elif chosen.picture:
        draw(Path("docs/scale.md"), Path("docs/scale.svg"))
    elif chosen.cluster:
        print_model()
        print_sleeping_tasks()
    elif chosen.dask_ml:
        for rows in chosen.rows:
            _print_dask_ml(rows, chosen.folder)
    elif chosen.plateau:
        for rows in chosen.rows:
            _print_plateau(rows, chosen.folder)
    else:
        _print_growth(chosen.rows, chosen.folder)


def _print_growth(numbers: list[int], place: str | None) -> None:
    """Print the table, a process for each file."""
    heads = f"{'rows':>12} {'scan s':>7} {'pass s':>7} {'ratio':>6} {'passes':>7} {'gap':>8} {'fit s':>7}"
    print(f"{heads} {'peak MB':>8}")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        for rows in numbers:
            file = Path(folder, f"{rows}.parquet")
            write_rows(file, rows)
            command = [sys.executable, "-m", "benchmarks", "scale", "--file", str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print(_row(rows, json.loads(done.stdout)), flush=True)
            file.unlink()


def _print_plateau(rows: int, place: str | None) -> None:
    """Print the loss of a fit, and the loss above it after each epoch of stochastic gradient descent."""
    from threadpoolctl import threadpool_limits

    from xent import LogisticRegression

    with tempfile.TemporaryDirectory(dir=place) as folder, threadpool_limits(1):
        file = Path(folder, "rows.parquet")
        write_rows(file, rows)
        began = time.process_time()
        model = LogisticRegression().fit_batches(partial(batches_of, file))
        seconds = time.process_time() - began
        least = mean_loss(model, file)
        print(f"{rows:,} rows; xent: {seconds:.1f} s, loss {least:.6f}, gap {model.gap_:.1e}", flush=True)
        for number, epoch in enumerate(epochs_to_plateau(file, model.classes_), start=1):
            above = epoch.loss - least
            print(
                f"epoch {number:2d}: {epoch.seconds:6.1f} s, loss {epoch.loss:.6f}, {above:+.1e}", flush=True
            )


def _print_dask_ml(rows: int, place: str | None) -> None:
    """Print seconds and accuracy of both fits, for all classes and for the first against the others."""
    from threadpoolctl import threadpool_limits

    from xent import LogisticRegression

    with tempfile.TemporaryDirectory(dir=place) as folder, threadpool_limits(1):
        file = Path(folder, "rows.parquet")
        write_rows(file, rows)
        for classes in (None, 2):
            theirs = dask_ml_fit(file, classes)
            began = time.process_time()
            model = LogisticRegression().fit_batches(partial(labelled_batches, file, classes))
            seconds = time.process_time() - began
            right = sum(int((model.predict(X) == y).sum()) for X, y in labelled_batches(file, classes))
            print(f"{rows:,} rows, {theirs['classes']} classes")
            print(f"  xent: {seconds:.1f} s, accuracy {right / rows:.3f}")
            print(
                f"  dask-ml: {theirs['seconds']:.1f} s, accuracy {theirs['accuracy']:.3f}, "
                f"{theirs['predicted']} classes predicted",
                flush=True,
            )


def write_rows(path: Path, rows: int, *, seed: int = 0) -> None:
    """Write `rows` rows whose classes follow a softmax model, one row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(seed)
    slopes = rng.normal(size=(_FEATURES, _CLASSES)) / np.sqrt(_FEATURES)
    names = [f"x{j}" for j in range(_FEATURES)]
    schema = pa.schema([*((name, pa.float64()) for name in names), ("y", pa.int64())])
    with pq.ParquetWriter(path, schema) as file:
        for start in range(0, rows, _GROUP):
            X = rng.normal(size=(min(_GROUP, rows - start), _FEATURES))
            y = (X @ slopes + rng.gumbel(size=(len(X), _CLASSES))).argmax(axis=1)
            file.write_table(pa.table([*X.T, y], schema=schema), row_group_size=_GROUP)


def _row(rows: int, found: dict[str, Any]) -> str:
    """Figures of one file, with a mark for each goal that is missed."""
    ratio = found["pass"] / found["scan"]
    missed = [
        name
        for name, value, goal in (
            ("ratio", ratio, _GOAL_RATIO),
            ("passes", found["passes"], _GOAL_PASSES),
            ("memory", found["memory"], _GOAL_MEMORY),
        )
        if value > goal
    ]
    times = f"{found['scan']:7.2f} {found['pass']:7.2f} {ratio:6.2f}"
    fit = f"{found['passes']:7d} {found['gap']:8.1e} {found['fit']:7.1f} {found['memory']:8.0f}"
    return f"{rows:12,d} {times} {fit}{'  missed: ' + ', '.join(missed) if missed else ''}"


def _measured(file: str) -> dict[str, Any]:
    """Figures of one file, in a process that has done nothing else."""
    from threadpoolctl import threadpool_limits

    from xent import LogisticRegression

    with threadpool_limits(1):
        began = time.process_time()
        model = LogisticRegression().fit_batches(file, target="y")
        fit = time.process_time() - began
        # After the fit and before all else, which has buffers of its own.
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        turns = [_turn(file, model) for _ in range(_TURNS)]
    scan, one = (statistics.median(turn[k] for turn in turns) for k in (0, 1))
    return {
        "scan": scan,
        "pass": one,
        "passes": model.n_passes_,
        "gap": model.gap_,
        "fit": fit,
        "memory": memory,
    }


def _turn(file: str, model: Any) -> tuple[float, float]:
    """Seconds of a bare scan and of a pass."""
    import pyarrow.parquet as pq

    from xent.streams.blocks import RowStream
    from xent.streams.class_table import ClassTable
    from xent.streams.pass_sums import PassTask, branch_sums
    from xent.streams.readers import reader_of
    from xent.streams.sources import source_of

    began = time.process_time()
    with pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as opened:
        for _ in opened.iter_batches(1 << 15, use_threads=False):
            pass
    scan = time.process_time() - began
    source = source_of(file, caller="scale")
    reader = reader_of(source, "y", None, None, caller="scale")
    stream = RowStream(reader, ClassTable(model.classes_), None, np.zeros(_FEATURES), "scale")
    point = np.column_stack([model.coef_, model.intercept_])
    began = time.process_time()
    branch_sums(PassTask("value", source.fragments, stream, point))
    return scan, time.process_time() - began
