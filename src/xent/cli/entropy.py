"""`xent entropy`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.standard_output import PipeConsole, written_out

__all__ = ["entropy"]


def entropy(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Any file, - for standard input, a column as TABLE:COLUMN, or a table with --column.",
        ),
    ],
    *,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit",
            "-u",
            metavar="UNIT",
            help="What counts as a symbol: bytes, characters or words (default: bytes).",
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option("--column", "-c", metavar="NAME", help="Column of the table, whose values are symbols."),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            "-m",
            metavar="NAME",
            help="Estimator of the source's entropy: plug_in, miller_madow, chao_shen, grassberger_2003, "
            "jackknife, nsb and others.",
        ),
    ] = "miller_madow",
    possible: Annotated[
        int | None,
        typer.Option(
            "--K",
            metavar="K",
            help="Number of symbols that could occur, for nsb and james_stein.",
        ),
    ] = None,
    bigrams: Annotated[
        bool,
        typer.Option("--bigrams", help="Add the entropy of a symbol if the one before is known."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Say how much information the symbols of a file carry, and how short a code can be.

    [bold]Examples[/bold]

      xent entropy README.md                                  its bytes
      xent entropy README.md --unit words --bigrams
      gunzip -c book.gz | xent entropy - --unit characters
      xent entropy people.csv --column city --method nsb --K 100
    """
    with failures_in_one_line(debug=debug), written_out():
        from xent.jobs.entropy import entropy as entropy_of
        from xent.report.measures.measure_json import render_measure_json

        findings = entropy_of(
            file, unit=unit, column=column, method=method, possible=possible, bigrams=bigrams
        )
        if as_json:
            sys.stdout.write(render_measure_json(findings))
            return
        from xent.report.measures.entropy_text import render_entropy

        render_entropy(findings, PipeConsole())
