"""
Package-merge: the best codeword lengths below a limit.

A codeword of length l is worth coins of the denominations 1/r, 1/r², ... 1/r^l, each at the price of its
symbol's weight; lengths of a full code over n symbols cost coins worth (n - 1) / (r - 1) in all, so the best
ones are the cheapest coins of that worth. From the least denomination up, r coins are packaged into one of
the next.

Source: Larmore, L. L., Hirschberg, D. S. (1990). A fast algorithm for optimal length-limited Huffman codes.
J. ACM 37(3), here for any radix: symbols of weight 0 make up the number so that every package is
full.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from operator import itemgetter

__all__ = ["limited_lengths"]


def limited_lengths(weights: Sequence[int], radix: int, most_length: int) -> list[int]:
    """
    Lengths of the shortest code for ascending `weights` with no codeword above `most_length` digits.

    There must be room: ``radix ** most_length >= len(weights)``.

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
        # The packages among those taken are the cheapest ones, and are opened on the level below.
        taken = radix * (taken - singles)
    return lengths[dummies:]


def _packaged(coins: Sequence[tuple[int, bool]], radix: int) -> list[tuple[int, bool]]:
    full = len(coins) // radix * radix
    return [(sum(weight for weight, _ in coins[k : k + radix]), False) for k in range(0, full, radix)]
