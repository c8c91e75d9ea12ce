"""
Sum over fragments by a fixed binary tree, whole branches of which are summed elsewhere.

The node of level k at place j is the sum of the fragments from ``j 2^k`` on, 2^k of them or as many as there
are: the sum of its two nodes of level k - 1. The tree depends on the number of fragments alone, so a branch
of any size can be one task, and the bits stay those of a sum in one process. Rounding errors grow with the
logarithm of the number of fragments (Higham, 2002, section 4.2), not with the number itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["SummationTree", "branch_level"]

T = TypeVar("T")

# Tasks of a pass: no more than a scheduler hands out in about ten seconds, and four or more for each of a
# thousand workers, so that few of these wait for the last task.
_MOST_TASKS = 1 << 13
# Bytes that the points of a pass may have in all tasks; the sums that come back have about as many.
_MOST_BYTES = 1 << 33
_LEAST_TASKS = 1 << 8


def branch_level(fragments: int, point_bytes: int) -> int:
    """
    Level of the branches that are a task each, for so many fragments and a point of so many bytes.

    A task then has ``2**level`` fragments. There are at most 8,192 tasks, or as many points as 8 GiB hold,
    but 256 at least where there are so many fragments.

    Examples
    --------
    >>> branch_level(100, 4000), branch_level(40_000, 4000), branch_level(40_000, 80_000_000)
    (0, 3, 8)
    """
    most = max(_LEAST_TASKS, min(_MOST_TASKS, _MOST_BYTES // max(point_bytes, 1)))
    return max(0, -(-fragments // most) - 1).bit_length()


class SummationTree(Generic[T]):
    """
    Sum of nodes that come in the order of the data, all of one level but for a shorter last one.

    Parameters
    ----------
    join : callable
        Sum of two neighbouring nodes, the left one first.
    """

    def __init__(self, join: Callable[[T, T], T]) -> None:
        self._join = join
        # Left nodes whose right neighbours have not come, of falling levels: a binary counter.
        self._waiting: list[tuple[int, T]] = []

    def add(self, level: int, node: T) -> None:
        """
        Add the next node, of `level`, 0 for one fragment; two neighbours of one level are joined to one of
        the next.
        """
        while self._waiting and self._waiting[-1][0] == level:
            node = self._join(self._waiting.pop()[1], node)
            level += 1
        self._waiting.append((level, node))

    def total(self) -> T | None:
        """
        Sum of all nodes that were added so far; None without any. More can be added after it.

        Nodes wait in branches of 2^level; the last ones are joined first, each to the right of those before.
        """
        if not self._waiting:
            return None
        total = self._waiting[-1][1]
        for _, node in reversed(self._waiting[:-1]):
            total = self._join(node, total)
        return total
