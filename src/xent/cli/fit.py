"""`xent fit`."""

from __future__ import annotations

import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xent.cli.failures import failures_in_one_line, one_line
from xent.cli.standard_output import PipeConsole, written_out
from xent.errors import DomainError

if TYPE_CHECKING:
    from xent.report.fit.findings import ColumnFinding, FitFindings

__all__ = ["fit"]

_LARGE_FILE = 20_000_000
_HEARTBEATS = "Only for the data set heartbeats"


def fit(
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="A file (.csv, .tsv, .parquet, .feather, .arrow, .jsonl; .gz and .zst too) or a built-in "
            "set: digits, breast_cancer, wine, iris, heartbeats.",
            show_default=False,
        ),
    ] = "digits",
    *,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="COLUMN", help="Column to predict.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME)."),
    ] = None,
    c: Annotated[
        str,
        typer.Option("--C", metavar="C", help="Inverse strength of the penalty, or auto: cross-validated."),
    ] = "auto",
    tol: Annotated[
        float,
        typer.Option(
            "--tol", help="Stop when the loss is certified to be this close to its minimum, in nats."
        ),
    ] = 1e-8,
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share of the rows that the model is judged on.")
    ] = 0.2,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the choice of held-out rows.")] = 0,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            "--missing",
            metavar="WORD",
            help="A word for a missing cell, in place of the usual ones (NA, ?, none ...); may be repeated.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep", metavar="COLUMN", help="Use a column that looks like an identifier; may be repeated."
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option("--rows", metavar="N", help="Number of heartbeats.", rich_help_panel=_HEARTBEATS),
    ] = None,
    noise: Annotated[
        float | None,
        typer.Option("--noise", help="Noise of a sample, in millivolts.", rich_help_panel=_HEARTBEATS),
    ] = None,
    imbalance: Annotated[
        float | None,
        typer.Option(
            "--imbalance", help="From 0, equal classes, to 1, as in MIT-BIH.", rich_help_panel=_HEARTBEATS
        ),
    ] = None,
    label_noise: Annotated[
        float | None,
        typer.Option("--label-noise", help="Share of wrong labels.", rich_help_panel=_HEARTBEATS),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print metrics.json instead of tables.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """
    Fit a classifier to a table, judge it on held-out rows, and explain it.

    [bold]Examples[/bold]

      xent fit                               the built-in digits
      xent fit breast_cancer --C 0.1         a built-in set, a penalty of your own
      xent fit heartbeats --rows 5000        15 classes of made-up heartbeats

    A table of your own:

      xent fit people.csv --target income
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.cli.live_progress import LiveProgress
        from xent.data.source import name_of
        from xent.jobs.fitting import fit as fit_table
        from xent.jobs.output_directory import output_directory

        _load_while_reading(data)
        options = _given(rows=rows, noise=noise, imbalance=imbalance, label_noise=label_noise)
        place = out or Path("xent-out") / name_of(data)
        with (
            output_directory(
                place,
                caller="xent fit",
                reads=(Path(data),),
                on_placed=partial(setattr, outcome, "kept", f"The results are in {place}."),
            ) as folder,
            LiveProgress(shown=not (quiet or as_json)) as progress,
        ):
            fitted = fit_table(
                data,
                target,
                C=_penalty(c),
                tol=tol,
                held_out=held_out,
                seed=seed,
                watcher=progress,
                keep=keep or (),
                **options,
                **_given(missing=missing),
            )
            progress.phase("write")
            fitted.save(folder)
        with written_out():
            _show(fitted.findings, place, progress.untold, quiet=quiet, as_json=as_json)


def _load_while_reading(data: str) -> None:
    """
    Import skops, which is needed to write the model, in a thread while a large file is read.

    Arrow reads without holding the interpreter's lock, so the import takes no extra time; for a small file it
    would delay the reading.
    """
    try:
        large = Path(data).stat().st_size > _LARGE_FILE
    except (OSError, ValueError):  # reading the file will report the fault of its name
        return
    if large:
        from xent.jobs.model_file import load_skops

        threading.Thread(target=load_skops, daemon=True).start()


def _show(
    findings: FitFindings, out: Path, columns: tuple[ColumnFinding, ...], *, quiet: bool, as_json: bool
) -> None:
    if quiet:
        return
    from xent.report.fit import render_columns, render_json, render_text

    if as_json:
        sys.stdout.write(render_json(findings))
        return
    console = PipeConsole()
    if columns:
        render_columns(columns, console)
    render_text(findings, console)
    for line in ("", f"Report: {out / 'report.html'}", f"Next:   xent predict {out} DATA"):
        console.print(one_line(line), highlight=False, markup=False, soft_wrap=True)


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _penalty(text: str) -> float | str:
    if text == "auto":
        return text
    try:
        return float(text)
    except ValueError:
        raise DomainError("xent fit", "C", 'be a number > 0, or "auto"', got=repr(text)) from None
