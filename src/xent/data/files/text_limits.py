"""Limits of text files, checked block by block: the length of a line, the nesting of JSON."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from xent.data.files.file_format import TableFile, refusal
from xent.errors import DataError

__all__ = ["DEEPEST", "LONGEST_LINE", "deepest_nesting", "long_line_refusal", "nesting_refusal"]

LONGEST_LINE = 64 << 20
"""Bytes of the longest line of delimited text: 64 MiB."""

DEEPEST = 100
"""Most brackets that may be open at once in JSON: its parser ends the process if the stack overflows."""

_STEPS = np.zeros(256, dtype=np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_NEWLINE, _QUOTE, _BACKSLASH = b'\n"\\'


def long_line_refusal(file: TableFile, longest: int) -> DataError | None:
    """
    Error, not raised, for the first line of more than `longest` bytes, with its number; None if there is
    none.

    The line break does not count. `longest` must be at least the size of a block of the file, 1 MiB.
    """
    line, length = 1, 0
    for block in file.blocks():
        start = 0
        # Blocks are shorter than any limit: only a line that began in an earlier block can be too long.
        end = block.find(b"\n")
        if length + (end if end >= 0 else len(block)) > longest:
            hint = "Is it a table, with a line for each row?"
            fact = f"a longer one, line {line} of {file.name}"
            return refusal(f"have lines of at most {longest >> 20} MiB", got=fact, hint=hint)
        if end >= 0:
            line += block.count(b"\n")
            start, length = block.rfind(b"\n") + 1, 0
        length += len(block) - start
    return None


def nesting_refusal(file: TableFile) -> DataError | None:
    """Error, not raised, for JSON in which more than `DEEPEST`, 100, brackets are open at once; else None."""
    if deepest_nesting(file.blocks()) <= DEEPEST:
        return None
    fact = f"{file.name}, which opens more brackets at once"
    return refusal(f"be nested at most {DEEPEST} levels deep", got=fact, hint="Write a value per column.")


def deepest_nesting(blocks: Iterable[bytes]) -> int:
    r"""
    Most brackets that are open at once in JSON, those in strings aside; an upper bound if it is malformed.

    A parser that meets an error goes on, if at all, with the next block of lines. So a string ends at the end
    of its line, closed or not, and a bracket that was never opened closes nothing. Counting stops beyond
    `DEEPEST`, 100: the result is then only some number above it.

    Examples
    --------
    >>> deepest_nesting([b'{"a": [1, "]]"', b", [2]]}"])
    3
    >>> deepest_nesting([b'{"a": "[[ \n', b"[[1]]"])
    3
    """
    depth = deepest = quotes = 0
    is_escaped = False
    for block in blocks:
        data = np.frombuffer(block, dtype=np.uint8)
        is_quote = data == _QUOTE
        if is_escaped or _BACKSLASH in block:
            escaped, is_escaped = _escaped(data, is_escaped)
            is_quote &= ~escaped
        count = quotes + np.cumsum(is_quote, dtype=np.int32)
        # Quotes since the line began; counts do not fall, so the largest at a newline is the last one.
        in_line = count - np.maximum.accumulate(np.where(data == _NEWLINE, count, 0))
        is_text = (in_line & 1).astype(bool)
        levels = depth + np.cumsum(np.where(is_text, 0, _STEPS[data]), dtype=np.int32)
        levels -= np.minimum(np.minimum.accumulate(levels), 0)
        if data.size:
            deepest, depth, quotes = max(deepest, int(levels.max())), int(levels[-1]), int(is_text[-1])
        if deepest > DEEPEST:
            break
    return deepest


def _escaped(data: NDArray[np.uint8], first: bool) -> tuple[NDArray[np.bool_], bool]:  # noqa: FBT001
    """
    Mask of the bytes that follow an odd run of backslashes, (n,), and the same fact for the byte after
    `data`.

    `first` is that fact for the first byte, as the call for the block before returned it.
    """
    places = np.arange(data.size + 1, dtype=np.int32)
    is_other = np.ones(data.size + 1, dtype=bool)
    is_other[1:] = data != _BACKSLASH
    # The place of the last byte before each that is no backslash; the byte before `data` has place 0.
    last = np.maximum.accumulate(np.where(is_other, places, 0))
    runs = places - last
    # A run that begins `data` continues the one before it.
    is_odd = ((runs + np.where(last == 0, int(first), 0)) & 1).astype(bool)
    return is_odd[:-1], bool(is_odd[-1])
