"""`xent score`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xent.cli.failures import failures_in_one_line, one_line, tell
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
from xent.cli.standard_output import PipeConsole, written_out

if TYPE_CHECKING:
    from xent.report.scores.findings import ScoreFindings

__all__ = ["ABOVE", "score", "show_scores", "write_scores"]

ABOVE = 3
"""Exit code of a command whose loss is above the bound of --fail-above."""

_TOKENS = "Tokens of a language model"


def score(
    predictions: Annotated[
        str,
        typer.Argument(
            metavar="PREDICTIONS", help="A table of predictions, or a directory that xent fit wrote."
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
    least_rows: Annotated[int, typer.Option("--least-rows", help="Least number of rows of a slice.")] = 30,
    prior: Annotated[
        str | None,
        typer.Option(
            "--prior",
            metavar="SHARES",
            help="Class shares in training: a=0.3,b=0.7, or a table with the target.",
        ),
    ] = None,
    normalize: Normalize = False,
    calibrator: Annotated[
        Path | None,
        typer.Option("--calibrator", metavar="FILE", help="Apply a calibrator of xent calibrate first."),
    ] = None,
    log_likelihood: Annotated[
        str | None,
        typer.Option(
            "--log-likelihood",
            metavar="COLUMN",
            help="Log-likelihood of each token.",
            rich_help_panel=_TOKENS,
        ),
    ] = None,
    document: Annotated[
        str | None,
        typer.Option("--document", metavar="COLUMN", help="Document of each token.", rich_help_panel=_TOKENS),
    ] = None,
    bytes_: Annotated[
        str | None,
        typer.Option("--bytes", metavar="COLUMN", help="Bytes of each token.", rich_help_panel=_TOKENS),
    ] = None,
    characters: Annotated[
        str | None,
        typer.Option(
            "--characters", metavar="COLUMN", help="Characters of each token.", rich_help_panel=_TOKENS
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where results go (default: xent-out/NAME-scores)."),
    ] = None,
    fail_above: Annotated[
        float | None,
        typer.Option("--fail-above", metavar="NATS", help="Exit with code 3 if a loss is above this."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """
    Judge the predictions of any model: the loss with its interval, where every nat goes, and what to do.

    DIR gets report.html and metrics.json; findings about tokens are only printed.

    [bold]Examples[/bold]

      xent score predictions.parquet --target y
      xent score p.csv -t y --probs old_ --probs new_ --group patient --slice site
      xent score p.csv -t y --logits z_ --fail-above 0.4
      xent score tokens.csv --log-likelihood ll --document doc --bytes n
    """
    with failures_in_one_line(debug=debug) as outcome:
        of_tokens = {"document": document, "bytes": bytes_, "characters": characters}
        options: dict[str, Any] = {"probs": probs or (), "log_probs": log_probs or (), "logits": logits or ()}
        options |= {"weight": weight, "group": group, "slice": slices or (), "prior": prior}
        options |= {"normalize": normalize, "calibrator": calibrator}
        _check_kind(log_likelihood, of_tokens, {"target": target, **options, "out": out})
        if log_likelihood is not None:
            _tokens(
                predictions, log_likelihood, document, bytes_, characters, as_json=as_json, limit=fail_above
            )
            return
        from xent.jobs.scoring import score as score_table
        from xent.report.scores.text_report import render_score

        by = options.pop("slice")
        findings = score_table(predictions, target, slices=by, least_rows=least_rows, **options)
        place = out or Path("xent-out") / f"{findings.name}-scores"
        write_scores(
            findings,
            place,
            reads=(Path(predictions),),
            on_placed=partial(setattr, outcome, "kept", f"The results are in {place}."),
        )
        show_scores(findings, place, render_score, as_json=as_json)
        _fail_above([model.held_out.cross_entropy.value for model in findings.models], fail_above)


def show_scores(
    findings: ScoreFindings,
    place: Path,
    render: Callable[[ScoreFindings, PipeConsole], None],
    *,
    as_json: bool,
) -> None:
    """
    Print the findings as JSON, or by `render` as tables, which the path of the report in `place` follows.

    Raises `OutputError` if standard output cannot be written.
    """
    from xent.report.scores.json_report import render_json

    with written_out():
        if as_json:
            sys.stdout.write(render_json(findings))
            return
        console = PipeConsole()
        render(findings, console)
        line = one_line(f"Report: {place / 'report.html'}")
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def write_scores(
    findings: ScoreFindings, place: Path, *, reads: tuple[Path, ...], on_placed: partial[None]
) -> None:
    """
    Write report.html, metrics.json and manifest.json into the directory `place`, whole or not at all.

    `on_placed` is called once the directory has its name. Raises `OutputError` if `place` cannot be made, or
    holds one of `reads`, the files that the command reads, or anything but unchanged results, which are
    replaced.
    """
    from xent.jobs.manifest import results_in
    from xent.jobs.output_directory import output_directory
    from xent.report.scores.html_report import render_html
    from xent.report.scores.json_report import render_json

    with (
        output_directory(place, caller="xent score", reads=reads, on_placed=on_placed) as whole,
        results_in(whole, caller="xent score") as folder,
    ):
        (folder / "report.html").write_text(render_html(findings), encoding="utf-8")
        (folder / "metrics.json").write_text(render_json(findings), encoding="utf-8")


def _check_kind(
    log_likelihood: str | None, of_tokens: Mapping[str, str | None], of_classes: Mapping[str, object]
) -> None:
    """
    Raise `DataError` for options of tokens without `log_likelihood`, or options of classes beside it.

    `of_tokens` and `of_classes` hold the options by name. Of tokens those that are not None are given, of
    classes those that are neither None nor False nor empty. The first of them is named.
    """
    from xent.errors import DataError

    if log_likelihood is None:
        for name in (name for name, value in of_tokens.items() if value is not None):
            raise DataError("xent score", "log_likelihood", f"be given with --{name}", got="nothing")
        return
    for name, value in of_classes.items():
        if value:
            got = " ".join(map(str, value)) if isinstance(value, list) else str(value)
            hint = "Tokens of a language model have a table in the terminal, or JSON with --json."
            raise DataError("xent score", name, "be absent with --log-likelihood", got=repr(got), hint=hint)


def _tokens(
    data: str,
    log_likelihood: str,
    document: str | None,
    bytes_: str | None,
    characters: str | None,
    *,
    as_json: bool,
    limit: float | None,
) -> None:
    """
    Score the tokens of a language model, and print the findings as tables or, with `as_json`, as JSON.

    If the loss per token is above `limit`, `typer.Exit` with code 3 is raised; None is no limit. Raises
    `DataError` if `document` is None, the table cannot be read, or a column is missing, `DomainError` for
    values out of range, `BackendError` without the library for a spreadsheet, and `OutputError` if standard
    output cannot be written.
    """
    from xent.errors import DataError
    from xent.jobs.scoring import score_tokens
    from xent.report.scores.json_report import render_json
    from xent.report.scores.text_report import render_tokens

    if document is None:
        hint = "Tokens of one document are not independent: name the column of their documents."
        raise DataError("xent score", "document", "be given with log-likelihoods", got="nothing", hint=hint)
    findings = score_tokens(data, log_likelihood, document, bytes=bytes_, characters=characters)
    with written_out():
        if as_json:
            sys.stdout.write(render_json(findings))
        else:
            render_tokens(findings, PipeConsole())
    rate = findings.corpus.per_token
    _fail_above([] if rate is None else [rate.nats], limit)


def _fail_above(losses: list[float], limit: float | None) -> None:
    """
    Raise `typer.Exit` with code 3 if one of `losses` is above `limit` or nan, after a line on standard error.

    Nothing for a `limit` of None, and without losses.
    """
    if limit is not None and not all(loss <= limit for loss in losses):
        tell(f"The loss of {max(losses):.6g} nats is above {limit:g}.")
        raise typer.Exit(ABOVE)
