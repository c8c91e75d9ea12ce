"""
Peak memory of one step of linear cross-entropy in a process of its own, beyond its inputs and its gradients.

Linux keeps the peak of a process and lets it be reset: both are in /proc.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch
from benchmarks.linear_steps import Case, linear_steps

__all__ = ["extra_bytes"]


def extra_bytes(case: Case, dtype: torch.dtype, name: str) -> float:
    """Bytes that a step of this provider takes at most; nan where the system does not tell."""
    if not Path("/proc/self/clear_refs").exists():
        return float("nan")
    words = [*map(str, case), str(dtype).removeprefix("torch."), name]
    command = [sys.executable, "-m", "benchmarks.extra_memory", *words]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _main(rows: str, features: str, classes: str, dtype: str, name: str) -> None:
    case, numbers = Case(int(rows), int(features), int(classes)), getattr(torch, dtype)
    step = linear_steps(numbers)[name]
    # What is loaded, compiled and started once is not memory of the step.
    step(*Case(64, 16, 512).tensors(numbers))
    given = case.tensors(numbers)
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
