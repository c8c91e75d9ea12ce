"""Layout of delimited text, found in its first lines: delimiter, quotes, decimal mark, lines above it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Dialect", "sniffed_dialect", "with_tabs"]

_LINES = 50
_DELIMITERS = ",;\t|"
_MOST_ABOVE = 20
# Least share of the lines below the title lines that have as many cells as the header.
_REGULAR = 0.9
_COMMENT = ("#", "%", "//")
_SINGLE_QUOTED = re.compile(r"(?:^|(?<=[,;\t|]))[ ]*'(?:[^'\n]|'')*'[ ]*(?=[,;\t|\r\n]|$)", re.MULTILINE)
_WORD = re.compile(r'"[^"\n]*"|[^ \t\r\n]+')
_NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?")
_BLANKS = re.compile(rb'("[^"\r\n]*")|[ \t]+')


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    Layout of delimited text.

    `delimiter` separates the cells (" " stands for runs of blanks), `decimal_point` is the decimal mark of
    the numbers, `quote` encloses cells, and `skip` is the number of lines above the header.
    """

    delimiter: str
    decimal_point: str = "."
    quote: str = '"'
    skip: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells of one row, and the line on which it begins, counted from 0."""

    cells: list[str]
    line: int


def sniffed_dialect(
    head: str, delimiter: str | None = None, *, skip: int | None = None, blanks: bool = False
) -> Dialect:
    r"""
    The dialect that fits the first lines best.

    Parameters
    ----------
    head : str
        First lines of the file.
    delimiter : str, optional
        Separator of the cells, one character. None takes that of comma, semicolon, tab and bar by which most
        lines have as many cells as the header, and more than one; in a tie the one of more cells, then the
        first of these; the comma if there is none.
    skip : int, optional
        Number of lines above the header. None skips at most 20 comments (after ``#``, ``%`` or ``//``),
        titles (one cell of several words) and empty rows, if the header and nine tenths of the rows below
        have the commonest number of cells, at least two.
    blanks : bool, default False
        True to let runs of spaces and tabs separate cells (delimiter ``" "``) where `delimiter` is None and
        no other delimiter does.

    Returns
    -------
    Dialect
        Delimiter, decimal mark, quote, and number of lines above the header.

    Notes
    -----
    The decimal mark is a comma if the delimiter is a semicolon, a cell is a number such as 1,5 and none is
    one such as 1.5. Cells are in single quotes if at least two and half as many cells as lines are, and no
    double quote occurs.

    Examples
    --------
    >>> sniffed_dialect("a;b\n1,5;x\n2,25;y\n")
    Dialect(delimiter=';', decimal_point=',', quote='"', skip=0)
    >>> sniffed_dialect("# weights\n# in kg\na,b\n1,2\n3,4\n").skip
    2
    """
    quote = "'" if _in_single_quotes(head) else '"'
    found = {each: _rows(head, each, quote) for each in delimiter or _DELIMITERS}
    starts = {each: _start(rows, skip) for each, rows in found.items()}
    best = max(found, key=lambda each: _fit(found[each][starts[each] :]))
    rows = found[best][starts[best] :]
    if blanks and delimiter is None and _fit(rows)[1] < 2 and _is_spaced(head, skip or 0):
        return Dialect(" ", ".", quote, skip or 0)
    cells = {cell.strip() for row in rows for cell in row.cells}
    commas = any(re.fullmatch(r"[+-]?\d+,\d+", cell) for cell in cells)
    points = any(re.fullmatch(r"[+-]?\d+\.\d+", cell) for cell in cells)
    above = skip if skip is not None else (rows[0].line if starts[best] else 0)
    return Dialect(best, "," if best == ";" and commas and not points else ".", quote, above)


def with_tabs(content: bytes) -> bytes:
    r"""
    Text whose cells runs of spaces and tabs separate, with a tab in place of each run outside quotes.

    Each line loses the blanks, and a carriage return, around it.

    Examples
    --------
    >>> with_tabs(b'  a   b\n1.5  "two words"\n')
    b'a\tb\n1.5\t"two words"\n'
    """
    lines = (line.strip(b" \t\r") for line in content.split(b"\n"))
    return b"\n".join(_BLANKS.sub(lambda run: run[1] or b"\t", line) for line in lines)


def _in_single_quotes(head: str) -> bool:
    lines = head.splitlines()[:_LINES]
    text = "\n".join(lines)
    found = len(_SINGLE_QUOTED.findall(text))
    return '"' not in text and found >= max(2, len(lines) / 2)


def _rows(head: str, delimiter: str, quote: str) -> list[_Row]:
    """
    First rows of the text `head`, at most 71, with the lines on which they begin, counted from 0.

    Rows of one blank cell, such as blank lines, are left out, and of three rows or more the last if `head`
    does not end with a line break, since it may be cut.
    """
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, quotechar=quote)
    rows: list[_Row] = []
    line = 0
    for cells in reader:
        if any(cell.strip() for cell in cells) or len(cells) > 1:
            rows.append(_Row(cells, line))
        line = reader.line_num
        if len(rows) > _LINES + _MOST_ABOVE:
            break
    # The head may end inside its last row.
    return rows[:-1] if len(rows) > 2 and not head.endswith(("\n", "\r")) else rows


def _start(rows: Sequence[_Row], skip: int | None) -> int:
    """
    Place of the header among `rows`, from 0; 0 if none is above it or in doubt.

    For a `skip` of None it is below comments, titles and empty rows, at most 20, if the header has the
    commonest number of cells of all rows, two or more, and nine tenths of it and the rows below have as many;
    if one of the rows above has as many too, the cells of the header must also be filled and no numbers. With
    a number, it is the first row on that line (from 0) or later, and ``len(rows)`` if there is none.
    """
    if skip is not None:
        return next((place for place, row in enumerate(rows) if row.line >= skip), len(rows))
    if not rows:
        return 0
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    place = 0
    while place < min(_MOST_ABOVE, len(rows) - 1) and _may_be_above(
        rows[place], rows[place + 1], width, place
    ):
        place += 1
    below = rows[place:]
    regular = sum(len(row.cells) == width for row in below)
    if width < 2 or len(below[0].cells) != width or regular < _REGULAR * len(below):
        return 0
    # A comment or title as wide as the table may be its header: then the row below holds numbers.
    is_wide = any(len(row.cells) == width for row in rows[:place])
    return 0 if is_wide and not _is_named(below[0]) else place


def _may_be_above(row: _Row, after: _Row, width: int, place: int) -> bool:
    """
    True if `row`, at this `place` and before the row `after`, may stand above a header of `width` cells.

    It may if it is a comment, or has at most one cell that is not empty and one of these holds: its first
    cell has several words; the row has another width and a blank line follows; it is all empty and not the
    first.
    """
    if _is_comment(row):
        return True
    if _filled(row) > 1:
        return False
    gap = after.line > row.line + 1 + row.cells[0].count("\n")
    return _is_title(row) or (len(row.cells) != width and gap) or (place > 0 and _filled(row) == 0)


def _is_named(row: _Row) -> bool:
    """True if every cell is filled and none is a number."""
    return all(cell.strip() and not _NUMBER.fullmatch(cell.strip()) for cell in row.cells)


def _is_title(row: _Row) -> bool:
    return len(row.cells[0].split()) > 1


def _is_comment(row: _Row) -> bool:
    return row.cells[0].lstrip().startswith(_COMMENT)


def _filled(row: _Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _fit(rows: Sequence[_Row]) -> tuple[float, int]:
    widths = [len(row.cells) for row in rows[:_LINES]]
    if not widths or widths[0] == 1:
        return (0.0, 0)
    return (Counter(widths)[widths[0]] / len(widths), widths[0])


def _is_spaced(head: str, skip: int) -> bool:
    """
    True if nine tenths of the lines have as many words as the first, and that more than one.

    The lines are those below the first `skip` that are not blank, 50 at most; False without any. Text in
    double quotes is one word.
    """
    lines = [line for line in head.splitlines()[skip:] if line.strip()][:_LINES]
    widths = [len(_WORD.findall(line)) for line in lines]
    return bool(widths) and widths[0] > 1 and widths.count(widths[0]) >= _REGULAR * len(widths)
