"""
Cross-entropy in JAX beside optax: time, peak memory and error of a value with its gradient.

``python -m benchmarks jax [ROWS]`` takes ROWS rows of logits instead of 8,192. Errors are relative: of the
mean, and the worst of a label's gradient, both from logarithms and sums in 64 bits without cancellation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from benchmarks import jax_steps
from benchmarks.jax_memory import extra_bytes
from benchmarks.taking_turns import machine, percentiles, seconds_in_turns, share

__all__ = ["main"]

_TURNS = 5


def main(arguments: list[str]) -> None:
    """Print one row for each case and provider."""
    rows = int(arguments[0]) if arguments else jax_steps.LOGITS[0]
    print(machine("jax", "optax"))
    print(
        f"{'case':24} {'provider':9} {'ms (20, 50, 80 %)':>24} {'ratio':>6} {'MB':>7} "
        f"{'value':>9} {'gradient':>9}"
    )
    arrays = jax_steps.logits_arrays(rows, jax_steps.LOGITS[1])
    for name, steps in jax_steps.logits_steps().items():
        exact = _exact(*arrays) if name.startswith(("integer", "distributions")) else None
        _show(name, steps, arrays, exact)
    _show("linear", jax_steps.linear_steps(), jax_steps.linear_arrays(*jax_steps.LINEAR), None)


def _show(
    name: str, steps: dict[str, Callable[..., Any]], arrays: tuple[Any, ...], exact: tuple[float, Any] | None
) -> None:
    """Print the rows of a case; without exact values, errors are blank."""
    waiting = {
        provider: lambda *given, step=step: jax.block_until_ready(step(*given))
        for provider, step in steps.items()
    }
    seconds = seconds_in_turns(waiting, arrays, turns=_TURNS)
    for provider, step in steps.items():
        times = " ".join(f"{1e3 * one:7.1f}" for one in percentiles(seconds[provider]))
        ratio = share(seconds[provider], seconds["optax"])
        errors = ("", "") if exact is None else _errors(step(*arrays), arrays[1], exact)
        memory = extra_bytes(name, provider) / 1e6
        print(
            f"{name:24} {provider:9} {times:>24} {ratio:6.2f} {memory:7.0f} {errors[0]:>9} {errors[1]:>9}",
            flush=True,
        )


def _exact(logits: Any, labels: Any) -> tuple[float, Any]:
    """Mean, and the gradient at the label of each row."""
    z, y = np.asarray(logits, np.float64), np.asarray(labels)
    rows = np.arange(len(z))
    gaps = z - z[rows, y][:, None]
    gaps[rows, y] = -np.inf
    rest = np.exp(gaps).sum(axis=1)
    return float(np.log1p(rest).mean()), -rest / (1 + rest) / len(z)


def _errors(found: tuple[Any, Any], labels: Any, exact: tuple[float, Any]) -> tuple[str, str]:
    """Relative errors of the value and of the gradients at the labels."""
    value, gradient = (np.asarray(part, np.float64) for part in found)
    at_label = gradient[np.arange(len(gradient)), np.asarray(labels)]
    worst = np.abs(at_label / exact[1] - 1).max()
    return f"{abs(value / exact[0] - 1):.0e}", f"{worst:.0e}"
