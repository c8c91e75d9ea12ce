"""`xent divergence`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.standard_output import PipeConsole, written_out

if TYPE_CHECKING:
    from xent.jobs.weighted_columns import Weights

__all__ = ["divergence"]


def divergence(
    a: Annotated[str, typer.Argument(metavar="A", help="A file, - or a column as TABLE:COLUMN: the truth.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Second one, used as the model.")],
    *,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit",
            "-u",
            metavar="UNIT",
            help="What counts as a symbol of the files: bytes, characters or words (default: bytes).",
        ),
    ] = None,
    probabilities: Annotated[
        bool,
        typer.Option("--probabilities", help="The columns hold probabilities, with a row for each symbol."),
    ] = False,
    counts: Annotated[
        bool, typer.Option("--counts", help="The columns hold counts, with a row for each symbol.")
    ] = False,
    symbols: Annotated[
        str | None,
        typer.Option(
            "--symbols", metavar="COLUMN", help="Names of these symbols (default: the first other column)."
        ),
    ] = None,
    smoothing: Annotated[
        float,
        typer.Option("--smoothing", metavar="NUMBER", help="Add this number to the count of every symbol."),
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Compare how often symbols occur in two files or two columns, or two columns of probabilities or counts.

    [bold]Examples[/bold]

      xent divergence old.txt new.txt --unit words
      xent divergence may.csv:city june.csv:city
      xent divergence people.csv:born people.csv:lives --json
      xent divergence k.csv:K1 k.csv:K2 --probabilities
    """
    with failures_in_one_line(debug=debug), written_out():
        from xent.errors import DomainError
        from xent.jobs.divergence import divergence as divergence_of
        from xent.report.measures.measure_json import render_measure_json

        if probabilities and counts:
            raise DomainError("xent divergence", "counts", "be left out with --probabilities", got="both")
        weights: Weights | None = "probabilities" if probabilities else "counts" if counts else None
        findings = divergence_of(a, b, unit=unit, weights=weights, symbols=symbols, smoothing=smoothing)
        if as_json:
            sys.stdout.write(render_measure_json(findings))
            return
        from xent.report.measures.divergence_text import render_divergence

        render_divergence(findings, PipeConsole())
