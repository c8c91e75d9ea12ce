"""
Reading 1,000,000 rows x 20 columns, and planning the columns: seconds of processor, wall time and memory.

Each run is a process of its own; scikit-learn and pandas, which pyarrow imports at its first array, are
imported before the clock starts. `--against` names the source folder of another version, whose runs alternate
with those of this one; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_CODE = """
import json, resource, sys, time
import numpy as np
import pandas, sklearn.impute, sklearn.preprocessing
from xent.data import TableEncoder, read_table
clock, processor = time.perf_counter(), time.process_time()
table = read_table(sys.argv[1])
read = time.perf_counter() - clock, time.process_time() - processor
TableEncoder(target="label").fit(table)
both = time.perf_counter() - clock, time.process_time() - processor
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([*read, *both, peak]))
"""
_HEADS = ("read s", "read cpu s", "read+plan s", "r+p cpu s", "peak MiB")


def main(arguments: list[str]) -> None:
    """Print the medians of each version, and their ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reading", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--against", type=Path, help="source folder of another version, the one that holds xent"
    )
    chosen = parser.parse_args(arguments)
    sources = {"this": Path(__file__).parents[1] / "src"}
    if chosen.against is not None:
        sources["against"] = chosen.against
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "million.csv")
        # In a process of its own: a child's peak of memory begins with that of its parent.
        code = "import sys; from pathlib import Path; from benchmarks.million_rows import write_csv; "
        code += "write_csv(Path(sys.argv[1]), rows=int(sys.argv[2]))"
        subprocess.run([sys.executable, "-c", code, str(data), str(chosen.rows)], check=True)
        rows: dict[str, list[list[float]]] = {name: [] for name in sources}
        for _ in range(chosen.runs):
            for name, source in sources.items():
                rows[name].append(_run(source, data))
    print(f"{chosen.rows:,} rows, median of {chosen.runs}")
    print(" " * 10 + "".join(f"{head:>13}" for head in _HEADS))
    medians = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in rows.items()
    }
    for name, values in medians.items():
        print(f"{name:10}" + "".join(f"{value:13.2f}" for value in values))
    if chosen.against is not None:
        ratios = [a / b for a, b in zip(medians["this"], medians["against"], strict=True)]
        print(f"{'ratio':10}" + "".join(f"{value:13.2f}" for value in ratios))


def _run(source: Path, data: Path) -> list[float]:
    command = [sys.executable, "-c", _CODE, str(data)]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: list[float] = json.loads(done.stdout)
    return found
