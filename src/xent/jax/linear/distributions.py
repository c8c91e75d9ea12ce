"""Targets checked to be distributions over the classes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from xent.arrays import valid_values
from xent.jax.linear.request import Truth

__all__ = ["with_distributions"]


def with_distributions(truth: Truth, shape: tuple[int, ...], class_axis: str | None, *, caller: str) -> Truth:
    """
    `truth` with its targets checked in each row that counts: >= 0, and of sum 1 within the root of epsilon.

    `shape` is that of the rows as given, without the classes. Full targets, (N, C), are summed over the
    devices of `class_axis`, or over this one for None; sparse ones, (N, k), always over this one. Labels
    without targets pass. Raises `DomainError` in the name of `caller`; where targets cannot be read, each one
    that is negative or nan, and all of a row of another sum, become nan instead.
    """
    if truth.probs is None:
        return truth
    sums = jnp.sum(truth.probs, axis=-1)
    # A few targets with their classes are the same on every device; full ones are parts.
    if class_axis is not None and truth.labels is None:
        sums = jax.lax.psum(sums, class_axis)
    counts, sums = truth.counts.reshape(shape), sums.reshape(shape)
    names: dict[str, Any] = {"caller": caller, "argument": "labels", "xp": jnp}
    probs = truth.probs.reshape(*shape, -1)
    probs = valid_values(probs, lambda t: ~(t >= 0) & counts[..., None], "be >= 0", **names)
    # Half of the digits, as for the distributions of measures.
    tolerance = jnp.finfo(probs.dtype).eps ** 0.5
    probs = valid_values(
        probs,
        lambda _: counts & ~(jnp.abs(sums - 1) <= tolerance),
        "sum to 1 over the classes",
        hint="If they are counts, divide each row by its sum.",
        show=lambda _: sums,
        **names,
    )
    return truth._replace(probs=probs.reshape(truth.probs.shape))
