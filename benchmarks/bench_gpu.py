"""
Forward and backward of cross-entropy on a GPU, on logits and on hidden states times a weight.

Beside xent: PyTorch's functions, eager and compiled, and Liger-Kernel and QuACK where they are installed. All
providers of a case get the same numbers, in bfloat16. Columns: percentiles of a step, from and to a device at
rest; the bound, from a copy of the logits, which reads and writes as much as a step has to, or from the three
products, measured alone; the median over that bound; the peak memory of a step beyond its inputs; the
relative error of the loss, and that of the gradient in norm in the first rows, against 64 bits.

Without a GPU one line says that nothing was timed. `--device cpu` runs the code at small shapes, to see that
it runs, and its times mean nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

import xent.torch
from benchmarks.taking_turns import machine, percentiles

__all__ = ["main"]

_LOGITS = ((8192, 128_256), (2048, 32_000))
_LINEAR = ((4096, 4096, 128_256), (8192, 4096, 128_256), (8192, 2304, 256_000))
_SMALL_LOGITS, _SMALL_LINEAR = ((16, 100),), ((16, 8, 100),)
_ROWS_CHECKED = 64
_HEAD = "| case | provider | p20 ms | p50 ms | p80 ms | bound ms | x bound | MiB | loss | gradient |"
_RULE = "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"

Step = Callable[..., Tensor]


def main(arguments: list[str]) -> None:
    """Print the table, or the line that says why there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks gpu",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--device", default="cuda", help="another device, to see that the code runs")
    parser.add_argument("--turns", type=int, default=20, help="counted turns of each provider")
    chosen = parser.parse_args(arguments)
    if chosen.device == "cuda" and not torch.cuda.is_available():
        print("There is no GPU here: nothing was timed.")
        return
    is_gpu = chosen.device == "cuda"
    name = torch.cuda.get_device_name() if is_gpu else "no GPU, times mean nothing"
    print(f"{machine('torch')}, {name}, {time.strftime('%Y-%m-%d')}\n\n{_HEAD}\n{_RULE}")
    for shape in _LOGITS if is_gpu else _SMALL_LOGITS:
        _logits_case(*shape, chosen)
    for linear in _LINEAR if is_gpu else _SMALL_LINEAR:
        _linear_case(*linear, chosen)


def _logits_case(rows: int, classes: int, chosen: argparse.Namespace) -> None:
    logits = torch.randn(rows, classes, device=chosen.device, dtype=torch.bfloat16).requires_grad_()
    labels = torch.randint(0, classes, (rows,), device=chosen.device)
    way = {"xent": lambda z: xent.torch.cross_entropy(z, labels, out_dtype=torch.float32)}
    plain = {"torch eager": lambda z: functional.cross_entropy(z, labels)}
    steps: dict[str, Step] = {**way, **plain}
    if chosen.device == "cuda":
        compiled = torch.compile(lambda z: functional.cross_entropy(z.float(), labels))
        steps |= {"torch.compile": compiled, **_rivals_on_logits(labels)}
    target = torch.empty_like(logits)
    source = logits.detach()
    # A copy reads and writes as much as a step has to.
    bound = statistics.median(_seconds(lambda: target.copy_(source), chosen))
    _show(f"{rows:,} x {classes:,}", steps, (logits,), labels, bound=bound, chosen=chosen)


def _linear_case(rows: int, features: int, classes: int, chosen: argparse.Namespace) -> None:
    new = {"device": chosen.device, "dtype": torch.bfloat16}
    hidden = torch.randn(rows, features, **new).requires_grad_()
    weight = (torch.randn(classes, features, **new) / features**0.5).requires_grad_()
    labels = torch.randint(0, classes, (rows,), device=chosen.device)
    steps: dict[str, Step] = {
        "xent": lambda x, w: xent.torch.linear_cross_entropy(x, w, labels, out_dtype=torch.float32),
        "torch eager": lambda x, w: functional.cross_entropy(x @ w.T, labels),
    }
    if chosen.device == "cuda":
        steps["torch.compile"] = torch.compile(
            lambda x, w: functional.cross_entropy((x @ w.T).float(), labels)
        )
        steps |= _rivals_of_layers(labels)
    x, w = hidden.detach(), weight.detach()
    made = [x @ w.T]
    bound = sum(
        statistics.median(_seconds(product, chosen))
        for product in (lambda: x @ w.T, lambda: made[0] @ w, lambda: made[0].T @ x)
    )
    made.clear()
    _show(f"{rows:,}, {features:,}, {classes:,}", steps, (hidden, weight), labels, bound=bound, chosen=chosen)


