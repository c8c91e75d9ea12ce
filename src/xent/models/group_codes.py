"""Groups of rows as numbers, for folds of whole groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import check_unmasked
from xent.errors import DataError, ShapeError

__all__ = ["group_codes"]


def group_codes(groups: Any, n: int, *, caller: str) -> NDArray[np.int64]:
    """
    Number of each row's group, 0 .. G-1 in the order of sorted groups, for `n` rows: an int64, (n,).

    `groups`, (n,), are of any kind that sorts.

    Raises
    ------
    DomainError
        If an entry is masked.
    ShapeError
        If `groups` is not of shape ``(n,)``.
    DataError
        If all rows are of one group.
    """
    check_unmasked(groups, caller=caller, argument="groups")
    values = np.asarray(groups)
    if values.shape != (n,):
        raise ShapeError(caller, "groups", f"have shape {(n,)}, one entry per row", got=str(values.shape))
    names, codes = np.unique(values, return_inverse=True)
    if len(names) == 1:
        hint = "Give a number for C, which needs no cross-validation."
        raise DataError(caller, "groups", "name at least two groups", got="one", hint=hint)
    return codes.astype(np.int64)
