"""Timing of whole processes: interleaved, after a warm-up, with the kernel's account of their memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Measured", "interleaved"]


@dataclass
class Measured:
    """Wall and processor seconds and peak resident mebibytes of each counted run of one command."""

    seconds: list[float] = field(default_factory=list)
    mebibytes: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def median_seconds(self) -> float:
        """Median wall time."""
        return statistics.median(self.seconds)

    @property
    def median_mebibytes(self) -> float:
        """Median peak memory."""
        return statistics.median(self.mebibytes)


def interleaved(commands: Mapping[str, Sequence[str]], *, runs: int) -> dict[str, Measured]:
    """Run every command once to warm up and then `runs` times, in an order that rotates."""
    names = list(commands)
    measured = {name: Measured() for name in names}
    for turn in range(runs + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            seconds, mebibytes, processor = _run(commands[name])
            if turn:
                measured[name].seconds.append(seconds)
                measured[name].mebibytes.append(mebibytes)
                measured[name].processor.append(processor)
    return measured


def _run(command: Sequence[str]) -> tuple[float, float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    # wait4 reports the memory of this child alone; RUSAGE_CHILDREN would report the largest of all children.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime
