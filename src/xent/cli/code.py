"""`xent code`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.standard_output import PipeConsole, written_out

__all__ = ["code"]


def code(
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="A table with a row for each symbol (.csv, .parquet, ...).")
    ],
    *,
    built_for: Annotated[
        str, typer.Option("--for", metavar="COLUMN", help="Probabilities that the code is built for.")
    ],
    run_on: Annotated[
        str | None,
        typer.Option("--on", metavar="COLUMN", help="Probabilities it is run on (default: those of --for)."),
    ] = None,
    symbols: Annotated[
        str | None,
        typer.Option("--symbols", metavar="COLUMN", help="Names of the symbols (default: the first other)."),
    ] = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="The columns hold counts: divide them by their sums.")
    ] = False,
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="huffman, shannon or shannon-fano-elias.")
    ] = "huffman",
    radix: Annotated[int, typer.Option("--radix", help="Number of different digits, 2 to 36.")] = 2,
    most_length: Annotated[
        int | None, typer.Option("--most-length", metavar="N", help="Longest codeword (huffman only).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Build a code for one distribution, run it on another, and account for its length.

    [bold]Examples[/bold]

      xent code letters.csv --for english                   its own code
      xent code letters.csv --for english --on german       the price of the wrong code
      xent code letters.csv --for may --on june --counts --kind shannon
    """
    with failures_in_one_line(debug=debug), written_out():
        from xent.jobs.code import code as code_of
        from xent.report.measures.measure_json import render_measure_json

        findings = code_of(
            table,
            built_for=built_for,
            run_on=run_on,
            symbols=symbols,
            counts=counts,
            kind=kind,
            radix=radix,
            most_length=most_length,
        )
        if as_json:
            sys.stdout.write(render_measure_json(findings))
            return
        from xent.report.measures.code_text import render_code

        render_code(findings, PipeConsole())
