"""Space of the columns of predictions, told by their values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError
from xent.scoring.spaces import TOLERANCE, log_normaliser, space_of

__all__ = ["looks_like_probs", "told_space"]

Array = NDArray[np.float64]

# Where most rows are of one space, an entry out of its range is a fault to name, and no logit.
_MOST_ROWS = 0.5
_ROWS_LOOKED_AT = 1 << 16
# Rounding of percentages to whole ones moves sums by a hundredth.
_SPREAD = 0.02
_LEAST_SHARES = 3


def told_space(values: Array, *, normalize: bool) -> str:
    """
    Space of `values`, of shape (n, K): "probs", "log-probs" or "logits"; rows with nan are ignored.

    Without another row it is "probs". A single column, of the second of two classes, is "probs" in [0, 1] and
    "logits" otherwise. Several are "probs" in each of three cases: all entries lie in [0, 1]; at least half
    of the rows sum to 1 within 1e-5; or `normalize` is True and no value is negative. Otherwise they are
    "log-probs" if the exponentials of at least half of the rows (the first 65,536 decide) sum to 1 within
    1e-5, else "logits".
    """
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


def check_no_shares(values: Array, rows: NDArray[np.int64], *, caller: str) -> None:
    """
    Raise `DomainError` if `values`, (n, K), told to be logits, are percentages, votes or other shares.

    Rows of shares are numbers >= 0 whose sums differ by at most 2 %; at least three rows without nan and two
    columns are needed to tell. `rows`, (n,), are the numbers of the rows for the message.
    """
    known = ~np.isnan(values).any(axis=1)
    sums = values[known].sum(axis=1)
    if values.shape[1] < 2 or len(sums) < _LEAST_SHARES or values[known].min() < 0:
        return
    if np.ptp(sums) <= _SPREAD * sums[0]:
        hint = "For percentages or votes say --probs with --normalize; for logits name them with --logits."
        got = f"rows that all sum to {sums[0]:.6g}"
        rule = "be probabilities, log-probabilities or logits"
        raise DomainError(
            caller, "predictions", rule, got=got, index=(int(rows[np.argmax(known)]),), hint=hint
        )


def looks_like_probs(values: Array) -> bool:
    """
    True if all rows of `values`, (n, K), lie in [0, 1] and sum to 1 within 1e-5; False for none or
    with nan.
    """
    inside = bool(len(values)) and values.min() >= 0 and values.max() <= 1
    return bool(inside and np.all(np.abs(values.sum(axis=1) - 1) <= TOLERANCE))
