"""Tables in a terminal: thin rules, numbers aligned to the right, cells printed literally."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["print_table", "table_width"]

# Width between two columns: the padding of the left column and the separator.
_GAP = 2


def print_table(
    console: Console,
    title: str,
    heads: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    *,
    wrapped: str | None = None,
) -> None:
    """
    Print a title, a table with one line per row, and a blank line.

    Parameters
    ----------
    console : rich.console.Console
        Console to print to; its width limits that of the table.
    title : str
        Heading above the table.
    heads : tuple of str
        Column heads; ``>`` at the beginning of a head aligns the column to the right and marks it as numeric.
    rows : iterable of tuple of str
        Cells, as many as heads, printed literally, without markup.
    wrapped : str, optional
        Head, without ``>``, of the column that is narrowed first and continues on further lines if the
        console is too narrow. None, the default, means that no column wraps: text columns are cut first,
        numeric columns last.
    """
    cells = list(rows)
    names = tuple(head.removeprefix(">") for head in heads)
    numeric = [head.startswith(">") for head in heads]
    table = Table(
        box=box.SIMPLE_HEAD, header_style="dim", show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    last = numeric if wrapped is None else [name != wrapped for name in names]
    for name, right, width in zip(names, numeric, _widths(names, cells, last, console.width), strict=True):
        justify: Literal["left", "right"] = "right" if right else "left"
        table.add_column(Text(name), justify=justify, no_wrap=name != wrapped, width=width)
    for row in cells:
        # As Text, so that brackets in a name are not interpreted as markup.
        table.add_row(*map(Text, row))
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print()


def table_width(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    """
    Width of a table of `heads` and `rows` in which no cell is cut, in terminal cells; `heads` are without
    ``>``.
    """
    widths = _natural(heads, rows)
    return sum(widths) + _GAP * (len(widths) - 1)


def _widths(heads: tuple[str, ...], rows: list[tuple[str, ...]], last: list[bool], room: int) -> list[int]:
    """
    Widths of the columns in a table that takes at most `room` characters with its gaps.

    Columns wider than 6 with `last` False are narrowed first, the widest by one character each time; then the
    widest of all. No width is below 1, so that very many columns may exceed `room`.
    """
    widths = _natural(heads, rows)
    excess = sum(widths) + _GAP * (len(widths) - 1) - room
    for _ in range(excess):
        # The widest column above 6 that may be narrowed first loses a character, otherwise the widest of all.
        widest = max(
            range(len(widths)),
            key=lambda column: (widths[column] > 6 and not last[column], widths[column]),
        )
        widths[widest] = max(1, widths[widest] - 1)
    return widths


def _natural(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[int]:
    """Width of the widest cell of each column, in terminal cells."""
    return [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
