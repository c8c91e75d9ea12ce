"""Sign-flip test of a mean difference over independent units."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["sign_flip_p_value"]

Array = NDArray[np.float64]

_FLIPS = 9_999
_EXACT = 13
_CHUNK = 1 << 22


def sign_flip_p_value(sums: Array, *, seed: int = 0) -> float:
    r"""
    Two-sided p-value of the hypothesis that the units' differences are symmetric about 0.

    Parameters
    ----------
    sums : ndarray of shape (G,)
        Sum of the differences of each unit, finite.
    seed : int
        Seed of the draw of signs.

    Returns
    -------
    float
        Share of sign patterns whose absolute sum is at least the observed one: all patterns for up to 13
        units of a sum other than 0, otherwise 9,999 drawn ones with the observed pattern counted, ``(1 +
        hits) / 10,000``. It is 1 if all sums are 0.

    References
    ----------
    .. [1] Fisher, R. A. (1935). The Design of Experiments, section 21.
    .. [2] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Stat. Appl. Genet.
       Mol. Biol. 9(1).

    Examples
    --------
    >>> sign_flip_p_value(np.asarray([1.0, 2.0, 3.0]))
    0.25
    """
    observed = abs(float(sums.sum()))
    # Sums that differ by rounding alone are ties.
    bound = observed * (1 - 1e-12)
    moved = sums[sums != 0]
    if len(moved) == 0:
        return 1.0
    if len(moved) <= _EXACT:
        patterns = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved))) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ moved) >= bound))
    rng = np.random.default_rng(seed)
    hits, step = 0, max(1, _CHUNK // len(moved))
    for done in range(0, _FLIPS, step):
        rows = min(step, _FLIPS - done)
        bits = np.unpackbits(
            rng.integers(256, size=(rows, math.ceil(len(moved) / 8)), dtype=np.uint8),
            axis=1,
            count=len(moved),
        )
        hits += int(np.sum(np.abs(sums.sum() - 2 * (bits @ moved)) >= bound))
    return (1 + hits) / (1 + _FLIPS)
