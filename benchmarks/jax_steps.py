"""Steps of cross-entropy in JAX, ours and optax': values with gradients, of logits and of a linear layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

import xent.jax

__all__ = ["LINEAR", "LOGITS", "linear_arrays", "linear_steps", "logits_arrays", "logits_steps"]

LOGITS = (8192, 1000)
LINEAR = (2048, 512, 32_000)
Steps = dict[str, Callable[..., Any]]


def logits_arrays(rows: int, classes: int) -> tuple[Any, Any]:
    """Logits of a trained model, sure of most rows, and labels."""
    draw = np.random.default_rng(0)
    logits = draw.standard_normal((rows, classes))
    labels = draw.integers(0, classes, rows)
    logits[np.arange(rows), labels] += draw.uniform(0, 40, rows)
    return jnp.asarray(logits, jnp.float32), jnp.asarray(labels)


def logits_steps() -> dict[str, Steps]:
    """Value and gradient of the mean, outside of `jit` and inside, by loss and provider."""

    def one_hot(loss: Callable[..., Any]) -> Callable[..., Any]:
        return lambda logits, labels: loss(logits, jax.nn.one_hot(labels, logits.shape[-1]))

    pairs = {
        "integer labels": (
            xent.jax.softmax_cross_entropy_with_integer_labels,
            optax.losses.softmax_cross_entropy_with_integer_labels,
        ),
        "distributions": tuple(
            map(one_hot, (xent.jax.softmax_cross_entropy, optax.losses.softmax_cross_entropy))
        ),
        "events": tuple(
            map(one_hot, (xent.jax.sigmoid_binary_cross_entropy, optax.losses.sigmoid_binary_cross_entropy))
        ),
    }
    found: dict[str, Steps] = {}
    for name, losses in pairs.items():
        for mode in ("eager", "jit"):
            steps = {
                provider: jax.value_and_grad(lambda logits, labels, loss=loss: jnp.mean(loss(logits, labels)))
                for provider, loss in zip(("xent", "optax"), losses, strict=True)
            }
            found[f"{name}, {mode}"] = {
                provider: jax.jit(step) if mode == "jit" else step for provider, step in steps.items()
            }
    return found


def linear_arrays(rows: int, features: int, classes: int) -> tuple[Any, Any, Any]:
    """Hidden states, weight and labels."""
    draw = np.random.default_rng(0)
    return (
        jnp.asarray(draw.standard_normal((rows, features)), jnp.float32),
        jnp.asarray(draw.standard_normal((classes, features)) / 16, jnp.float32),
        jnp.asarray(draw.integers(0, classes, rows)),
    )


def linear_steps() -> Steps:
    """Value of the mean and gradients in hidden states and weight, compiled, by provider."""

    def unfused(hidden: Any, weight: Any, labels: Any) -> Any:
        return jnp.mean(optax.losses.softmax_cross_entropy_with_integer_labels(hidden @ weight.T, labels))

    return {
        "xent": jax.jit(jax.value_and_grad(xent.jax.linear_softmax_cross_entropy, (0, 1))),
        "optax": jax.jit(jax.value_and_grad(unfused, (0, 1))),
    }
