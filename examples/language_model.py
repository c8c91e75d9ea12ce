"""
A small transformer learns the source of Python's standard library, with PyTorch's loss and with xent's.

The text ships with every Python: the modules of the folder that `os` lies in. The vocabulary is its words,
at most the 30,000 most frequent. Both models start from the same weights, see the same passages in the same
order and take their steps in turns; only the loss of the last layer differs:

- ``F.cross_entropy(hidden @ W.T, words)``, the usual way, which materialises a logit for every word;
- ``xent.torch.linear_cross_entropy(hidden, W, words)``, which never materialises all logits.

Printed and drawn side by side: the loss; the time of a step, forward and backward; and the memory of a step:
the peak of the process beyond its memory before the step.

    python examples/language_model.py --steps 60 --out language_model.svg
"""

from __future__ import annotations

import argparse
import collections
import ctypes
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from torch.nn import functional

import xent.torch

Tensor = Any
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def main() -> None:
    """Train both models, print their losses and costs, and draw them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--batch", type=int, default=16, help="passages of a step")
    parser.add_argument("--length", type=int, default=64, help="words of a passage")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3, help="step length of AdamW")
    parser.add_argument("--out", type=Path, default=Path("language_model.svg"))
    chosen = parser.parse_args()
    words, codes = vocabulary()
    print(f"{len(codes):,} words of text, {len(words):,} different; {chosen.batch * chosen.length} a step")
    losses: dict[str, Loss] = {"PyTorch": usual, "xent": ours}
    runs = {name: Run(loss, len(words), chosen) for name, loss in losses.items()}
    for passages in batches(codes, chosen):
        for run in runs.values():
            run.step(passages)
    print(f"\n{'loss of':8} {'first':>8} {'last':>8} {'ms a step':>10} {'MiB of a step':>14}")
    for name, run in runs.items():
        print(f"{name:8} {run.losses[0]:8.4f} {run.losses[-1]:8.4f} {run.ms:10.1f} {run.mebibytes:14.1f}")
    pairs = zip(*(run.losses for run in runs.values()), strict=True)
    print(f"the curves are at most {max(abs(one - other) for one, other in pairs):.1e} nats apart")
    draw(runs, chosen.out)
    print(f"drawn: {chosen.out}")


def vocabulary(most: int = 30_000) -> tuple[list[str], Tensor]:
    """The most frequent words, the last one standing for all others, and the text as numbers of words."""
    files = sorted(Path(os.__file__).parent.glob("*.py"))
    source = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    text = re.findall(r"\w+|[^\w\s]|\n", source)
    words = [word for word, _ in collections.Counter(text).most_common(most - 1)] + ["(rare)"]
    number = {word: k for k, word in enumerate(words)}
    return words, torch.tensor([number.get(word, len(words) - 1) for word in text])


class Transformer(torch.nn.Module):
    """Two layers of causal attention over embedded words; the last layer's weights are `head`."""

    def __init__(self, words: int, width: int, length: int) -> None:
        super().__init__()
        self.words = torch.nn.Embedding(words, width)
        self.places = torch.nn.Parameter(0.02 * torch.randn(length, width))
        layer = torch.nn.TransformerEncoderLayer(
            width, nhead=4, dim_feedforward=4 * width, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = torch.nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
        self.head = torch.nn.Parameter(0.02 * torch.randn(words, width))
        self.mask = torch.nn.Transformer.generate_square_subsequent_mask(length)

    def forward(self, passages: Tensor) -> Tensor:
        """Hidden states of shape (words of all passages, width)."""
        hidden = self.layers(self.words(passages) + self.places, mask=self.mask, is_causal=True)
        return hidden.flatten(0, 1)


def usual(hidden: Tensor, head: Tensor, following: Tensor) -> Tensor:
    """Logits, then their cross-entropy."""
    return functional.cross_entropy(hidden @ head.T, following)


def ours(hidden: Tensor, head: Tensor, following: Tensor) -> Tensor:
    """Cross-entropy without materialised logits."""
    return xent.torch.linear_cross_entropy(hidden, head, following)


def batches(codes: Tensor, chosen: argparse.Namespace) -> Iterator[Tensor]:
    """Passages of each step, drawn at random places: the inputs of the model and one word more."""
    places = np.random.default_rng(0)
    for _ in range(chosen.steps):
        starts = places.integers(0, len(codes) - chosen.length - 1, size=chosen.batch)
        yield torch.stack([codes[start : start + chosen.length + 1] for start in starts])


class Run:
    """A model, its optimiser, and the time and memory of each step."""

    def __init__(self, loss: Loss, words: int, chosen: argparse.Namespace) -> None:
        torch.manual_seed(0)
        self.loss, self.network = loss, Transformer(words, chosen.width, chosen.length)
        self.descent = torch.optim.AdamW(self.network.parameters(), lr=chosen.rate)
        self.losses: list[float] = []
        self._seconds: list[float] = []
        self._bytes: list[float] = []

    def step(self, passages: Tensor) -> None:
        """Forward and backward pass, both measured, and a step of the optimiser."""
        self.descent.zero_grad()
        before = _forgotten_peak()
        began = time.perf_counter()
        value = self.loss(self.network(passages[:, :-1]), self.network.head, passages[:, 1:].flatten())
        value.backward()
        self._seconds.append(time.perf_counter() - began)
        self._bytes.append(_memory("VmHWM") - before)
        self.descent.step()
        self.losses.append(float(value.detach()))

    @property
    def ms(self) -> float:
        """Median time of a step, in milliseconds."""
        return 1e3 * statistics.median(self._seconds)

    @property
    def mebibytes(self) -> float:
        """Median of the peak memory of a step, in MiB."""
        return statistics.median(self._bytes) / 2**20


def _forgotten_peak() -> float:
    """Reset the peak memory that Linux records; the process's present memory in bytes, nan if unknown."""
    try:
        # Return freed memory to the system; if it were reused, the next step would seem to take none.
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except (AttributeError, OSError):
        return float("nan")
    return _memory("VmRSS")


def _memory(what: str) -> float:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return 1024 * int(next(line for line in status.splitlines() if line.startswith(what)).split()[1])


def draw(runs: dict[str, Run], path: Path) -> None:
    """The curves over each other, and the two costs as bars; the same bytes for the same numbers."""
    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "xent", "svg.fonttype": "none", "font.size": 8})
    mpl.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
    from matplotlib import pyplot as plt

    figure, (curve, seconds, memory) = plt.subplots(
        1, 3, figsize=(9, 2.8), width_ratios=(3, 1, 1), layout="constrained"
    )
    # The first curve is wide and pale, because the second covers it.
    styles = ({"color": "0.75", "linewidth": 4}, {"color": "#1f5fa8", "linewidth": 1})
    for (name, run), style in zip(runs.items(), styles, strict=True):
        curve.plot(run.losses, label=name, **style)
        for axis, height in ((seconds, run.ms), (memory, run.mebibytes)):
            axis.bar_label(axis.bar(name, height, color=style["color"], width=0.6), fmt="{:.0f}")
    curve.set(xlabel="step", ylabel="cross-entropy, nats a word")
    curve.legend(frameon=False)
    seconds.set_title("ms a step", fontsize=8)
    memory.set_title("MiB of a step", fontsize=8)
    for axis in (seconds, memory):
        axis.set_yticks([])
        axis.spines.left.set_visible(False)
    figure.savefig(path, metadata={"Date": None, "Creator": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