def _rivals_on_logits(labels: Tensor) -> dict[str, Step]:
    """Installed rivals that take logits."""
    found: dict[str, Step] = {}
    if importlib.util.find_spec("liger_kernel") is not None:
        from liger_kernel.transformers import LigerCrossEntropyLoss

        of_liger = LigerCrossEntropyLoss()
        # Liger writes the gradient over its input, so a step copies it, as a user has to who keeps it.
        found["Liger"] = lambda z: of_liger(z.clone(), labels)
    if importlib.util.find_spec("quack") is not None:
        from quack.cross_entropy import cross_entropy

        found["QuACK"] = lambda z: cross_entropy(z, labels, reduction="mean")
    return found


def _rivals_of_layers(labels: Tensor) -> dict[str, Step]:
    """Installed rivals that take hidden states and a weight."""
    found: dict[str, Step] = {}
    if importlib.util.find_spec("liger_kernel") is not None:
        from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss

        of_liger = LigerFusedLinearCrossEntropyLoss()
        found["Liger"] = lambda x, w: of_liger(w, x, labels)
    if importlib.util.find_spec("quack") is not None:
        from quack.linear_cross_entropy import chunked_linear_cross_entropy

        found["QuACK"] = lambda x, w: chunked_linear_cross_entropy(x, w, labels)
    return found


def _show(
    case: str,
    steps: dict[str, Step],
    leaves: tuple[Tensor, ...],
    labels: Tensor,
    *,
    bound: float,
    chosen: argparse.Namespace,
) -> None:
    """Print a row for each provider."""
    for name, step in steps.items():
        whole = lambda step=step: torch.autograd.grad(step(*leaves), leaves)  # noqa: E731 - one expression
        low, middle, high = percentiles(_seconds(whole, chosen))
        errors = _errors(step, leaves, labels)
        cells = [f"{1e3 * one:.3f}" for one in (low, middle, high, bound)]
        memory = f"{_extra_bytes(whole, chosen) / 2**20:,.0f}"
        row = [case, name, *cells, f"{middle / bound:.2f}", memory, *(f"{error:.1e}" for error in errors)]
        print(f"| {' | '.join(row)} |", flush=True)


def _errors(step: Step, leaves: tuple[Tensor, ...], labels: Tensor) -> tuple[float, float]:
    """Error of the mean of all rows' losses, and in norm of the gradient in some, against 64 bits."""
    loss = step(*leaves)
    gradient = torch.autograd.grad(loss, leaves[0])[0][:_ROWS_CHECKED].double()
    total = torch.zeros((), dtype=torch.float64, device=labels.device)
    for first in range(0, len(labels), _ROWS_CHECKED):
        rows = slice(first, first + _ROWS_CHECKED)
        exact = [
            leaves[0].detach()[rows].double().requires_grad_(),
            *(w.detach().double() for w in leaves[1:]),
        ]
        logits = exact[0] @ exact[1].T if len(exact) > 1 else exact[0]
        part = functional.cross_entropy(logits, labels[rows], reduction="sum") / len(labels)
        total += part.detach()
        if first == 0:
            truth = torch.autograd.grad(part, exact[0])[0]
    return float(abs(loss.detach().double() / total - 1)), float((gradient - truth).norm() / truth.norm())


def _seconds(step: Callable[[], Any], chosen: argparse.Namespace) -> list[float]:
    """Seconds of each counted call, after three that warm up and compile."""
    seconds = []
    for _ in range(chosen.turns + 3):
        _wait(chosen)
        began = time.perf_counter()
        step()
        _wait(chosen)
        seconds.append(time.perf_counter() - began)
    return seconds[3:]


def _extra_bytes(step: Callable[[], Any], chosen: argparse.Namespace) -> int:
    """Peak of the memory that a call allocates."""
    if chosen.device != "cuda":
        return 0
    _wait(chosen)
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    step()
    _wait(chosen)
    return torch.cuda.max_memory_allocated() - before


def _wait(chosen: argparse.Namespace) -> None:
    """Wait until the device is done."""
    if chosen.device == "cuda":
        torch.cuda.synchronize()
