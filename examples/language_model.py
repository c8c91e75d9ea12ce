"""
A small transformer learns the source of Python's standard library, with PyTorch's loss and with ours.

The text ships with every Python: the modules of the folder that `os` lies in. The vocabulary is its 30,000
most frequent words. Both runs start from the same weights and see the same passages in the same order; only
the loss of the last layer differs:

- ``F.cross_entropy(hidden @ W.T, words)``, the usual way, which forms a logit for every word there is;
- ``xent.torch.linear_cross_entropy(hidden, W, words)``, which never holds them all.

Printed and drawn side by side: the loss, the time of a step, and the most memory that a step took beyond
what was held before it.

    python examples/language_model.py --steps 200 --out language_model.svg
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import matplotlib as mpl
import numpy as np
from torch.nn import functional

import torch
import xent.torch

Tensor = Any
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def main() -> None:
    """Train twice, print both and draw them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=16, help="passages of a step")
    parser.add_argument("--length", type=int, default=64, help="words of a passage")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--out", type=Path, default=Path("language_model.svg"))
    chosen = parser.parse_args()
    words, codes = vocabulary()
    print(f"{len(codes):,} words of text, {len(words):,} different; {chosen.batch * chosen.length} a step")
    losses: dict[str, Loss] = {"PyTorch": usual, "xent": ours}
    runs = {name: train(loss, codes, len(words), chosen) for name, loss in losses.items()}
    print(f"\n{'loss of':8} {'first':>8} {'last':>8} {'ms a step':>10} {'MiB of a step':>14}")
    for name, run in runs.items():
        cells = (
            f"{run['loss'][0]:8.4f} {run['loss'][-1]:8.4f} {1e3 * statistics.median(run['seconds']):10.1f}"
        )
        print(f"{name:8} {cells} {run['mebibytes']:14.1f}")
    apart = np.abs(np.asarray(runs["PyTorch"]["loss"]) - np.asarray(runs["xent"]["loss"])).max()
    print(f"the curves are at most {apart:.1e} nats apart")
    draw(runs, chosen.out)
    print(f"drawn: {chosen.out}")


def vocabulary(most: int = 30_000) -> tuple[list[str], Tensor]:
    """The most frequent words of the text, the last one for all others, and the text in numbers of them."""
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
    """The same without the logits."""
    return xent.torch.linear_cross_entropy(hidden, head, following)


def train(loss: Loss, codes: Tensor, words: int, chosen: argparse.Namespace) -> dict[str, Any]:
    """Losses and seconds of each step, and the most memory of one."""
    torch.manual_seed(0)
    network = Transformer(words, chosen.width, chosen.length)
    descent = torch.optim.AdamW(network.parameters(), lr=1e-3)
    order = np.random.default_rng(0)
    found: dict[str, Any] = {"loss": [], "seconds": [], "mebibytes": 0.0}
    for step in range(chosen.steps):
        starts = order.integers(0, len(codes) - chosen.length - 1, size=chosen.batch)
        passages = torch.stack([codes[s : s + chosen.length + 1] for s in starts])
        descent.zero_grad()
        began = time.perf_counter()
        with _Memory() if step == 5 else _Nothing() as memory:
            value = loss(network(passages[:, :-1]), network.head, passages[:, 1:].flatten())
            value.backward()
        if step == 5:
            found["mebibytes"] = memory.mebibytes
        else:
            found["seconds"].append(time.perf_counter() - began)
        descent.step()
        found["loss"].append(float(value.detach()))
    return found


class _Nothing:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Memory:
    """Watches the resident memory of this process from another thread; Linux says it in /proc."""

    mebibytes = 0.0

    def __enter__(self) -> Self:
        self._before, self._most, self._ends = _resident(), 0.0, False
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def _look(self) -> None:
        while not self._ends:
            self._most = max(self._most, _resident())
            time.sleep(2e-4)

    def __exit__(self, *_: object) -> None:
        self._ends = True
        self._watch.join()
        self.mebibytes = self._most - self._before


def _resident() -> float:
    try:
        status = Path("/proc/self/statm").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return int(status.split()[1]) * 4096 / 2**20


def draw(runs: dict[str, Any], path: Path) -> None:
    """The curves over each other, and the two costs as bars."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (curve, seconds, memory) = plt.subplots(
        1, 3, figsize=(12, 3.6), width_ratios=(3, 1, 1), layout="constrained"
    )
    for (name, run), style in zip(runs.items(), ("-", "--"), strict=True):
        curve.plot(run["loss"], style, label=name)
        seconds.bar(name, 1e3 * statistics.median(run["seconds"]))
        memory.bar(name, run["mebibytes"])
    curve.set(xlabel="step", ylabel="cross-entropy, nats a word")
    curve.legend(frameon=False)
    seconds.set_title("ms a step")
    memory.set_title("MiB of a step")
    figure.savefig(path)


if __name__ == "__main__":
    main()
