"""
Time of the first call in a new process, and slowdown of a call beside a busy process.

A first call compiles the kernels that it needs; imports before it are not counted.
"""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import xent

__all__ = ["FIRST", "beside_a_busy_process", "first_calls"]

_ROWS, _CLASSES = 8192, 1000
_SPIN = "while True: pass"


def first_calls(name: str, *, processes: int) -> tuple[float, float]:
    """Seconds of the first call in a new process, and of the next, each as the median over `processes`."""
    command = [sys.executable, "-m", "benchmarks.first_calls", name]
    runs = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(processes)
    ]
    first, later = (statistics.median(map(float, column)) for column in zip(*runs, strict=True))
    return first, later


def beside_a_busy_process(time_them: Callable[[], Any]) -> tuple[Any, Any]:
    """Results of `time_them` alone, and while another process keeps one processor busy."""
    alone = time_them()
    with _busy_process():
        return alone, time_them()


@contextmanager
def _busy_process() -> Iterator[None]:
    other = subprocess.Popen([sys.executable, "-c", _SPIN])
    try:
        yield
    finally:
        other.kill()
        other.wait()


def _without_torch() -> Callable[[], Any]:
    logits, labels = np.zeros((_ROWS, _CLASSES), np.float32), np.zeros(_ROWS, int)
    loss = xent.losses.softmax_cross_entropy
    return functools.partial(loss.value_and_gradient, logits, labels)


def _by_torch(name: str) -> Callable[[], Any]:
    import torch

    from benchmarks.logits_steps import logits_steps

    step = logits_steps(torch.float32, in_place=False)[name]
    logits = torch.zeros(_ROWS, _CLASSES, requires_grad=True)
    # Start PyTorch's autograd engine and its threads, so that no provider's first call pays for them.
    logits.sum().backward()
    return functools.partial(step, logits, torch.zeros(_ROWS).long())


FIRST: dict[str, Callable[[], Callable[[], Any]]] = {
    "xent.losses": _without_torch,
    "xent.torch": functools.partial(_by_torch, "xent"),
    "torch eager": functools.partial(_by_torch, "torch eager"),
    "torch.compile": functools.partial(_by_torch, "torch.compile"),
}


def _main(name: str) -> None:
    call = FIRST[name]()
    for _ in range(2):
        began = time.perf_counter()
        call()
        print(time.perf_counter() - began)


if __name__ == "__main__":
    _main(*sys.argv[1:])
