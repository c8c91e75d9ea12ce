"""Rule for rows without a softmax: they stay nan, or are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from xent.arrays import may_be_read
from xent.errors import DomainError
from xent.jax.linear.recomputed import of_rows
from xent.jax.linear.request import Operands, Plan, Shared, Truth

__all__ = ["check_policy", "check_rows"]

_POLICIES = ("propagate", "raise")


def check_policy(nonfinite: str, *, caller: str) -> None:
    """Raise `DomainError` if `nonfinite` is neither ``"propagate"`` nor ``"raise"``."""
    if nonfinite not in _POLICIES:
        raise DomainError(caller, "nonfinite", f"be one of {', '.join(_POLICIES)}", got=repr(nonfinite))


def check_rows(
    losses: Any,
    plan: Plan,
    operands: Operands,
    truth: Truth,
    shared: Shared,
    shape: tuple[int, ...],
    *,
    caller: str,
) -> None:
    """
    Raise `DomainError` for the first row that counts and has no softmax, where `losses` can be read.

    Such a row has a logit of nan or ``+inf``, or only ``-inf`` after cap, scale and masks. `losses` are those
    of N flat rows, or their sum; `shape` is that of the rows as given, in which the message counts. Only a
    nan among `losses` has the rows computed again, from the same arguments; a nan of another cause, an
    invalid label or target, is left. Traced losses raise nothing.
    """
    if not may_be_read(losses) or not bool(jnp.any(jnp.isnan(losses))):
        return
    _, statistics = of_rows(replace(plan, statistics=True, top_k=0), operands, truth, shared)
    normalisers = np.asarray(statistics and statistics.log_normaliser)
    wrong = np.flatnonzero(~np.isfinite(normalisers) & np.asarray(truth.counts))
    if wrong.size:
        index = tuple(int(place) for place in np.unravel_index(wrong[0], shape))
        rule = "give each row that counts a softmax: logits below inf, not all of them -inf"
        got = f"a log-normaliser of {normalisers[wrong[0]]}"
        raise DomainError(caller, "hidden", rule, got=got, index=index or None)
