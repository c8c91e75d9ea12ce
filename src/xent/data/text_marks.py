"""Marks in the bytes of a delimited file that its cells no longer show: quotes, leading zeros, lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

__all__ = ["TextMarks", "text_marks"]

_NEWLINE, _ZERO, _NINE = 10, 48, 57


@dataclass(frozen=True, slots=True)
class TextMarks:
    """Marks of a file: `quotes` stand in it, a cell may begin with 0 and a digit (`zeros`), its `lines`."""

    quotes: bool
    zeros: bool
    lines: int


def text_marks(blocks: Iterable[bytes], delimiter: str) -> TextMarks:
    r"""
    The marks of a file in one pass over its blocks.

    Examples
    --------
    >>> text_marks([b"zip,x\n021", b"39,1\n"], ",")
    TextMarks(quotes=False, zeros=True, lines=2)
    """
    quotes, zeros, lines, tail = False, False, 0, b"\n"
    for block in blocks:
        quotes = quotes or b'"' in block
        lines += block.count(b"\n")
        # The last bytes of a block go before the next one, for a cell may begin in one and end in the other.
        zeros = zeros or _leading_zero(tail + block, delimiter)
        tail = (tail + block[-2:])[-2:]
    return TextMarks(quotes, zeros, lines + (tail[-1:] != b"\n"))


def _leading_zero(data: bytes, delimiter: str) -> bool:
    text = np.frombuffer(data, np.uint8)
    before, digit, after = text[:-2], text[1:-1], text[2:]
    zero = digit == _ZERO
    zero &= (after >= _ZERO) & (after <= _NINE)
    places = np.flatnonzero(zero)
    starts = [_NEWLINE, *b'" \t+-', *delimiter.encode()]
    return bool(np.isin(before[places], np.asarray(starts, np.uint8)).any())
