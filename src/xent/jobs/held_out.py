"""Which rows are held out to judge the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["split_rows"]

Codes = NDArray[np.integer[Any]]


def split_rows(codes: Codes, share: float, *, seed: int) -> tuple[Codes, Codes]:
    """
    Row numbers to train on and to hold out, about `share` of every class held out.

    Each class of two rows and more keeps at least one row on either side; a single row of a class is for
    training.

    Examples
    --------
    >>> import numpy as np
    >>> train, held_out = split_rows(np.asarray([0, 0, 0, 0, 1, 1]), 0.25, seed=0)
    >>> len(train), len(held_out)
    (4, 2)
    """
    rng = np.random.default_rng(seed)
    held_out = np.zeros(len(codes), dtype=bool)
    for k in range(int(codes.max()) + 1):
        members = np.flatnonzero(codes == k)
        count = min(max(round(share * len(members)), 1), len(members) - 1)
        held_out[rng.choice(members, count, replace=False)] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
