"""`xent losses`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.standard_output import PipeConsole, written_out

__all__ = ["losses"]


def losses(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="One loss, such as focal.", show_default=False)
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    List the losses of the library and when to take which, or say what one of them is.

    [bold]Examples[/bold]

      xent losses
      xent losses focal
    """
    with failures_in_one_line(debug=debug), written_out():
        from xent.jobs.losses import all_losses, one_loss
        from xent.report.measures.measure_json import render_measure_json

        findings = all_losses() if name is None else one_loss(name)
        if as_json:
            sys.stdout.write(render_measure_json(findings))
            return
        from xent.report.losses.loss_findings import LossList
        from xent.report.losses.loss_text import render_loss, render_losses

        if isinstance(findings, LossList):
            render_losses(findings, PipeConsole())
        else:
            render_loss(findings, PipeConsole())
