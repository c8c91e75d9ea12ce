"""Tables in a terminal: quiet lines, numbers to the right, and every cell taken literally."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["print_table", "table_width"]

# Between two columns: what pads the left one, and the rule's place.
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
    Print a table with one line per row; a head that begins with ``>`` aligns its column to the right.

    Where the console is too narrow, text is cut, and numbers only when nothing else is left; of a table with
    a column that is `wrapped`, that one alone gives way first, and goes on in a second line.
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
        # As Text, so that brackets in a name are not taken for markup.
        table.add_row(*map(Text, row))
    console.print(Text(title, style="bold"))
    console.print(table)
    console.print()


def table_width(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> int:
    """Give the width of a table of which nothing is cut."""
    widths = _natural(heads, rows)
    return sum(widths) + _GAP * (len(widths) - 1)


def _widths(heads: tuple[str, ...], rows: list[tuple[str, ...]], last: list[bool], room: int) -> list[int]:
    widths = _natural(heads, rows)
    excess = sum(widths) + _GAP * (len(widths) - 1) - room
    for _ in range(excess):
        # The widest text gives way first, and of what comes last, numbers say, the widest.
        widest = max(
            range(len(widths)),
            key=lambda column: (widths[column] > 6 and not last[column], widths[column]),
        )
        widths[widest] = max(1, widths[widest] - 1)
    return widths


def _natural(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
