"""Groups of rows as numbers, for folds of whole groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import check_unmasked
from xent.errors import DataError, DTypeError, ShapeError
from xent.streams.class_table import missing_labels

__all__ = ["group_codes"]


def group_codes(groups: Any, n: int, *, hint: str, caller: str) -> NDArray[np.int64]:
    """
    Number of each row's group, 0 .. G-1 in the order of sorted groups, for `n` rows: an int64, (n,).

    `groups`, (n,), are of any kind that sorts. `hint` is the advice for a single group.

    Raises
    ------
    DomainError
        If an entry is masked.
    ShapeError
        If `groups` is not of shape ``(n,)``.
    DataError
        If all rows are of one group, or a row has none: None, nan or NaT.
    DTypeError
        If groups are of kinds that do not compare, such as text beside numbers.
    """
    check_unmasked(groups, caller=caller, argument="groups")
    values = np.asarray(groups)
    if values.shape != (n,):
        raise ShapeError(caller, "groups", f"have shape {(n,)}, one entry per row", got=str(values.shape))
    lost = np.flatnonzero(missing_labels(values))
    if len(lost):
        raise DataError(caller, "groups", "have a value in every row", got="none", index=(int(lost[0]),))
    try:
        names, codes = np.unique(values, return_inverse=True)
    except TypeError as error:
        rule = "hold values of one kind, all text or all numbers"
        kinds = sorted({type(each).__name__ for each in values.tolist()})
        raise DTypeError(caller, "groups", rule, got=" beside ".join(kinds)) from error
    if len(names) == 1:
        raise DataError(caller, "groups", "name at least two groups", got="one", hint=hint)
    return codes.astype(np.int64)
