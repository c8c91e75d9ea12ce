"""The program `xent` and its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from xent.cli.calibrate import calibrate
from xent.cli.code import code
from xent.cli.columns import columns
from xent.cli.compare import compare
from xent.cli.divergence import divergence
from xent.cli.entropy import entropy
from xent.cli.fit import fit
from xent.cli.judge import judge
from xent.cli.lab import lab
from xent.cli.losses import losses
from xent.cli.predict import predict
from xent.cli.score import score
from xent.version import __version__

__all__ = ["app"]

app = typer.Typer(
    name="xent",
    help="Cross-entropy: measured, minimised and explained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command()(fit)
app.command()(columns)
app.command()(predict)
app.command()(judge)
app.command()(score)
app.command()(compare)
app.command()(calibrate)
app.command()(entropy)
app.command()(divergence)
app.command()(code)
app.command()(losses)
app.command()(lab)


def _print_version(value: bool) -> None:  # noqa: FBT001 # typer calls it so
    """Print the version and raise `typer.Exit`, which ends the command, if `value` is True."""
    if value:
        typer.echo(f"xent {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    version: Annotated[  # its callback does the work
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    pass
