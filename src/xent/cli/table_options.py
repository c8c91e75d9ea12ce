"""Options of reading a table and of its columns, shared by the commands that read one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xent.errors import DomainError

__all__ = [
    "Beats",
    "Delimiter",
    "Drop",
    "Encoding",
    "Keep",
    "Lead",
    "Missing",
    "NoHeader",
    "NoText",
    "Skip",
    "Types",
    "reading",
    "typed",
]

_READING = "Reading the file"
_COLUMNS = "Columns"
_RECORDS = "Only for a folder of WFDB records"

Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing",
        metavar="WORD",
        help="A word for a missing cell, in place of the usual ones (NA, ?, none ...); may be repeated.",
        rich_help_panel=_READING,
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHAR",
        help="Separator of the cells: a character, tab, or space for runs of blanks.",
        rich_help_panel=_READING,
    ),
]
NoHeader = Annotated[
    bool,
    typer.Option(
        "--no-header",
        help="The first line is a row; columns are then called column_1, column_2 ...",
        rich_help_panel=_READING,
    ),
]
Skip = Annotated[
    int | None,
    typer.Option("--skip", metavar="N", help="Lines above the header.", rich_help_panel=_READING),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Encoding of the text, such as windows-1252.",
        rich_help_panel=_READING,
    ),
]
Lead = Annotated[
    str | None,
    typer.Option(
        "--lead",
        metavar="NAME",
        help="Lead to read (default: the one that most records have).",
        rich_help_panel=_RECORDS,
    ),
]
Beats = Annotated[
    str | None,
    typer.Option(
        "--beats",
        metavar="CLASSES",
        help="Classes of beats: symbols, those of the annotations (default), or aami, five of EC57.",
        rich_help_panel=_RECORDS,
    ),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="COLUMN",
        help="Use a column that looks like an identifier; may be repeated.",
        rich_help_panel=_COLUMNS,
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        "--drop", metavar="COLUMN", help="Do not use a column; may be repeated.", rich_help_panel=_COLUMNS
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--types",
        metavar="COLUMN=KIND",
        help="Kind of a column: numeric, datetime, boolean, categorical, ordered, text or drop; may be "
        "repeated.",
        rich_help_panel=_COLUMNS,
    ),
]
NoText = Annotated[
    bool,
    typer.Option(
        "--no-text", help="Drop columns of free text, not use their words.", rich_help_panel=_COLUMNS
    ),
]


def typed(words: list[str] | None, *, caller: str) -> dict[str, str]:
    """
    Kinds by column from words such as ``"zip=categorical"``; commas, and spaces behind them, may separate
    several in one word.

    Kinds are not checked; of two for a column the last counts. Empty for None. Raises `DomainError` for a
    part without a name before its last "=".

    Examples
    --------
    >>> typed(["zip=categorical, when=datetime", "a=b=text"], caller="xent fit")
    {'zip': 'categorical', 'when': 'datetime', 'a=b': 'text'}
    """
    found = {}
    for word in words or ():
        for place, part in enumerate(word.split(",")):
            # A name may begin with a space of its own.
            pair = part.lstrip() if place else part
            name, mark, kind = pair.rpartition("=")
            if not mark or not name:
                raise DomainError(caller, "types", "have the form COLUMN=KIND", got=repr(pair))
            found[name] = kind.strip()
    return found


def reading(
    delimiter: str | None, *, no_header: bool, skip: int | None, encoding: str | None
) -> dict[str, Any]:
    """
    Options of `xent.data.read_table` by name: delimiter, header (False with `no_header`), skip and encoding.

    None is passed on, and has the file tell the option.
    """
    return {"delimiter": delimiter, "header": not no_header, "skip": skip, "encoding": encoding}
