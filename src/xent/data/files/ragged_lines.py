"""Malformed rows of delimited text: a wrong number of cells, a quote that never closes."""

from __future__ import annotations

import contextlib
import csv
import itertools
from collections.abc import Iterator

from xent.data.files.file_format import TableFile, refusal
from xent.data.files.table_layout import Dialect
from xent.errors import DataError

__all__ = ["long_cells", "ragged_refusal"]

_LONGEST_CELL = 1 << 24


@contextlib.contextmanager
def long_cells() -> Iterator[None]:
    """Context in which the limit of the `csv` module is 16 MiB a cell, for all threads, until it ends."""
    longest = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(longest)


def ragged_refusal(file: TableFile, dialect: Dialect) -> DataError | None:
    """
    Error for the first malformed row below the lines above the header; None if none is found.

    A row is malformed if it has more or fewer cells than the header, a quote that never closes, or a cell of
    more than 16 MiB; blank lines are not. A quote that never closes is not found below text behind a closing
    quote. Lines are counted from 1 as an editor counts them, line breaks inside quotes included. `dialect`
    has delimiter, quote and number of lines above the header. During the call the limit of the `csv` module
    is 16 MiB for all threads.
    """
    with long_cells():
        # Only strict reading finds an open quote; only lenient reading passes text after a closing quote.
        return _first_fault(file, dialect, strict=True) or _first_fault(file, dialect, strict=False)


def _first_fault(file: TableFile, dialect: Dialect, *, strict: bool) -> DataError | None:
    """
    Error for the first row with another number of cells than the header, a quote that stays open, or too long
    a cell.

    None if there is none. With `strict` True text behind a closing quote ends the search with None; with
    False an open quote is not found. Blank lines are passed over.
    """
    width, above = 0, dialect.skip
    line = above + 1
    with file.text() as text:
        below = itertools.islice(text, above, None)
        rows = csv.reader(below, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=strict)
        try:
            for row in rows:
                # Blank lines are ignored.
                if not width:
                    width = len(row)
                elif row and len(row) != width:
                    return _ragged(file.name, len(row), width, (line, above + rows.line_num))
                line = above + rows.line_num + 1
        except csv.Error as error:
            if "field limit" in str(error):
                return _long_cell(file.name, line)
            return None if "expected after" in str(error) else _unclosed(file.name, line)
    return None


def _ragged(name: str, cells: int, width: int, lines: tuple[int, int]) -> DataError:
    """
    Error for a row of `cells` cells below a header of `width`, in the file `name`.

    `lines` are the first and last line of the row, from 1; if they differ, the hint names the quote that
    joins them.
    """
    first, last = lines
    hint = "Fix or remove that line."
    if last > first:
        hint = f"A quote that opens on that line closes on line {last} only. {hint}"
    return refusal(
        "have the same number of cells in every row",
        got=f"{cells} cell{'s' * (cells != 1)} on line {first} of {name}, where the header has {width}",
        hint=hint,
    )


def _long_cell(name: str, line: int) -> DataError:
    rule = f"have cells of at most {_LONGEST_CELL >> 20} MiB"
    return refusal(
        rule, got=f"a longer one on line {line} of {name}", hint="Close its quote where it should end."
    )


def _unclosed(name: str, line: int) -> DataError:
    hint = "Close it, or double it if it belongs to the text."
    return refusal("close every quote", got=f"one on line {line} of {name} that never closes", hint=hint)
