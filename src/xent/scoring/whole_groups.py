"""Rows dealt to parts by whole groups, with the classes in about equal shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["deal_groups", "split_groups"]

Codes = NDArray[np.integer[Any]]

# Groups that are placed one by one, the largest first; so many smaller ones even out by chance.
_PLACED = 20_000


def deal_groups(codes: Codes, groups: Codes, shares: Sequence[float], *, seed: int) -> Codes:
    """
    Part of each row, such that all rows of a group are in one part.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Class of each row, an integer >= 0.
    groups : ndarray of shape (n,)
        Group of each row, 0 .. G-1.
    shares : sequence of float
        Share of every class that each part is meant to get, each positive, summing to 1.
    seed : int
        Seed of the order of groups of equal size, and of the parts of groups after the first 20,000.

    Returns
    -------
    ndarray of shape (n,)
        Part of each row, 0 .. len(shares)-1. A part may be empty if there are few groups.

    Notes
    -----
    Groups are placed in descending order of size, each in the part where the sum over parts and classes of
    f²/s rises least, f being the share of a class's rows that are in the part and s the share meant for it.
    Groups after the first 20,000 are placed at random. Arguments are not checked: there must be a row.

    Examples
    --------
    >>> import numpy as np
    >>> codes, groups = np.asarray([0, 1, 0, 1, 0, 1, 0, 1]), np.asarray([0, 0, 1, 1, 2, 2, 3, 3])
    >>> np.bincount(deal_groups(codes, groups, (0.75, 0.25), seed=0)).tolist()
    [6, 2]
    """
    rng = np.random.default_rng(seed)
    K, G = int(codes.max()) + 1, int(groups.max()) + 1
    shuffled = rng.permutation(G)
    order = shuffled[np.argsort(-np.bincount(groups, minlength=G)[shuffled], kind="stable")]
    rank = np.empty(G, dtype=np.int64)
    rank[order] = np.arange(G)
    of_group = rng.choice(len(shares), size=G, p=shares)
    placed = order[:_PLACED]
    held = np.zeros((len(placed), K))
    early = rank[groups] < len(placed)
    np.add.at(held, (rank[groups][early], codes[early]), 1.0)
    totals = np.maximum(np.bincount(codes, minlength=K), 1)
    of_group[placed] = _placed(held / totals, np.asarray(shares))
    return np.asarray(of_group[groups])


def _placed(held: NDArray[np.float64], shares: NDArray[np.float64]) -> list[int]:
    """
    Number of the part to which each group goes, in the order of the groups: each to the part that it suits
    best.

    That is the part in which the sum over classes of f²/s rises least, f being what it holds and s its share;
    the first of equal ones. `held`, (groups, classes), is the part of each class's rows, 0 .. 1, that a group
    holds, `shares` the share of the whole that each part is to have, > 0.
    """
    filled = np.zeros((len(shares), held.shape[1]))
    parts = []
    for group in held:
        # Rise of Σ filled² / share, which is least where every part has its share.
        rise = ((2 * filled + group) * group).sum(axis=1) / shares
        part = int(rise.argmin())
        filled[part] += group
        parts.append(part)
    return parts


def split_groups(codes: Codes, groups: Codes, share: float, *, seed: int) -> tuple[Codes, Codes]:
    """
    Row numbers to train on and row numbers to hold out, both ascending, with whole groups on either side.

    `codes`, (n,), are classes, integers >= 0, `groups`, (n,), numbers 0 .. G-1. About `share` of every class
    is held out. If a class would have no training row, the group with the fewest rows of that class goes to
    training; so none may be held out if there are few groups. `seed` draws the order of groups of equal size,
    and the side of groups after the 20,000 largest.
    """
    held_out = deal_groups(codes, groups, (1 - share, share), seed=seed) == 1
    for k in np.setdiff1d(codes, codes[~held_out]):
        own, sizes = np.unique(groups[codes == k], return_counts=True)
        held_out[groups == own[sizes.argmin()]] = False
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)
