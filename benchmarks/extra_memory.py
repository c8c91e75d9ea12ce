"""
Peak memory of one step of linear cross-entropy in a process of its own, beyond its inputs and its gradients.

The second step is measured, because memory that libraries load, compile and keep in the first step is not
part of a step. Linux records the peak of a process and can reset it: both are in /proc.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.linear_steps import Case, linear_steps, statistics_steps

__all__ = ["extra_bytes"]

# Return all freed memory to the system: memory kept from the first step would not be counted in the second.
_ALL_GIVEN_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536"}


def extra_bytes(case: Case, dtype: torch.dtype, name: str) -> float:
    """Peak bytes of a step of the provider `name`; nan if the system does not report them."""
    if not Path("/proc/self/clear_refs").exists():
        return float("nan")
    words = [*map(str, case), str(dtype).removeprefix("torch."), name]
    command = [sys.executable, "-m", "benchmarks.extra_memory", *words]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | _ALL_GIVEN_BACK
    )
    return float(done.stdout)


def _main(rows: str, features: str, classes: str, dtype: str, name: str) -> None:
    case, numbers = Case(int(rows), int(features), int(classes)), getattr(torch, dtype)
    step = {**linear_steps(numbers), **statistics_steps(numbers)}[name]
    given = case.tensors(numbers)
    step(*given)
    for leaf in given[:2]:
        leaf.grad = None
    before = _bytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    results = step(*given)
    gradients = sum(one.nbytes for one in results[1:] if one is not None)
    print(_bytes("VmHWM") - before - gradients)


def _bytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line for line in status.splitlines() if line.startswith(what)).split()[1])


if __name__ == "__main__":
    _main(*sys.argv[1:])
