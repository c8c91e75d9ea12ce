"""Space of the columns of predictions, told by their values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.scoring.spaces import TOLERANCE, log_normaliser, space_of

__all__ = ["looks_like_probs", "told_space"]

Array = NDArray[np.float64]

# Where most rows are of one space, an entry out of its range is a fault to name, and no logit.
_MOST_ROWS = 0.5
_ROWS_LOOKED_AT = 1 << 16


def told_space(values: Array, *, normalize: bool) -> str:
    """Space of `values`, of shape (n, K); one column holds predictions of the second of two classes."""
    # Missing cells are refused later, by name; here they must not decide.
    known = values[~np.isnan(values).any(axis=1)]
    if not len(known):
        return "probs"
    if values.shape[1] == 1:
        return "probs" if known.min() >= 0 and known.max() <= 1 else "logits"
    if normalize and known.min() >= 0:
        return "probs"
    if np.mean(np.abs(known.sum(axis=1) - 1) <= TOLERANCE) >= _MOST_ROWS:
        return "probs"
    space = space_of(known)
    some = known[:_ROWS_LOOKED_AT]
    near = space == "logits" and np.mean(np.abs(log_normaliser(some)) <= TOLERANCE) >= _MOST_ROWS
    return "log-probs" if near else space


def looks_like_probs(values: Array) -> bool:
    """True if all rows of `values` lie in [0, 1] and sum to 1."""
    inside = bool(len(values)) and values.min() >= 0 and values.max() <= 1
    return bool(inside and np.all(np.abs(values.sum(axis=1) - 1) <= TOLERANCE))
