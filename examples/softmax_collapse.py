r"""
Softmax collapse: what rounding in the loss does to a network that has learnt its training set.

Prieto et al. (ICLR 2025, "Grokking at the edge of numerical stability") train networks on modular addition in
32 bits without weight decay. Once a row's logit is some 17 above the others, the usual cross-entropy of that
row is exactly 0 and so is its gradient: learning stops before the network generalises. Their remedy is
another function, StableMax.

Here the same network learns from the same start with four losses: PyTorch's in 32 bits, PyTorch's in 64 bits,
StableMax in 32 bits, and the cross-entropy of this library in 32 bits, which is the same function as
PyTorch's without the rounding to 0. Printed and drawn: accuracy on the rows that were held out, the share of
training rows whose loss is exactly 0, and the length of the gradient.

    python examples/softmax_collapse.py --steps 20000 --out softmax_collapse.svg
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

import torch
from xent.losses import softmax_cross_entropy

Tensor = Any
Loss = Callable[[Tensor, Tensor], Tensor]


def usual(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy as PyTorch computes it."""
    return torch.nn.functional.cross_entropy(logits, labels, reduction="none")


def stablemax(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy with ``s(z) = z + 1`` above 0 and ``1 / (1 - z)`` below in place of the exponential."""
    below = logits.clamp(max=0)
    scores = torch.where(logits >= 0, logits + 1, 1 / (1 - below))
    probs = scores / scores.sum(dim=-1, keepdim=True)
    return -torch.log(probs.gather(1, labels[:, None])[:, 0])


def exact(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy without the rounding to 0."""
    return softmax_cross_entropy(logits, labels, validate=False)


RUNS: dict[str, tuple[Loss, Any]] = {
    "PyTorch, 32 bits": (usual, torch.float32),
    "PyTorch, 64 bits": (usual, torch.float64),
    "StableMax, 32 bits": (stablemax, torch.float32),
    "xent, 32 bits": (exact, torch.float32),
}


def main() -> None:
    """Train with each loss, print a row per record and draw the curves."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--modulus", type=int, default=53)
    parser.add_argument("--share", type=float, default=0.4, help="of all pairs that are trained on")
    parser.add_argument("--width", type=int, default=200)
    parser.add_argument("--rate", type=float, default=1e-3, help="step length of Adam")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path("softmax_collapse.svg"))
    chosen = parser.parse_args()
    curves = {name: train(loss, dtype, chosen, name) for name, (loss, dtype) in RUNS.items()}
    draw(curves, chosen.out)
    print(f"drawn: {chosen.out}")


def pairs(modulus: int, share: float) -> tuple[Tensor, Tensor, Tensor]:
    """All pairs as two one-hot codes side by side, their sums, and which are trained on."""
    first, second = np.divmod(np.arange(modulus**2), modulus)
    codes = np.concatenate([np.eye(modulus)[first], np.eye(modulus)[second]], axis=1)
    is_trained = np.random.default_rng(0).random(modulus**2) < share
    return torch.tensor(codes), torch.tensor((first + second) % modulus), torch.tensor(is_trained)


def train(loss: Loss, dtype: Any, chosen: argparse.Namespace, name: str) -> np.ndarray:
    """One row for each record: step, held-out accuracy, share of losses that are 0, length of the
    gradient.
    """
    codes, sums, is_trained = pairs(chosen.modulus, chosen.share)
    codes = codes.to(dtype)
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(2 * chosen.modulus, chosen.width),
        torch.nn.ReLU(),
        torch.nn.Linear(chosen.width, chosen.width),
        torch.nn.ReLU(),
        torch.nn.Linear(chosen.width, chosen.modulus),
    ).to(dtype)
    # In 32 bits the divisor of Adam keeps a gradient below 1e-8 from moving anything; 1e-30 does not.
    descent = torch.optim.Adam(network.parameters(), lr=chosen.rate, betas=(0.9, 0.99), eps=1e-30)
    rows, every, began = [], max(1, chosen.steps // chosen.records), time.perf_counter()
    for step in range(chosen.steps + 1):
        values = loss(network(codes[is_trained]), sums[is_trained])
        descent.zero_grad()
        values.mean().backward()
        if step % every == 0:
            rows.append((step, *_record(network, codes, sums, is_trained, values)))
        descent.step()
    seconds = time.perf_counter() - began
    step, accuracy, zero, length = rows[-1]
    print(
        f"{name:20} step {step}: held-out accuracy {accuracy:.3f}, losses that are 0 {zero:.3f}, "
        f"gradient {length:.2e}, {seconds:.0f} s",
        flush=True,
    )
    return np.asarray(rows)


def _record(
    network: Any, codes: Tensor, sums: Tensor, is_trained: Tensor, values: Tensor
) -> tuple[float, ...]:
    with torch.no_grad():
        right = network(codes[~is_trained]).argmax(dim=1) == sums[~is_trained]
    length = torch.sqrt(sum((p.grad.double() ** 2).sum() for p in network.parameters()))
    return float(right.double().mean()), float((values == 0).double().mean()), float(length)


def draw(curves: dict[str, np.ndarray], path: Path) -> None:
    """Three panels over the steps."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
    for name, rows in curves.items():
        for axis, column in zip(axes, (1, 2, 3), strict=True):
            axis.plot(
                rows[:, 0],
                np.where(rows[:, column] > 0, rows[:, column], np.nan if column == 3 else 0),
                label=name,
            )
    for axis, title in zip(
        axes, ("accuracy, held out", "share of losses that are 0", "length of gradient"), strict=True
    ):
        axis.set_title(title)
        axis.set_xlabel("step")
    axes[2].set_yscale("log")
    axes[0].legend(frameon=False)
    figure.savefig(path)


if __name__ == "__main__":
    main()
