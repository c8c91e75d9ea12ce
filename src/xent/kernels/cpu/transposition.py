"""
Transposition of a square of vectors in registers: as many vectors as a vector has lanes.

In the step of distance d, vectors d apart exchange the blocks of d lanes that are on the wrong side of the
diagonal; after log2(lanes) steps the square is transposed. Source: Eklundh, J. O. (1972). A fast computer
method for matrix transposing. IEEE Trans. Comput. C-21(7).
"""

from __future__ import annotations

from xent.kernels.vector_code import Value, shuffled

__all__ = ["transposed"]


def transposed(rows: list[Value]) -> list[Value]:
    """Vectors of which the k-th holds lane k of each row; `rows` are as many as their lanes, a power of 2."""
    count = len(rows)
    result = list(rows)
    distance = count // 2
    while distance:
        for k in range(count):
            if not k & distance:
                pair = result[k], result[k + distance]
                result[k], result[k + distance] = _exchanged(*pair, distance)
        distance //= 2
    return result


def _exchanged(a: Value, b: Value, distance: int) -> tuple[Value, Value]:
    """
    `a` and `b` after an exchange of blocks of `distance` lanes.

    The odd blocks of `a` change places with the even blocks of `b`.
    """
    lanes = range(a.lanes)
    lower = [k if not k & distance else a.lanes + k - distance for k in lanes]
    upper = [k + distance if not k & distance else a.lanes + k for k in lanes]
    return shuffled(a, b, lower), shuffled(a, b, upper)
