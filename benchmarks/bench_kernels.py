"""
Forward and backward of cross-entropy in PyTorch: on logits, and on hidden states times a weight.

The first table measures the mean over rows of logits, with a gradient in new memory, beside PyTorch's own
function, eager and compiled; "in place" is the kernel that writes the gradient over the logits. The second
table measures linear cross-entropy beside PyTorch's unfused way (in 16 bits with logits in 32, as is usual,
and in 16 throughout), its chunked function with default options, and the three matrix products alone. All
providers of a case take turns in one process, on the same numbers; if the chunked function takes many seconds
it is timed three times after the others.

Columns: the median of the row over the median of xent ("x xent", above 1 if xent is faster); the rate (bytes
of logits read and of gradient written; 6 N D V operations); the relative error of the loss and, for each
gradient, the largest error over its largest entry, all against 64 bits; and the peak memory of the second
step of a process beyond inputs and gradients, as a share of the memory of all logits.

The third table measures the first call in a new process, imports not counted, and the next call; the fourth
table measures a step beside a process that keeps one processor busy.

The benchmark takes about 20 minutes on two cores, most of it PyTorch's chunked function; --quick takes one.
"""

from __future__ import annotations

import argparse
import functools
import math
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from benchmarks.extra_memory import extra_bytes
from benchmarks.first_calls import FIRST, beside_a_busy_process, first_calls
from benchmarks.linear_steps import Case, Step, linear_steps
from benchmarks.logits_steps import logits_steps
from benchmarks.taking_turns import machine, percentiles, seconds_in_turns, share

_LOGITS = ((8192, 10), (8192, 1000), (2048, 32_000))
_LINEAR = (Case(2048, 512, 32_000), Case(1024, 768, 50_304), Case(8192, 64, 1000))
_QUICK_LOGITS = ((256, 10), (64, 1000))
# Case that is also timed without new memory for a gradient.
_IN_PLACE = (2048, 32_000)
_QUICK_LINEAR = (Case(256, 32, 1000),)
_DTYPES = (torch.float32, torch.bfloat16)
_SLOW_TURNS = 3
# Number of rows for which the truth is computed at once.
_ROWS = 256

Cells = Sequence[str]


def main(arguments: list[str]) -> None:
    """Print the four tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks kernels",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--turns", type=int, default=7, help="counted turns of each provider")
    parser.add_argument("--quick", action="store_true", help="small shapes, to see that it runs")
    parser.add_argument("--markdown", action="store_true", help="print tables of Markdown")
    tables = {"logits": _logits_table, "linear": _linear_table, "first": _first_table, "busy": _busy_table}
    parser.add_argument("--only", choices=tables, help="one of the tables")
    chosen = parser.parse_args(arguments)
    print(f"{machine('numpy', 'torch')}, {torch.get_num_threads()} threads")
    show = _in_markdown if chosen.markdown else _in_columns
    for name, table in tables.items():
        if chosen.only in (None, name):
            table(quick=chosen.quick, turns=chosen.turns, show=show)


def _logits_table(*, quick: bool, turns: int, show: Callable[..., None]) -> None:
    print("\ncross-entropy of logits, forward and backward, mean")
    show(("case", "provider", "p20 ms", "p50 ms", "p80 ms", "x xent", "GB/s", "loss", "gradient"), head=True)
    for dtype in _DTYPES:
        for shape in _QUICK_LOGITS if quick else _LOGITS:
            torch.compiler.reset()
            for cells in _logits_case(*shape, dtype, turns=turns):
                show(cells)


def _first_table(*, quick: bool, turns: int, show: Callable[..., None]) -> None:
    del turns
    print("\nthe first call in a new process")
    show(("case", "provider", "first ms", "next ms"), head=True)
    for name in FIRST:
        times = first_calls(name, processes=1 if quick else 5)
        show(("8,192 x 1,000 float32", name, *(f"{1e3 * one:.1f}" for one in times)))


def _busy_table(*, quick: bool, turns: int, show: Callable[..., None]) -> None:
    rows, classes = _QUICK_LOGITS[-1] if quick else _LOGITS[1]
    logits, labels = _learnt(rows, classes, torch.float32)
    steps = logits_steps(torch.float32, in_place=False)
    bound = {name: functools.partial(step, logits.requires_grad_(), labels) for name, step in steps.items()}
    alone, beside = beside_a_busy_process(lambda: seconds_in_turns(bound, (), turns=turns))
    print("\nbeside a process that keeps a processor busy")
    show(("case", "provider", "alone ms", "beside ms", "ratio"), head=True)
    for name in steps:
        times = (f"{1e3 * statistics.median(times[name]):.2f}" for times in (alone, beside))
        show((f"{rows:,} x {classes:,} float32", name, *times, f"{share(beside[name], alone[name]):.2f}"))


def _learnt(rows: int, classes: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Logits of a partly trained model, and labels, which lead by a few nats."""
    torch.manual_seed(20261120)
    logits, labels = torch.randn(rows, classes), torch.randint(classes, (rows,))
    logits[torch.arange(rows), labels] += 9
    return logits.to(dtype), labels


