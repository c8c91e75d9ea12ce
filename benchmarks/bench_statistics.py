"""
Linear cross-entropy with statistics beside the loss alone: time of a step, its error and its extra memory.

A step is forward and backward. "detached" and "loss of a call" return the statistics and differentiate the
loss alone, the former with `return_stats="detached"`; "entropy" and "log-probability" differentiate a loss of
these statistics too, "all" a loss of four of them, as preference and policy training do. Eager PyTorch
materialises all logits. All providers take turns in one process, in one thread, whose processor time does not
count threads that wait for each other.

Columns: the least processor time and wall time; the ratio of the former to that of the loss alone; the number
of matrix products of N, D and C (of nine chunks of logits, two are kept for backward); the peak memory of the
second step of a process beyond inputs and gradients, as a share of the memory of all logits, measured once
per dtype, as it does not depend on D; the largest error of the gradient of the weight over its largest entry,
against 64 bits, on the first 256 rows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping

import torch
from torch import Tensor

from benchmarks.extra_memory import extra_bytes
from benchmarks.linear_steps import Case, Step, statistics_steps
from benchmarks.taking_turns import machine

_CASES = (Case(2048, 64, 32_000), Case(2048, 512, 32_000))
_QUICK = (Case(256, 32, 1000),)
_ROWS_OF_TRUTH = 256


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks statistics",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--turns", type=int, default=2, help="counted turns of each provider")
    parser.add_argument("--quick", action="store_true", help="a small shape, to see that it runs")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(f"{machine('numpy', 'torch')}, 1 thread")
    print(
        f"{'case':24} {'provider':30} {'cpu ms':>8} {'wall ms':>8} {'x loss':>7} {'products':>8} "
        f"{'memory':>7} {'error':>8}"
    )
    for dtype in (torch.float32, torch.bfloat16):
        for place, case in enumerate(_QUICK if chosen.quick else _CASES):
            _print_case(case, dtype, turns=chosen.turns, has_memory=place == 0)


def _print_case(case: Case, dtype: torch.dtype, *, turns: int, has_memory: bool) -> None:
    given, steps = case.tensors(dtype), statistics_steps(dtype)
    times = _least_times(steps, given, turns=turns)
    logits = case.rows * case.classes * dtype.itemsize
    for name, step in steps.items():
        share = extra_bytes(case, dtype, name) / logits if has_memory else float("nan")
        words = f"{case!s:17} {str(dtype).removeprefix('torch.'):6.6}"
        processor, wall = times[name]
        print(
            f"{words:24} {name:30} {1e3 * processor:8.0f} {1e3 * wall:8.0f} "
            f"{processor / times['xent'][0]:7.2f} {_products(name, dtype):8.2f} {share:7.3f} "
            f"{_error(name, step, given):8.1e}",
            flush=True,
        )


def _products(name: str, dtype: torch.dtype) -> float:
    """Matrix products of a step; beside statistics of 16 bits no more than two of 27 chunks are kept."""
    if not name.startswith("xent,") or name.endswith("detached"):
        return 3.0
    return 4 - (2 / 9 if dtype.itemsize > 2 else 2 / 27)


def _error(name: str, step: Step, given: tuple[Tensor, ...]) -> float:
    """Error of the gradient of the weight on the first rows."""
    hidden, weight, labels = given[0].detach()[:_ROWS_OF_TRUTH], given[1].detach(), given[2][:_ROWS_OF_TRUTH]
    found = step(hidden.clone().requires_grad_(), weight.clone().requires_grad_(), labels)[2]
    wide = (one.double().requires_grad_() for one in (hidden, weight))
    truth = statistics_steps(torch.float64)[name](*wide, labels)[2]
    return float((found.double() - truth).abs().max() / truth.abs().max())


def _least_times(
    steps: Mapping[str, Step], given: tuple[Tensor, ...], *, turns: int
) -> dict[str, tuple[float, float]]:
    """Least seconds of the processor and of the wall clock of each step, after one turn that warms up."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
    for turn in range(turns + 1):
        for name, step in steps.items():
            began = time.process_time(), time.perf_counter()
            step(*given)
            if turn:
                times[name].append((time.process_time() - began[0], time.perf_counter() - began[1]))
    return {
        name: (min(one[0] for one in found), min(one[1] for one in found)) for name, found in times.items()
    }
