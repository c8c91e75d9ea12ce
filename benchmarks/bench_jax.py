"""
Cross-entropy in JAX beside optax: time, peak memory and error of a value with its gradient.

``python -m benchmarks jax [ROWS]`` takes ROWS rows of logits instead of 8,192. Errors are relative: of the
mean, and of its gradient, from logarithms and sums in 64 bits without cancellation. That of the gradient is
the worst at a label, and for the linear loss that in norm of 256 rows of the hidden states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from benchmarks import jax_steps
from benchmarks.jax_memory import extra_bytes
from benchmarks.taking_turns import machine, percentiles, seconds_in_turns, share

__all__ = ["main"]

_TURNS = 5
# Rows of the hidden states whose gradients are compared, and rows at once.
_ROWS = 256


def main(arguments: list[str]) -> None:
    """Print one row for each case and provider."""
    rows = int(arguments[0]) if arguments else jax_steps.LOGITS[0]
    print(machine("jax", "optax"))
    print(
        f"{'case':24} {'provider':9} {'ms (20, 50, 80 %)':>24} {'ratio':>6} {'MB':>7} "
        f"{'value':>9} {'gradient':>9}"
    )
    arrays = jax_steps.logits_arrays(rows, jax_steps.LOGITS[1])
    exact = {
        "integer labels": _of_labels(*arrays),
        "distributions": _of_labels(*arrays),
        "events": _of_events(*arrays),
    }
    for name, steps in jax_steps.logits_steps().items():
        _show(name, steps, arrays, exact[name.partition(",")[0]])
    arrays = jax_steps.linear_arrays(*jax_steps.LINEAR)
    _show("linear", jax_steps.linear_steps(), arrays, _of_linear(*arrays))


class _Exact(NamedTuple):
    """Mean, a part of its gradient, that part of a gradient found, and True for an error in norm."""

    value: float
    gradient: Any
    part: Callable[[Any], Any]
    in_norm: bool = False


def _show(name: str, steps: dict[str, Callable[..., Any]], arrays: tuple[Any, ...], exact: _Exact) -> None:
    """Print the rows of a case."""
    waiting = {
        provider: lambda *given, step=step: jax.block_until_ready(step(*given))
        for provider, step in steps.items()
    }
    seconds = seconds_in_turns(waiting, arrays, turns=_TURNS)
    for provider, step in steps.items():
        times = " ".join(f"{1e3 * one:7.1f}" for one in percentiles(seconds[provider]))
        ratio = share(seconds[provider], seconds["optax"])
        value, gradient = _errors(step(*arrays), exact)
        memory = extra_bytes(name, provider) / 1e6
        print(
            f"{name:24} {provider:9} {times:>24} {ratio:6.2f} {memory:7.0f} {value:9.0e} {gradient:9.0e}",
            flush=True,
        )


def _of_labels(logits: Any, labels: Any) -> _Exact:
    """Cross-entropy of labels, with the gradient at the label of each row."""
    z, y = np.asarray(logits, np.float64), np.asarray(labels)
    rows = np.arange(len(z))
    gaps = z - z[rows, y][:, None]
    gaps[rows, y] = -np.inf
    rest = np.exp(gaps).sum(axis=1)
    slopes = -rest / (1 + rest) / len(z)
    return _Exact(float(np.log1p(rest).mean()), slopes, lambda found: found[rows, y])


def _of_events(logits: Any, labels: Any) -> _Exact:
    """Cross-entropy of one-hot events, with the gradient at the label of each row."""
    z, y = np.asarray(logits, np.float64), np.asarray(labels)
    rows = np.arange(len(z))
    signs = np.ones(z.shape)
    signs[rows, y] = -1
    slopes = -1 / (1 + np.exp(z[rows, y])) / z.size
    return _Exact(float(np.logaddexp(0, signs * z).mean()), slopes, lambda found: found[rows, y])


def _of_linear(hidden: Any, weight: Any, labels: Any) -> _Exact:
    """Linear cross-entropy, with the gradient in the first hidden states."""
    x, w, y = np.asarray(hidden, np.float64), np.asarray(weight, np.float64), np.asarray(labels)
    losses, gradient = [], np.empty((0, x.shape[1]))
    for start in range(0, len(x), _ROWS):
        part = slice(start, start + _ROWS)
        z = x[part] @ w.T
        at_label = np.arange(len(z)), y[part]
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        losses.append(np.log(powers.sum(axis=1)) + z.max(axis=1) - z[at_label])
        if start == 0:
            slopes = powers / powers.sum(axis=1, keepdims=True)
            slopes[at_label] -= 1
            gradient = slopes @ w / len(x)
    value = float(np.concatenate(losses).mean())
    return _Exact(value, gradient, lambda found: found[0][:_ROWS], in_norm=True)


def _errors(found: tuple[Any, Any], exact: _Exact) -> tuple[float, float]:
    """Relative errors of the value and of the gradient."""
    value = abs(float(found[0]) / exact.value - 1)
    gradient = np.asarray(exact.part(jax.tree.map(np.asarray, found[1])), np.float64)
    if exact.in_norm:
        return value, float(np.linalg.norm(gradient - exact.gradient) / np.linalg.norm(exact.gradient))
    return value, float(np.abs(gradient / exact.gradient - 1).max())
