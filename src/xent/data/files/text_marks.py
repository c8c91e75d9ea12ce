"""Marks in the bytes of a delimited file that parsing removes: leading zeros, lines, NUL bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["TextMarks", "has_leading_zeros", "text_marks"]

_NEWLINE, _ZERO, _NINE = 10, 48, 57
# Line ends, tabs, spaces and quotes are the bytes up to here.
_LAST_BLANK = 34
_OTHER = re.compile(rb"[^0-9]")
# Digits of a cell that are read in steps through all cells; the rest is read cell by cell.
_MOST_STEPS = 64


@dataclass(frozen=True, slots=True)
class TextMarks:
    """
    Marks of a file.

    `zeros` is True if a cell may be digits that begin with 0; `lines` is the number of lines; `nul_line` is
    the line of the first NUL byte, counted from 1, or None.
    """

    zeros: bool
    lines: int
    nul_line: int | None = None


def text_marks(
    blocks: Iterable[bytes], delimiter: str, quote: str = '"', *, with_zeros: bool = True
) -> TextMarks:
    r"""
    Facts of a delimited file from one pass over its blocks: leading zeros, lines, and first line with a NUL
    byte.

    `zeros` of the result tells whether a cell is digits that begin with 0, as a postal code; it may be True
    where a cell only begins so at the end of a block, and is False, not searched, if `with_zeros` is. A last
    line without a line break counts among `lines`; `nul_line` counts from 1, None without a NUL.

    Examples
    --------
    >>> text_marks([b"zip,x\n021", b"39,1\n"], ",")
    TextMarks(zeros=True, lines=2, nul_line=None)
    """
    zeros, lines, nul_line, tail = False, 0, None, b"\n"
    for block in blocks:
        if nul_line is None and b"\0" in block:
            nul_line = lines + block[: block.index(b"\0")].count(b"\n") + 1
        # NumPy counts twice as fast as `bytes.count`, and releases the interpreter's lock.
        lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == _NEWLINE))
        # The last bytes of a block are put before the next block, because a cell may span both.
        zeros = zeros or (with_zeros and _leading_zero(tail + block, delimiter, quote))
        tail = (tail + block[-2:])[-2:]
    return TextMarks(zeros, lines + (tail[-1:] != b"\n"), nul_line)


def has_leading_zeros(blocks: Iterable[bytes], delimiter: str, quote: str = '"') -> bool:
    """
    True if a cell may be digits that begin with 0, and at the end of a block if one only begins so.

    `blocks` are used up to the first such cell, or to their end. A sign before the 0 hides it; dates and
    times do not count.
    """
    tail = b"\n"
    for block in blocks:
        if _leading_zero(tail + block, delimiter, quote):
            return True
        tail = (tail + block[-2:])[-2:]
    return False


def _leading_zero(data: bytes, delimiter: str, quote: str) -> bool:
    """
    True if a cell may be a 0, more digits and nothing else; a cell that `data` cuts off at its end counts.

    `data` begins with the byte before its first cell. Dates, times, and zeros after a sign do not count.
    """
    text = np.frombuffer(data, np.uint8)
    before = text[:-2]
    starts = before == ord(delimiter)
    starts |= before <= _LAST_BLANK
    if quote != '"':
        starts |= before == ord(quote)
    starts &= text[1:-1] == _ZERO
    ends = np.flatnonzero(starts) + 2
    ends = ends[_digits(text[ends])]
    for _ in range(_MOST_STEPS):
        ends += 1
        # A cell that continues in the next block counts as one, since its beginning is not seen there.
        if (ends >= len(text)).any():
            return True
        going = _digits(text[ends])
        after = text[ends[~going]]
        if ((after == ord(delimiter)) | (after == ord(quote)) | (after <= _LAST_BLANK)).any():
            return True
        ends = ends[going]
        if not ends.size:
            return False
    # A step for each digit would take seconds for a cell of a million of them.
    others = (_OTHER.search(data, int(end)) for end in ends)
    return any(found is None or _ends_cell(found[0], delimiter, quote) for found in others)


def _ends_cell(byte: bytes, delimiter: str, quote: str) -> bool:
    return byte[0] <= _LAST_BLANK or byte in (delimiter.encode(), quote.encode())


def _digits(text: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (text >= _ZERO) & (text <= _NINE)
