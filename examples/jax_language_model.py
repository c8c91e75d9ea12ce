"""
A small language model in equinox learns the source of Python's standard library, with optax' loss and ours.

The text ships with every Python: the modules of the folder that `os` lies in. The vocabulary is its words,
at most the 30,000 most frequent. Both models start from the same weights, see the same passages in the same
order and take their steps in turns; only the loss of the last layer differs:

- ``optax.losses.softmax_cross_entropy_with_integer_labels(hidden @ W.T, words)``, with all logits;
- ``xent.jax.linear_softmax_cross_entropy(hidden, W, words)``, which never materialises all logits.

Printed side by side: the loss, the time of a step, and the memory of a step by the account of the compiled
program, beyond its arguments and results. Needs equinox: ``pip install equinox optax "xent[jax]"``.

    python examples/jax_language_model.py --steps 40
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import equinox
import jax
import jax.numpy as jnp
import numpy as np
import optax

from xent.jax import linear_softmax_cross_entropy

Loss = Callable[[Any, Any, Any], Any]


def main() -> None:
    """Train both models and print their losses and costs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--batch", type=int, default=16, help="passages of a step")
    parser.add_argument("--length", type=int, default=64, help="words of a passage")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3, help="step length of Adam")
    chosen = parser.parse_args()
    words, codes = vocabulary()
    print(f"{len(codes):,} words of text, {words:,} different; {chosen.batch * chosen.length} a step")
    losses: dict[str, Loss] = {"optax": usual, "xent": linear_softmax_cross_entropy}
    runs = {name: Run(loss, words, chosen) for name, loss in losses.items()}
    for passages in batches(codes, chosen):
        for run in runs.values():
            run.step(passages)
    print(f"\n{'loss of':8} {'first':>8} {'last':>8} {'ms a step':>10} {'MB of a step':>13}")
    for name, run in runs.items():
        print(f"{name:8} {run.losses[0]:8.4f} {run.losses[-1]:8.4f} {run.ms:10.1f} {run.megabytes:13.1f}")
    pairs = zip(*(run.losses for run in runs.values()), strict=True)
    print(f"the curves are at most {max(abs(one - other) for one, other in pairs):.1e} nats apart")


def vocabulary(most: int = 30_000) -> tuple[int, Any]:
    """Number of words, the last of which stands for all rare ones, and the text as numbers of words."""
    files = sorted(Path(os.__file__).parent.glob("*.py"))
    source = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    text = re.findall(r"\w+|[^\w\s]|\n", source)
    words = [word for word, _ in collections.Counter(text).most_common(most - 1)]
    number = {word: k for k, word in enumerate(words)}
    return len(words) + 1, np.asarray([number.get(word, len(words)) for word in text])


class Model(equinox.Module):
    """A recurrent unit over embedded words; `head` is the weight of the last layer."""

    words: Any
    unit: equinox.nn.GRUCell
    head: Any

    def __init__(self, words: int, width: int, key: Any) -> None:
        keys = jax.random.split(key, 3)
        self.words = 0.02 * jax.random.normal(keys[0], (words, width))
        self.unit = equinox.nn.GRUCell(width, width, key=keys[1])
        self.head = 0.02 * jax.random.normal(keys[2], (words, width))

    def __call__(self, passage: Any) -> Any:
        """Hidden states of a passage, of shape (length, width)."""

        def step(state: Any, word: Any) -> tuple[Any, Any]:
            state = self.unit(word, state)
            return state, state

        return jax.lax.scan(step, jnp.zeros(self.words.shape[1]), self.words[passage])[1]


def usual(hidden: Any, head: Any, following: Any) -> Any:
    """Logits, then their cross-entropy."""
    return optax.losses.softmax_cross_entropy_with_integer_labels(hidden @ head.T, following).mean()


def batches(codes: Any, chosen: argparse.Namespace) -> Iterator[Any]:
    """Passages of each step, drawn at random places: the inputs of the model and one word more."""
    places = np.random.default_rng(0)
    for _ in range(chosen.steps):
        starts = places.integers(0, len(codes) - chosen.length - 1, size=chosen.batch)
        yield np.stack([codes[start : start + chosen.length + 1] for start in starts])


class Run:
    """A model, its optimiser, and the time and memory of each step."""

    def __init__(self, loss: Loss, words: int, chosen: argparse.Namespace) -> None:
        optimizer = optax.adam(chosen.rate)
        model = Model(words, chosen.width, jax.random.key(0))

        def value(model: Model, passages: Any) -> Any:
            hidden = jax.vmap(model)(passages[:, :-1])
            return loss(hidden.reshape(-1, hidden.shape[-1]), model.head, passages[:, 1:].reshape(-1))

        def step(model: Model, state: Any, passages: Any) -> tuple[Any, Any, Any]:
            found, gradient = jax.value_and_grad(value)(model, passages)
            changes, state = optimizer.update(gradient, state)
            return equinox.apply_updates(model, changes), state, found

        passages = np.zeros((chosen.batch, chosen.length + 1), int)
        self._state = model, optimizer.init(model)
        self._step = jax.jit(step).lower(*self._state, passages).compile()
        self.megabytes = self._step.memory_analysis().temp_size_in_bytes / 1e6
        self.losses: list[float] = []
        self._seconds: list[float] = []

    def step(self, passages: Any) -> None:
        """Take one step."""
        began = time.perf_counter()
        *state, found = jax.block_until_ready(self._step(*self._state, jnp.asarray(passages)))
        self._seconds.append(time.perf_counter() - began)
        self._state = tuple(state)
        self.losses.append(float(found))

    @property
    def ms(self) -> float:
        """Median milliseconds of a step."""
        return 1e3 * statistics.median(self._seconds)


if __name__ == "__main__":
    main()
