"""Counts of pairs of successive symbols, a block at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PairCounts"]

# Symbols have numbers below this, so that a pair is one whole number of 64 bits.
_MOST = 1 << 31


class PairCounts:
    """
    Numbers of occurrences of pairs of successive symbols, across the ends of blocks too.

    Examples
    --------
    >>> pairs = PairCounts()
    >>> pairs.add(np.frombuffer(b"aba", dtype=np.uint8))
    >>> pairs.add(np.frombuffer(b"b", dtype=np.uint8))
    >>> pairs.counts().tolist(), pairs.firsts().tolist()
    ([2, 1], [97, 98])
    """

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._numbers: dict[str, int] = {}
        self._last = -1

    def add(self, codes: NDArray[np.integer[Any]]) -> None:
        """
        Count the pairs of a block of symbols, (n,), the first of them with the last of the block before.

        Symbols are numbers from 0 to 2**31 - 1; a negative one belongs to no pair. An empty block changes
        nothing.
        """
        if not len(codes):
            return
        chain = np.concatenate([[self._last], codes]).astype(np.int64)
        self._last = int(chain[-1])
        first, second = chain[:-1], chain[1:]
        kept = (first >= 0) & (second >= 0)
        pairs, numbers = np.unique(first[kept] * _MOST + second[kept], return_counts=True)
        for pair, number in zip(pairs.tolist(), numbers.tolist(), strict=True):
            self._counts[pair] = self._counts.get(pair, 0) + number

    def add_words(self, words: Iterable[str]) -> None:
        """
        Count the pairs of a block of words, the first of them with the last of the block before.

        A word has the number of distinct words before its first occurrence, in all blocks, as its symbol.
        """
        numbers = self._numbers
        self.add(np.asarray([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int64))

    def counts(self) -> NDArray[np.int64]:
        """Number of occurrences of each pair that occurs, (pairs,), sorted by first, then second symbol."""
        return np.asarray([self._counts[pair] for pair in sorted(self._counts)], dtype=np.int64)

    def firsts(self) -> NDArray[np.int64]:
        """First symbol of each pair that occurs, (pairs,), in the order of `counts`."""
        return np.asarray(sorted(self._counts), dtype=np.int64) // _MOST
