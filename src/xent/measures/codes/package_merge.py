"""
Package-merge: optimal codeword lengths under a limit.

A codeword of length l corresponds to one coin of each denomination 1/r, 1/r², ... 1/r^l, each at the price of
the symbol's weight. The coins of a full code over n symbols have the total value (n - 1) / (r - 1), and the
sum of their prices is the expected length. So the optimal lengths are the cheapest set of coins of that
value. From the smallest denomination up, r coins are combined to a package of the next denomination.

Source: Larmore, L. L., Hirschberg, D. S. (1990). A fast algorithm for optimal length-limited Huffman codes.
J. ACM 37(3), here for any radix: symbols of weight 0 are added so that every package has r coins.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from operator import itemgetter

__all__ = ["limited_lengths"]


def limited_lengths(weights: Sequence[int], radix: int, most_length: int) -> list[int]:
    """
    Lengths of the optimal code with codewords of at most `most_length` digits, in the order of the `weights`.

    The caller passes two or more weights in ascending order, with ``radix ** most_length >= len(weights)``,
    so that such a code exists.

    Examples
    --------
    >>> limited_lengths([1, 1, 2, 4], 2, 3), limited_lengths([1, 1, 2, 4], 2, 2)
    ([3, 3, 2, 1], [2, 2, 2, 2])
    """
    dummies = (1 - len(weights)) % (radix - 1)
    coins = [(weight, True) for weight in (*[0] * dummies, *weights)]
    levels = [coins]
    for _ in range(most_length - 1):
        packages = _packaged(levels[-1], radix)
        levels.append(list(merge(coins, packages, key=itemgetter(0))))
    lengths = [0] * len(coins)
    taken = radix * (len(coins) - 1) // (radix - 1)
    for level in reversed(levels):
        singles = sum(single for _, single in level[:taken])
        for k in range(singles):
            lengths[k] += 1
        # The packages taken are the cheapest ones; their coins are the first ones of the level below.
        taken = radix * (taken - singles)
    return lengths[dummies:]


def _packaged(coins: Sequence[tuple[int, bool]], radix: int) -> list[tuple[int, bool]]:
    """
    Packages of `radix` consecutive coins: total weight, and False because a package is not a coin.

    Coins at the end that do not fill a package are left out.
    """
    full = len(coins) // radix * radix
    return [(sum(weight for weight, _ in coins[k : k + radix]), False) for k in range(0, full, radix)]
