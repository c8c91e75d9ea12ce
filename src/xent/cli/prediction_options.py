"""Options that the commands about predictions share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "Debug",
    "Group",
    "Json",
    "LogProbs",
    "Logits",
    "Normalize",
    "Probs",
    "SliceColumns",
    "Target",
    "Weight",
]

Target = Annotated[
    str | None,
    typer.Option("--target", "-t", metavar="COLUMN", help="Column of the true classes (default: target)."),
]
Probs = Annotated[
    list[str] | None,
    typer.Option(
        "--probs",
        metavar="COLUMNS",
        help="Columns of probabilities: a prefix, names between commas, or one column for two classes; "
        "repeat for several models.",
    ),
]
LogProbs = Annotated[
    list[str] | None, typer.Option("--log-probs", metavar="COLUMNS", help="Columns of log-probabilities.")
]
Logits = Annotated[list[str] | None, typer.Option("--logits", metavar="COLUMNS", help="Columns of logits.")]
Weight = Annotated[
    str | None, typer.Option("--weight", metavar="COLUMN", help="Column of the weights of the rows.")
]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="COLUMN", help="Column of groups, whose rows are not independent."),
]
SliceColumns = Annotated[
    list[str] | None,
    typer.Option("--slice", metavar="COLUMN", help="Column that cuts the rows into slices; may be repeated."),
]
Normalize = Annotated[bool, typer.Option("--normalize", help="Divide each row of probabilities by its sum.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
