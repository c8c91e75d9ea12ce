"""
Linear cross-entropy with statistics beside the loss alone: processor time of a step, and its extra memory.

A step is forward and backward. "xent, statistics" differentiates the loss and returns the statistics beside
it; "xent, gradients of all" differentiates log-probability, log-normaliser, entropy and one of the 4 largest
log-probabilities, as preference and policy training do. All providers take turns in one process.

Columns: the median of the processor time of all threads; its ratio to that of the loss alone; the peak memory
of the second step of a process beyond inputs and gradients, as a share of the memory of all logits; and the
largest error of the gradient of the weight over its largest entry, against 64 bits.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping

import torch
from torch import Tensor

from benchmarks.extra_memory import extra_bytes
from benchmarks.linear_steps import Case, Step, statistics_steps
from benchmarks.taking_turns import machine

_CASES = (Case(2048, 64, 32_000), Case(2048, 512, 32_000))
_QUICK = (Case(256, 32, 1000),)


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks statistics",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--turns", type=int, default=5, help="counted turns of each provider")
    parser.add_argument("--quick", action="store_true", help="a small shape, to see that it runs")
    chosen = parser.parse_args(arguments)
    print(f"{machine('numpy', 'torch')}, {torch.get_num_threads()} threads")
    print(f"{'case':24} {'provider':30} {'ms':>8} {'x loss':>7} {'memory':>7} {'error':>8}")
    for dtype in (torch.float32, torch.bfloat16):
        for case in _QUICK if chosen.quick else _CASES:
            _print_case(case, dtype, turns=chosen.turns)


def _print_case(case: Case, dtype: torch.dtype, *, turns: int) -> None:
    given, steps = case.tensors(dtype), statistics_steps(dtype)
    times = _processor_times(steps, given, turns=turns)
    truths = statistics_steps(torch.float64)
    wide = tuple(one.detach().double().requires_grad_() for one in given[:2])
    logits = case.rows * case.classes * dtype.itemsize
    for name, step in steps.items():
        truth = truths[name](*wide, given[2])[2]
        error = float((step(*given)[2].double() - truth).abs().max() / truth.abs().max())
        milliseconds = 1e3 * statistics.median(times[name])
        ratio = statistics.median(times[name]) / statistics.median(times["xent"])
        share = extra_bytes(case, dtype, name) / logits
        words = f"{case!s:17} {str(dtype).removeprefix('torch.'):6.6}"
        print(f"{words:24} {name:30} {milliseconds:8.0f} {ratio:7.2f} {share:7.3f} {error:8.1e}")


def _processor_times(
    steps: Mapping[str, Step], given: tuple[Tensor, ...], *, turns: int
) -> dict[str, list[float]]:
    """Processor seconds of each counted turn of each step, after one turn that warms up."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(turns + 1):
        for name, step in steps.items():
            began = time.process_time()
            step(*given)
            if turn:
                times[name].append(time.process_time() - began)
    return times
