"""`xent lab`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.standard_output import written_out

__all__ = ["lab"]


def lab(
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write (default: lab.html in the user's cache)."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--lang", metavar="LANG", help="en or zh (default: the browser's language)."),
    ] = None,
    opened: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser, or print its path alone.")
    ] = True,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Write a page of nine interactive views of cross-entropy and open it: one file, without network.

    [bold]Examples[/bold]

      xent lab
      xent lab --no-open --out lab.html --lang zh
    """
    with failures_in_one_line(debug=debug), written_out():
        from xent.jobs.lab import write_lab

        path = write_lab(out, language)
        typer.echo(path)
        if opened:
            import webbrowser

            webbrowser.open(path.as_uri())
