r"""
Softmax collapse: the effect of rounding in the loss on a network that fits its training set.

Prieto et al. (ICLR 2025, "Grokking at the edge of numerical stability") train networks on modular addition in
32 bits without weight decay. Once a row's logit is some 17 above the others, the usual cross-entropy of that
row is exactly 0 and so is its slope at the label: learning stops before the network generalises. Their remedy
is another function, StableMax.

Here one network learns from the same start with four losses: PyTorch's in 32 bits, PyTorch's in 64 bits,
StableMax in 32 bits, and the cross-entropy of this library in 32 bits, which is the same function as
PyTorch's without the rounding to 0. Printed and drawn: accuracy on the rows that were held out, the share of
training rows whose loss is exactly 0, and the length of the gradient.

    python examples/softmax_collapse.py --out softmax_collapse.svg
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch

import xent.torch

Tensor = Any
Loss = Callable[[Tensor, Tensor], Tensor]
COLUMNS = ("accuracy, held out", "share of losses that are 0", "length of the gradient")


def usual(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy as PyTorch computes it."""
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none")


def stablemax(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy with ``s(z) = z + 1`` from 0 on and ``1 / (1 - z)`` below in place of the exponential."""
    scores = torch.where(logits >= 0, logits + 1, 1 / (1 - logits.clamp(max=0)))
    probs = scores / scores.sum(dim=-1, keepdim=True)
    return -torch.log(probs.gather(1, labels[:, None])[:, 0])


def exact(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy without the rounding to 0."""
    return xent.torch.cross_entropy(logits, labels, reduction="none")


RUNS: dict[str, tuple[Loss, Any, str]] = {
    "PyTorch, 32 bits": (usual, torch.float32, "#c2562b"),
    "PyTorch, 64 bits": (usual, torch.float64, "#e0a93b"),
    "StableMax, 32 bits": (stablemax, torch.float32, "#5a9367"),
    "xent, 32 bits": (exact, torch.float32, "#1f5fa8"),
}


def main() -> None:
    """Train with each loss from each start, print a row for each loss and draw the curves."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--modulus", type=int, default=31)
    parser.add_argument("--share", type=float, default=0.75, help="of all pairs that are trained on")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--network", choices=("square", "relu"), default="square", help="see `network_of`")
    parser.add_argument("--rate", type=float, default=1e-3, help="step length of Adam")
    # The square of a much smaller gradient is 0 in 32 bits, and Adam would divide by its epsilon alone.
    # Adam's default of 1e-8 hides the slope of every confident row, for any loss.
    parser.add_argument("--epsilon", type=float, default=1e-20, help="of Adam")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--starts", type=int, default=3, help="different weights and training rows")
    parser.add_argument("--records", type=int, default=80)
    parser.add_argument("--out", type=Path, default=Path("softmax_collapse.svg"))
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    curves = {}
    print(
        f"{'loss':20} {'held out: end':>22} {'best':>6} {'first 0 at step':>16} {'0 at the end':>13} {'s':>5}"
    )
    for name in RUNS:
        began = time.perf_counter()
        curves[name] = [train(name, start, chosen) for start in range(chosen.starts)]
        print(f"{name:20} {summary(curves[name])} {time.perf_counter() - began:5.0f}", flush=True)
    draw(curves, chosen.out)
    print(f"drawn: {chosen.out}")


def summary(runs: list[np.ndarray]) -> str:
    """Medians over the starts as text, for the final accuracy also the least and the largest."""
    ends = [rows[-1, 1] for rows in runs]
    firsts = [next((f"{step:.0f}" for step, _, zero, _ in rows if zero > 0), "never") for rows in runs]
    return (
        f"{statistics.median(ends):8.3f} ({min(ends):.3f}-{max(ends):.3f})"
        f" {statistics.median(rows[:, 1].max() for rows in runs):6.3f}"
        f" {', '.join(firsts):>16} {statistics.median(rows[-1, 2] for rows in runs):13.3f}"
    )


def pairs(modulus: int, share: float, start: int) -> tuple[Tensor, Tensor, Tensor]:
    """All pairs as two one-hot codes side by side, the sums, and a mask of the pairs that are trained on."""
    first, second = np.divmod(np.arange(modulus**2), modulus)
    codes = np.concatenate([np.eye(modulus)[first], np.eye(modulus)[second]], axis=1)
    is_trained = np.random.default_rng(start).random(modulus**2) < share
    return torch.tensor(codes), torch.tensor((first + second) % modulus), torch.tensor(is_trained)


class Square(torch.nn.Module):
    """The activation ``x ** 2``, with which a network of one hidden layer can add (Gromov 2023)."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Squares of the inputs."""
        return inputs * inputs


def network_of(chosen: argparse.Namespace) -> Any:
    """Network with one hidden layer of squares, or with two of ReLU as in the paper."""
    layers: list[Any] = [torch.nn.Linear(2 * chosen.modulus, chosen.width), Square()]
    if chosen.network == "relu":
        layers = [layers[0], torch.nn.ReLU(), torch.nn.Linear(chosen.width, chosen.width), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(chosen.width, chosen.modulus))


def train(name: str, start: int, chosen: argparse.Namespace) -> np.ndarray:
    """A row for each record: its step, then the numbers that `COLUMNS` names."""
    loss, dtype, _ = RUNS[name]
    codes, sums, is_trained = pairs(chosen.modulus, chosen.share, start)
    codes = codes.to(dtype)
    torch.manual_seed(start)
    network = network_of(chosen).to(dtype)
    descent = torch.optim.Adam(
        network.parameters(), lr=chosen.rate, betas=(0.9, 0.99), eps=chosen.epsilon, weight_decay=0
    )
    rows, every = [], max(1, chosen.steps // chosen.records)
    inputs, labels = codes[is_trained], sums[is_trained]
    for step in range(chosen.steps + 1):
        values = loss(network(inputs), labels)
        descent.zero_grad()
        values.mean().backward()
        if step % every == 0:
            with torch.no_grad():
                right = network(codes[~is_trained]).argmax(dim=1) == sums[~is_trained]
            # Use 64 bits: the squares of small entries are 0 in 32 bits.
            length = torch.sqrt(sum((p.grad.double() ** 2).sum() for p in network.parameters()))
            rows.append((step, right.double().mean(), (values == 0).double().mean(), length))
        descent.step()
    return np.asarray([[float(number) for number in row] for row in rows])


def draw(curves: dict[str, list[np.ndarray]], path: Path) -> None:
    """Three panels over the steps, a line for each start; the same bytes in every run."""
    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "xent", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
    for name, runs in curves.items():
        for number, rows in enumerate(runs):
            for column, axis in enumerate(axes, start=1):
                shown = np.where((column == 3) & (rows[:, column] == 0), np.nan, rows[:, column])
                label = name if number == 0 else None
                axis.plot(rows[:, 0], shown, color=RUNS[name][2], linewidth=1.1, alpha=0.8, label=label)
    for axis, title in zip(axes, COLUMNS, strict=True):
        axis.set_title(title)
        axis.set_xlabel("step")
        axis.spines[["top", "right"]].set_visible(False)
    axes[2].set_yscale("log")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    figure.savefig(path, **({"metadata": {"Date": None, "Creator": None}} if path.suffix == ".svg" else {}))


if __name__ == "__main__":
    main()
