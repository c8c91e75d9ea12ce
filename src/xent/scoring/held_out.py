"""Stratified split of rows into training and held-out rows, and the checks of its options."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.errors import DomainError
from xent.scoring.whole_groups import split_groups

__all__ = ["check_split", "split_rows"]

Codes = NDArray[np.integer[Any]]


def split_rows(codes: Codes, share: float, *, seed: int, groups: Codes | None = None) -> tuple[Codes, Codes]:
    """
    Row numbers to train on and row numbers to hold out, about `share` of every class held out.

    Without groups each class has at least one row on either side if it has two rows; the only row of a class
    is trained on. With groups each class has a row to train on, but not always one held out. A class without
    rows changes nothing.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Class of each row, an integer.
    share : float
        Share of each class to hold out, rounded to whole rows.
    seed : int
        Seed of the draw; equal seeds give equal splits.
    groups : ndarray of shape (n,), optional
        Group of each row, 0 .. G-1; a group is never on both sides, so that the share is only approximate.

    Returns
    -------
    tuple of two ndarrays
        Both ascending; the second is empty if every class has one row, and may be so if there are few
        `groups`.

    Examples
    --------
    >>> import numpy as np
    >>> train, held_out = split_rows(np.asarray([0, 0, 0, 0, 1, 1]), 0.25, seed=0)
    >>> len(train), len(held_out)
    (4, 2)
    """
    if groups is not None:
        return split_groups(codes, groups, share, seed=seed)
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(codes), dtype=bool)
    for k in np.unique(codes):
        members = np.flatnonzero(codes == k)
        count = min(max(round(share * len(members)), 1), len(members) - 1)
        held_out[rng.choice(members, count, replace=False)] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def check_split(*, held_out: Any, seed: Any, caller: str) -> None:
    """
    Raise `DomainError` unless `held_out` is a number in (0, 1), both excluded, and `seed` an integer
    >= 0.
    """
    if not (isinstance(held_out, Real) and 0 < float(held_out) < 1):
        raise DomainError(caller, "held_out", "lie between 0 and 1", got=_fact(held_out))
    if isinstance(seed, bool) or not isinstance(seed, Integral) or int(seed) < 0:
        raise DomainError(caller, "seed", "be a whole number >= 0", got=_fact(seed))


def _fact(value: Any) -> str:
    """Text of a real number as it is, or of anything else the name of its type."""
    return str(value) if isinstance(value, Real) else type(value).__name__
