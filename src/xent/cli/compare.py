"""`xent compare`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from xent.cli.failures import failures_in_one_line
from xent.cli.prediction_options import (
    Debug,
    Group,
    Json,
    Logits,
    LogProbs,
    Normalize,
    Probs,
    SliceColumns,
    Target,
    Weight,
)
from xent.cli.score import show_scores, write_scores

__all__ = ["compare"]


def compare(
    predictions: Annotated[
        list[str],
        typer.Argument(
            metavar="PREDICTIONS...", help="A table for each model, row for row the same, or one table."
        ),
    ],
    *,
    target: Target = None,
    probs: Probs = None,
    log_probs: LogProbs = None,
    logits: Logits = None,
    weight: Weight = None,
    group: Group = None,
    slices: SliceColumns = None,
    normalize: Normalize = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME-compared)."
        ),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """
    Compare models on the same rows: paired difference of loss, its interval and test, and where they differ.

    DIR gets report.html and metrics.json.

    [bold]Examples[/bold]

      xent compare old.parquet new.parquet --target y
      xent compare p.csv -t y --probs old_ --probs new_ --group patient
    """
    with failures_in_one_line(debug=debug) as outcome:
        from xent.jobs.comparing import compare as compare_tables
        from xent.report.scores.text_report import render_comparisons

        findings = compare_tables(
            predictions,
            target,
            probs=probs or (),
            log_probs=log_probs or (),
            logits=logits or (),
            weight=weight,
            group=group,
            slices=slices or (),
            normalize=normalize,
        )
        place = out or Path("xent-out") / f"{findings.name}-compared"
        write_scores(
            findings,
            place,
            reads=tuple(map(Path, predictions)),
            on_placed=partial(setattr, outcome, "kept", f"The results are in {place}."),
        )
        show_scores(findings, place, render_comparisons, as_json=as_json)
