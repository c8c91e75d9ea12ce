"""Targets given as distributions: the same objective as weighted rows of single classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.arrays import real_numbers
from xent.errors import DomainError, DTypeError, ShapeError

__all__ = ["ExpandedRows", "expanded_rows", "is_soft"]

Array = NDArray[np.float64]

# Rounding of a sum of probabilities in single precision.
_SUM = 1e-6
_RULE = "hold distributions if it has several columns: numbers >= 0 that sum to 1 in each row"
_HINT = "Several targets at once are not supported."


class ExpandedRows:
    """
    Rows of single classes that stand for distributions.

    Parameters
    ----------
    rows : ndarray of shape (m,)
        Row that each comes from.
    codes : ndarray of shape (m,)
        Its class, 0 .. K-1.
    shares : ndarray of shape (m,)
        Probability of that class in the target.
    """

    def __init__(self, rows: NDArray[np.intp], codes: NDArray[np.intp], shares: Array) -> None:
        self.rows, self.codes, self.shares = rows, codes, shares


def is_soft(y: Any) -> bool:
    """True if `y` has two axes and more than one column, that is one distribution per row."""
    shape: Any = getattr(y, "shape", None)
    if shape is None:
        shape = np.shape(y) if isinstance(y, list | tuple) and len(y) and np.ndim(y[0]) else ()
    return len(shape) == 2 and bool(shape[1] > 1)


def expanded_rows(y: Any, n: int, *, caller: str) -> ExpandedRows:
    """
    Rows of one class each, a row for every positive probability in `y`, an array of shape (n, K).

    They come row by row of `y`, with the probabilities as given, not scaled. The cross-entropy of a
    distribution is the mean of those of its classes, so the expanded rows, weighted by the probabilities,
    have the same objective.

    Raises
    ------
    DTypeError
        If an entry is not a real number.
    ShapeError
        If `y` does not have `n` rows.
    DomainError
        If a row is not a distribution: an entry is negative or nan, or the sum is not 1 to within 1e-6; or an
        entry is masked.
    """
    try:
        targets = real_numbers(y, caller=caller, argument="y")
    except DTypeError:
        got = f"an array of {np.asarray(y).dtype}"
        raise DTypeError(caller, "y", _RULE, got=got, hint=_HINT) from None
    if len(targets) != n:
        raise ShapeError(caller, "y", f"have {n} rows, as X", got=str(targets.shape))
    bad = np.flatnonzero(~((targets >= 0).all(axis=1) & (np.abs(targets.sum(axis=1) - 1) <= _SUM)))
    if len(bad):
        first = int(bad[0])
        raise DomainError(
            caller,
            "y",
            _RULE,
            got=str(targets[first].tolist()),
            index=(first,),
            hint=_HINT,
        )
    rows, codes = np.nonzero(targets)
    return ExpandedRows(rows, codes, targets[rows, codes])
