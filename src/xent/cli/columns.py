"""`xent columns`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line, one_line
from xent.cli.standard_output import PipeConsole, written_out
from xent.cli.table_options import (
    Beats,
    Delimiter,
    Drop,
    Encoding,
    Keep,
    Lead,
    Missing,
    NoHeader,
    NoText,
    Skip,
    Types,
    reading,
    typed,
)

__all__ = ["columns"]


def columns(
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A file, a folder of WFDB records, or - for standard input.")
    ],
    *,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="COLUMN", help="Column to predict, if known.")
    ] = None,
    missing: Missing = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    skip: Skip = None,
    encoding: Encoding = None,
    keep: Keep = None,
    drop: Drop = None,
    types: Types = None,
    no_text: NoText = False,
    lead: Lead = None,
    beats: Beats = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Show how a file is read and what becomes of each column, without fitting. Nothing is written to disk.

    [bold]Examples[/bold]

      xent columns people.csv --target income
      xent columns people.csv --types zip=categorical --drop name
    """
    with failures_in_one_line(debug=debug):
        from xent.jobs.columns import columns as plan
        from xent.report.fit import render_columns

        planned = plan(
            data,
            target,
            keep=keep or (),
            exclude=drop or (),
            types=typed(types, caller="xent columns"),
            text=not no_text,
            lead=lead,
            beats=beats,
            **reading(delimiter, no_header=no_header, skip=skip, encoding=encoding),
            **({} if missing is None else {"missing": missing}),
        )
        with written_out():
            if as_json:
                sys.stdout.write(json.dumps(asdict(planned), ensure_ascii=False, indent=2) + "\n")
                return
            console = PipeConsole()
            title = f"{planned.name}: {planned.rows:,} rows"
            for line in (title, *(f"note: {note}" for note in planned.notes), ""):
                console.print(one_line(line), highlight=False, markup=False, soft_wrap=True)
            render_columns(planned.columns, console)
