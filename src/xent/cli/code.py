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
        list[str],
        typer.Option("--for", metavar="COLUMN", help="Probabilities the code is built for; may be repeated."),
    ],
    run_on: Annotated[
        list[str] | None,
        typer.Option(
            "--on",
            metavar="COLUMN",
            help="Probabilities it is run on; may be repeated (default: those of --for).",
        ),
    ] = None,
    symbols: Annotated[
        str | None,
        typer.Option("--symbols", metavar="COLUMN", help="Names of the symbols (default: the first other)."),
    ] = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="The columns hold counts: divide them by their sums.")
    ] = False,
    kind: Annotated[
        str,
        typer.Option("--kind", metavar="KIND", help="huffman, shannon, shannon-fano-elias, ideal or range."),
    ] = "huffman",
    radix: Annotated[int, typer.Option("--radix", help="Number of different digits, 2 to 36.")] = 2,
    most_length: Annotated[
        int | None, typer.Option("--most-length", metavar="N", help="Longest codeword (huffman only).")
    ] = None,
    message: Annotated[
        int | None,
        typer.Option("--message", metavar="N", help="Digits of a message: print how many symbols it holds."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Build a code for one distribution, run it on another, and account for its length; or compare codes.

    With several --for or --on, all codes are run on all sources, and so are the codes of the mixture of the
    sources and of the uniform distribution.

    [bold]Examples[/bold]

      xent code letters.csv --for english                   its own code
      xent code letters.csv --for english --on german       the price of the wrong code
      xent code letters.csv --for may --on june --counts --kind shannon
      xent code k.csv --for K1 --for K2 --kind ideal --message 280
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
            message=message,
        )
        if as_json:
            sys.stdout.write(render_measure_json(findings))
            return
        from xent.report.measures.code_findings import CodeComparison
        from xent.report.measures.code_text import render_code, render_comparison

        if isinstance(findings, CodeComparison):
            render_comparison(findings, PipeConsole())
        else:
            render_code(findings, PipeConsole())
