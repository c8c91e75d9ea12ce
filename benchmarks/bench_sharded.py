"""
Cross-entropy whose classes are divided among two processes on gloo: time, bytes, errors.

A step is forward and backward, from hidden states and this rank's part of the weight. "xent, linear" is
`linear_cross_entropy` with a process group, "xent, logits" is `cross_entropy` of this rank's logits, and
"Megatron's formula" is that of Megatron-LM. All providers take turns in the same processes.

Columns: the median time of a step, in which both processes share the machine; bytes that a rank hands to
collectives; the error of the loss, and of the gradient of this rank's weight as a share of its largest entry,
against one process in 64 bits. The last row is `linear_cross_entropy` in one process in float32.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

import xent.torch
from benchmarks.linear_steps import Case
from benchmarks.sharded_steps import CountedBytes, sharded_steps
from benchmarks.taking_turns import machine

_RANKS = 2
_CASE = Case(1024, 64, 32_000)
_QUICK = Case(64, 16, 1000)


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks sharded",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--turns", type=int, default=5, help="counted turns of each provider")
    parser.add_argument("--quick", action="store_true", help="a small shape, to see that it runs")
    chosen = parser.parse_args(arguments)
    case = _QUICK if chosen.quick else _CASE
    print(f"{machine('torch')}, {_RANKS} processes, {case} float32")
    print(f"{'provider':20} {'ms':>8} {'bytes sent':>11} {'loss':>8} {'gradient':>9}")
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "store").as_uri()
        ranks = [
            context.Process(target=_run_rank, args=(rank, store, case, chosen.turns))
            for rank in range(_RANKS)
        ]
        for one in ranks:
            one.start()
        for one in ranks:
            one.join()


def _run_rank(rank: int, store: str, case: Case, turns: int) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=_RANKS)
    hidden, weight, labels = case.tensors(torch.float32)
    classes = slice(rank * case.classes // _RANKS, (rank + 1) * case.classes // _RANKS)
    own = weight.detach()[classes].clone().requires_grad_()
    truth = _of_one_process(hidden.double(), weight.double(), labels)
    steps = sharded_steps(dist.group.WORLD)
    rows: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(turns + 1):
        for name, step in steps.items():
            dist.barrier()
            began = time.perf_counter()
            step(hidden, own, labels)
            if turn:
                rows[name].append(time.perf_counter() - began)
    for name, step in steps.items():
        with CountedBytes() as counted:
            found = step(hidden, own, labels)
        if rank == 0:
            _print_row(name, (1e3 * statistics.median(rows[name]), counted.sent), found, truth, classes)
    if rank == 0:
        alone = _of_one_process(hidden, weight, labels)
        _print_row("one process", (float("nan"), 0), (*alone[:2], alone[2][classes]), truth, classes)
    dist.destroy_process_group()


def _of_one_process(hidden: Tensor, weight: Tensor, labels: Tensor) -> tuple[Tensor, ...]:
    leaves = [one.detach().requires_grad_() for one in (hidden, weight)]
    loss: Any = xent.torch.linear_cross_entropy(*leaves, labels)
    return loss.detach(), *torch.autograd.grad(loss, leaves)


def _print_row(
    name: str,
    cost: tuple[float, int],
    found: tuple[Tensor, ...],
    truth: tuple[Tensor, ...],
    classes: slice,
) -> None:
    of_loss = abs(float(found[0].double() / truth[0]) - 1)
    true = truth[2][classes]
    of_gradient = float((found[2].double() - true).abs().max() / true.abs().max())
    print(f"{name:20} {cost[0]:8.1f} {cost[1]:11,} {of_loss:8.1e} {of_gradient:9.1e}", flush=True)
