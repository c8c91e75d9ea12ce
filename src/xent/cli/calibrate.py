"""`xent calibrate`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xent.cli.failures import failures_in_one_line, one_line
from xent.cli.prediction_options import Debug, Group, Json, Logits, LogProbs, Normalize, Probs, Target, Weight
from xent.cli.standard_output import PipeConsole, written_out

if TYPE_CHECKING:
    from xent.jobs.calibrating import Calibration

__all__ = ["calibrate"]


def calibrate(
    predictions: Annotated[
        str,
        typer.Argument(metavar="PREDICTIONS", help="Predictions of rows that the model was not trained on."),
    ],
    *,
    target: Target = None,
    probs: Probs = None,
    log_probs: LogProbs = None,
    logits: Logits = None,
    weight: Weight = None,
    group: Group = None,
    normalize: Normalize = False,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            "-m",
            metavar="NAME",
            help="auto, temperature, vector, matrix, beta, isotonic or venn-abers.",
        ),
    ] = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Write the map even if the loss is larger with it.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME-calibrated)."
        ),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """
    Correct predictions by a recalibration map, and keep the map for new ones.

    DIR gets predictions.parquet, each row corrected by a map fitted without it, and calibrator.json, the map.

    [bold]Examples[/bold]

      xent calibrate p.csv --target y
      xent calibrate p.csv --target y --logits z_ --method temperature --out calibrated
      xent score new.csv --target y --calibrator calibrated
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.data.source import name_of
        from xent.jobs.calibrating import calibrate as calibrate_table

        found = calibrate_table(
            predictions,
            target,
            method=method,
            probs=probs or (),
            log_probs=log_probs or (),
            logits=logits or (),
            weight=weight,
            group=group,
            normalize=normalize,
            force=force,
        )
        place = out or Path("xent-out") / f"{name_of(predictions)}-calibrated"
        on_placed = partial(setattr, outcome, "kept", f"The results are in {place}.")
        _shown_and_saved(found, place, reads=(Path(predictions),), on_placed=on_placed, as_json=as_json)


def _shown_and_saved(
    found: Calibration, place: Path, *, reads: tuple[Path, ...], on_placed: partial[None], as_json: bool
) -> None:
    """
    Print the findings, write the results to the directory `place`, and name the next command.

    Findings are tables, or with `as_json` JSON without the next command. Raises `OutputError` if `place`
    cannot be made, or holds one of `reads`, the files that the command reads, or anything but unchanged
    results, which are replaced; or if standard output cannot be written. Then nothing is placed, unless only
    the line of the next command cannot be written. `on_placed` is called once the directory has its name.
    """
    from xent.jobs.output_directory import output_directory
    from xent.report.scores.json_report import render_json
    from xent.report.scores.text_report import render_calibrate

    console = PipeConsole()
    with output_directory(place, caller="xent calibrate", reads=reads, on_placed=on_placed) as folder:
        with written_out():
            # The gain is said before anything is written.
            if as_json:
                sys.stdout.write(render_json(found.findings))
            else:
                render_calibrate(found.findings, console)
        found.save(folder)
    if not as_json:
        with written_out():
            line = one_line(f"Next: xent score DATA --calibrator {place}")
            console.print(line, highlight=False, markup=False, soft_wrap=True)
