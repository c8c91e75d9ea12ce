"""Losses and statistics of all rows, a chunk at a time; derivatives compute the logits of a chunk again."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from xent.jax.linear.chunks import in_chunks, joined
from xent.jax.linear.request import LinearStatistics, Operands, Plan, Shared, Truth
from xent.jax.linear.row_losses import classes_of, logits_of, losses_of_rows, statistics_of_rows

__all__ = ["of_rows"]


def of_rows(
    plan: Plan, operands: Operands, truth: Truth, shared: Shared
) -> tuple[Any, LinearStatistics | None]:
    """
    Loss of each row in nats, (N,), 0 in ignored rows, and `LinearStatistics` of them if the plan has them.

    The second result is None if the plan has no statistics. Both are in 32 bits or more, and differentiable
    in all arguments that are real. Logits are computed by chunks of ``plan.rows`` rows, and again in the
    backward pass, so that they are never kept.
    """
    hidden, weight, bias = operands
    classes = classes_of(plan)
    # The gradient of a constant of the loop is summed in its dtype, so 16-bit weights pass as 32 bits.
    wide = jnp.promote_types(weight.dtype, jnp.float32)
    wide_weight = weight.astype(wide)

    # Keeps the rows of a chunk for backward, and not its logits.
    @jax.checkpoint  # type: ignore[untyped-decorator]
    def of_chunk(chunk: tuple[Any, Truth], wide_weight: Any, bias: Any, shared: Shared) -> Any:
        rows, facts = chunk
        logits = logits_of(Operands(rows, wide_weight.astype(weight.dtype), bias))
        losses = losses_of_rows(logits, facts, shared, classes)
        if not plan.statistics:
            return losses, None
        return losses, statistics_of_rows(logits, facts, shared, classes, plan.top_k)

    chunks = in_chunks((hidden, truth), plan.rows)
    found: tuple[Any, LinearStatistics | None] = joined(
        jax.lax.map(lambda chunk: of_chunk(chunk, wide_weight, bias, shared), chunks), len(hidden)
    )
    return found
