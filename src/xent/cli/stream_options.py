"""Options of reading in batches."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from xent.errors import DomainError

__all__ = ["Dask", "Memory", "Resume", "Stream", "check_whole_options"]

_BATCHES = "Data larger than memory"

Stream = Annotated[
    bool,
    typer.Option(
        "--stream",
        help="Read a Parquet, Arrow or CSV file in batches, whatever its size, as folders, patterns and URLs "
        "always are.",
        rich_help_panel=_BATCHES,
    ),
]
Memory = Annotated[
    float,
    typer.Option(
        "--memory",
        metavar="SHARE",
        help="Share of the machine's memory from which on a file is read in batches.",
        rich_help_panel=_BATCHES,
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        "--dask",
        metavar="ADDRESS",
        help="Read in batches on the workers of a Dask scheduler, tcp://HOST:PORT, or local.",
        rich_help_panel=_BATCHES,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on from the checkpoint of an interrupted fit of a network or in batches, DIR.checkpoint.",
    ),
]


def check_whole_options(given: dict[str, Any], *, caller: str) -> None:
    """
    Raise `DomainError` for the first option in `given` that is not None: data in batches have none of
    these.
    """
    for name, value in given.items():
        if value is not None:
            raise DomainError(caller, name, "be left out for data that are read in batches", got=repr(value))
