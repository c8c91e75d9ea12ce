"""Limits of text files, checked while they are read: how long a line is, how deep JSON is nested."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from xent.data.file_format import TableFile, refusal
from xent.errors import DataError

__all__ = ["DEEPEST", "LONGEST_LINE", "deepest_nesting", "long_line_refusal", "nesting_refusal"]

LONGEST_LINE = 64 << 20
"""Bytes of the longest line of delimited text: 64 MiB."""

DEEPEST = 100
"""Most brackets that may be open at once in JSON. Its parser ends the process where the stack is used up."""

_STEPS = np.zeros(256, dtype=np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_TOKENS = re.compile(rb'[\[{\]}]|"(?:[^"\\]|\\.)*"', re.DOTALL)


def long_line_refusal(file: TableFile, longest: int) -> DataError | None:
    """Give the error for the first line of more than `longest` bytes; None where there is none."""
    line, length = 1, 0
    for block in file.blocks():
        start = 0
        # Blocks are shorter than any limit: only a line that began in an earlier one can be too long.
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
    """Give the error for JSON that is nested more than `DEEPEST` levels; None where it is not."""
    # Brackets inside of text count here too, so that this is only an upper bound, found quickly.
    if _bound_of_nesting(file.blocks()) <= DEEPEST or deepest_nesting(file.blocks()) <= DEEPEST:
        return None
    fact = f"{file.name}, which opens more brackets at once"
    return refusal(f"be nested at most {DEEPEST} levels deep", got=fact, hint="Write a value per column.")


def deepest_nesting(blocks: Iterable[bytes]) -> int:
    r"""
    Most brackets that are open at once in JSON, not those in text; more than `DEEPEST` ends the count.

    Examples
    --------
    >>> deepest_nesting([b'{"a": [1, "]]"', b", [2]]}"])
    3
    """
    depth = deepest = 0
    rest = b""
    for block in blocks:
        data = rest + block
        # A text may end in the next block; what is before its quote is whole.
        cut = _open_text(data)
        rest = data[cut:]
        for token in _TOKENS.findall(data[:cut]):
            depth += int(_STEPS[token[0]])
            deepest = max(deepest, depth)
        if deepest > DEEPEST or len(rest) > LONGEST_LINE:
            return max(deepest, depth)
    return deepest


def _open_text(data: bytes) -> int:
    """Place of the quote that opens a text which `data` does not close, or the end of `data`."""
    end = 0
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*"', data, re.DOTALL):
        end = match.end()
    quote = data.find(b'"', end)
    return quote if quote >= 0 else len(data)


def _bound_of_nesting(blocks: Iterable[bytes]) -> int:
    """Largest rise of the count of open brackets from any earlier place."""
    depth = lowest = bound = 0
    for block in blocks:
        steps = _STEPS[np.frombuffer(block, dtype=np.uint8)]
        depths = depth + np.cumsum(steps[steps != 0], dtype=np.int64)
        if depths.size:
            floor = np.minimum(np.minimum.accumulate(depths), lowest)
            bound = max(bound, int((depths - floor).max()))
            depth, lowest = int(depths[-1]), int(floor[-1])
    return bound
