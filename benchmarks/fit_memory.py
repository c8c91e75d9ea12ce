"""
Peak resident memory of a second fit in one process, beyond the process with its features, as a share of them.

The second, because memory that libraries load, compile and keep in the first is not part of a fit. Linux
records the peak of a process and can reset it: both are in /proc. One thread, so that the share does not
depend on the machine's cores.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.fit_rivals import quietly
from benchmarks.fit_sets import fit_set
from xent import LogisticRegression

__all__ = ["memory_rows"]

# Return freed memory to the system: memory kept from the first fit would not be counted in the second.
_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "65536", "LOKY_MAX_CPU_COUNT": "1", "OPENBLAS_NUM_THREADS": "1"}


def memory_rows(names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Megabytes of the features and the share of them that a fit takes, for each set; none without /proc."""
    if not Path("/proc/self/clear_refs").exists():
        return []
    rows = []
    for name in names:
        command = [sys.executable, "-m", "benchmarks.fit_memory", name]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ | _ENVIRONMENT
        )
        size, peak = map(float, done.stdout.split())
        rows.append({"set": name, "megabytes": size / 1e6, "share": peak / size})
    return rows


def _main(name: str) -> None:
    X, y = fit_set(name)
    parts = [X.data, X.indices, X.indptr] if hasattr(X, "indptr") else [X]
    quietly(LogisticRegression(), X, y)
    gc.collect()
    before = _bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    quietly(LogisticRegression(), X, y)
    print(sum(part.nbytes for part in parts), _bytes("VmHWM") - before)


def _bytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line for line in status.splitlines() if line.startswith(what)).split()[1])


if __name__ == "__main__":
    _main(sys.argv[1])