def _logits_case(rows: int, classes: int, dtype: torch.dtype, *, turns: int) -> list[Cells]:
    logits, labels = _learnt(rows, classes, dtype)
    truths = _truth(logits.double(), None, labels)
    steps = logits_steps(dtype, in_place=(rows, classes) == _IN_PLACE)
    # One provider overwrites its inputs, so each has its own copy.
    given = {name: (logits.clone().requires_grad_(), labels) for name in steps}
    shown = {name: tuple(map(_short, _errors(step(*given[name]), truths))) for name, step in steps.items()}
    bound = {name: functools.partial(step, *given[name]) for name, step in steps.items()}
    seconds = seconds_in_turns(bound, (), turns=turns)
    found = []
    for name, times in seconds.items():
        rate = 2 * logits.nbytes / statistics.median(times) / 1e9
        case = f"{rows:,} x {classes:,} {_name(dtype)}"
        found.append((case, name, *_times(times, seconds["xent"]), f"{rate:.1f}", *shown[name]))
    return found


def _linear_table(*, quick: bool, turns: int, show: Callable[..., None]) -> None:
    print("\nlinear cross-entropy, forward and backward for hidden states and weight, mean")
    times = "p20 ms", "p50 ms", "p80 ms", "x xent"
    show(("N, D, V", "provider", *times, "GFLOP/s", "loss", "of x", "of W", "memory"), head=True)
    for dtype in _DTYPES:
        for case in _QUICK_LINEAR if quick else _LINEAR:
            for cells in _linear_case(case, dtype, turns=turns):
                show(cells)


def _linear_case(case: Case, dtype: torch.dtype, *, turns: int) -> list[Cells]:
    given = case.tensors(dtype)
    truths = _truth(given[0].detach().double(), given[1].detach().double(), given[2])
    steps = linear_steps(dtype)
    is_slow = {name: case.is_large and name == "torch chunked" for name in steps}
    quick = {name: step for name, step in steps.items() if not is_slow[name]}
    seconds = seconds_in_turns(quick, given, turns=turns)
    found = []
    for name, step in steps.items():
        times = seconds[name] if name in seconds else [_seconds(step, given) for _ in range(_SLOW_TURNS)]
        results = step(*given)
        rate = 6 * case.multiplications / statistics.median(times) / 1e9
        share = extra_bytes(case, dtype, name) / (case.rows * case.classes * dtype.itemsize)
        errors = map(_short, _errors(results, truths))
        shown = (*_times(times, seconds["xent"]), f"{rate:.0f}", *errors, f"{share:.3f}")
        found.append((f"{case} {_name(dtype)}", name, *shown))
    return found


def _seconds(step: Step, given: tuple[Tensor, Tensor, Tensor]) -> float:
    began = time.perf_counter()
    step(*given)
    return time.perf_counter() - began


def _truth(hidden: Tensor, weight: Tensor | None, labels: Tensor) -> tuple[Tensor, ...]:
    """Mean loss and its gradients in 64 bits; if `weight` is None, `hidden` are the logits."""
    loss, of_hidden = 0.0, torch.empty_like(hidden)
    of_weight = torch.zeros(()) if weight is None else torch.zeros_like(weight)
    for rows in torch.arange(len(labels)).split(_ROWS):
        logits = hidden[rows] if weight is None else hidden[rows] @ weight.T
        log_probs = logits.log_softmax(1)
        own = torch.arange(len(rows)), labels[rows]
        loss -= float(log_probs[own].sum())
        gradient = log_probs.exp_()
        gradient[own] -= 1
        gradient /= len(labels)
        of_hidden[rows] = gradient if weight is None else gradient @ weight
        if weight is not None:
            of_weight += gradient.T @ hidden[rows]
    return torch.tensor(loss / len(labels), dtype=torch.float64), of_hidden, of_weight


def _errors(results: Sequence[Tensor | None], truths: Sequence[Tensor]) -> list[float]:
    """Relative errors of loss and gradients; nan for all if there is no loss."""
    if results[0] is None:
        return [float("nan")] * len(truths)
    return [_relative(found, truth) for found, truth in zip(results, truths, strict=False)]


def _relative(found: Tensor, truth: Tensor) -> float:
    """Largest error, as a share of the largest number."""
    error = found.detach().double().sub_(truth).abs_().max()
    return float(error / truth.abs().max())


def _times(times: list[float], of_xent: list[float]) -> Cells:
    low, middle, high = (1e3 * one for one in percentiles(times))
    return f"{low:.2f}", f"{middle:.2f}", f"{high:.2f}", f"{share(times, of_xent):.2f}"


def _short(error: float) -> str:
    return "-" if math.isnan(error) else f"{error:.1e}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _in_columns(cells: Cells, *, head: bool = False) -> None:
    del head
    case, provider, *numbers = cells
    print(f"{case:26} {provider:19}", *(f"{number:>9}" for number in numbers), flush=True)


def _in_markdown(cells: Cells, *, head: bool = False) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)
    if head:
        print(f"|---|---|{'---:|' * (len(cells) - 2)}", flush=True)
