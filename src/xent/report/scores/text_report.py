"""Findings of predictions as text in a terminal, readable without colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from xent.drawing.number_format import (
    count,
    counted,
    coverage,
    interval,
    p_value,
    percent,
    plain,
    signed,
)
from xent.drawing.short_text import short
from xent.drawing.text_table import print_table
from xent.report.scores import sentences
from xent.report.scores.findings import CalibrateFindings, ModelFindings, ScoreFindings, TokenFindings
from xent.report.scores.lines import account_lines, calibration_lines, headline_lines
from xent.scoring.comparison import Comparison

__all__ = ["render_calibrate", "render_comparisons", "render_score", "render_tokens"]

_MOST = 10


def render_score(findings: ScoreFindings, console: Console) -> None:
    """
    Print the findings about each model, then the comparisons of models, if there are several.

    For each model: notes, loss, the account of it if there is one, calibration, the first ten slices if there
    are any, and the number of likely label errors with the first ten of them. Further slices and label errors
    of `findings` are not printed.

    Parameters
    ----------
    findings : ScoreFindings
        Findings of `xent score` or `xent compare`.
    console : rich.console.Console
        Console to print to; its width limits that of the tables.
    """
    _title(console, f"Scores of {short(findings.name, 50)}")
    _say(console, sentences.subject(findings), *findings.notes)
    for model in findings.models:
        _model(model, console, named=len(findings.models) > 1)
    render_comparisons(findings, console)


def render_comparisons(findings: ScoreFindings, console: Console) -> None:
    """
    Print a table of all comparisons of two models, then sentences on each, and where its models differ most.

    The table has the difference in nats a row, second minus first, its interval, p-values, adjusted ones too,
    and the difference of errors. Nothing without comparisons.
    """
    if not findings.comparisons:
        return
    level = coverage(findings.comparisons[0].difference)
    heads = ("Second minus first", ">Nats a row", f"{level} interval", ">p", ">p (Holm)", ">Error")
    rows = (
        (
            f"{short(one.second, 20)} - {short(one.first, 20)}",
            signed(one.difference.value, plain),
            interval(one.difference, plain),
            p_value(one.p_value),
            p_value(one.adjusted_p_value),
            signed(100 * one.error_difference.value, plain) + " pp",
        )
        for one in findings.comparisons
    )
    print_table(console, "Paired comparison of cross-entropy", heads, rows)
    for one in findings.comparisons:
        _say(console, sentences.decision(one, plain), sentences.remarks(one))
        _where(one, console)


def render_tokens(findings: TokenFindings, console: Console) -> None:
    """
    Print rates and perplexity of a corpus per token, and per byte and character where these are known.

    Rates have no interval for a single document, and a sentence says so.
    """
    corpus = findings.corpus
    named = (("token", corpus.per_token), ("byte", corpus.per_byte), ("character", corpus.per_character))
    rows = []
    for unit, rate in named:
        if rate is not None:
            ends = f"{plain(rate.low)} to {plain(rate.high)}" if corpus.documents > 1 else ""
            rows.append(
                (unit, count(rate.units), plain(rate.nats), ends, plain(rate.bits), plain(rate.perplexity))
            )
    title = (
        f"{short(findings.name, 50)}: {counted(findings.tokens, 'token')}, "
        f"{counted(corpus.documents, 'document')}"
    )
    print_table(console, title, ("Per", ">Units", ">Nats", "95 % interval", ">Bits", ">Perplexity"), rows)
    if corpus.documents < 2:
        _say(console, "An interval needs several documents; here is one.")
    else:
        _say(console, "Intervals draw whole documents.")


def render_calibrate(findings: CalibrateFindings, console: Console) -> None:
    """Print the gain of a recalibration map, and the maps that were tried."""
    _title(console, f"Recalibration of {short(findings.name, 50)}")
    _say(console, sentences.calibrated(findings, plain))
    rows = ((name, plain(loss)) for name, loss in findings.candidates)
    print_table(console, "Maps tried, simplest first", ("Map", ">Cross-fitted nats"), rows)


def _model(model: ModelFindings, console: Console, *, named: bool) -> None:
    """
    Print all that was found of one model, with its name as a title if `named`.

    These are notes and space of its columns; loss with sentences; its account, if there is one; calibration;
    the first ten slices, if any; and likely label errors.
    """
    if named:
        _title(console, f"Model {short(model.name, 40)}")
    _say(console, *model.notes, sentences.space(model))
    level = coverage(model.held_out.cross_entropy)
    print_table(console, "Loss", ("Measure", ">Value", f"{level} interval"), headline_lines(model, plain))
    _say(
        console,
        sentences.result(model, plain),
        sentences.infinite(model.summary, plain),
        sentences.units(model.summary),
    )
    if model.account is not None:
        heads = ("Term", ">Nats", f"{level} interval", ">Brier", f"{level} interval")
        print_table(console, "Account of the loss", heads, account_lines(model, plain), wrapped=heads[0])
        _say(console, sentences.accounted(model.account, plain))
    columns = ("Measure", ">Value", "Definition")
    print_table(console, "Calibration", columns, calibration_lines(model, plain), wrapped=columns[2])
    of = model.calibration
    _say(console, sentences.confidence(of), sentences.chance(of), sentences.tested(of, plain))
    _slices(model, console)
    _labels(model, console)


def _slices(model: ModelFindings, console: Console) -> None:
    """
    Print the first ten slices, as sorted by the findings, and the meaning of verdicts; nothing without
    slices.

    Each has name, rows, loss in nats a row, loss that the model expects, lift, which is the former less the
    latter, verdict, and two false-discovery rates: hard, of a larger loss than in the other rows, and wrong,
    of a lift above 0.
    """
    if not model.slices:
        return
    heads = ("Slice", ">Rows", ">Nats a row", ">Expected", ">Lift", ">q hard", ">q wrong", "Verdict")
    rows = (
        (
            short(one.name, 40),
            count(one.rows),
            plain(one.cross_entropy.value),
            plain(one.expected),
            signed(one.lift, plain),
            p_value(one.hard),
            p_value(one.wrong),
            one.verdict,
        )
        for one in model.slices[:_MOST]
    )
    print_table(console, "Slices by excess of loss", heads, rows, wrapped="Slice")
    _say(
        console,
        "Hard: costs more than the other rows. Wrong: costs more than the model itself expects there.",
    )


def _labels(model: ModelFindings, console: Console) -> None:
    """
    Print the first ten likely label errors, and the sentence on their number also if there are none.

    Each has row, label, suggested class, and the probabilities of both.
    """
    errors = model.label_errors
    heads = (">Row", "Label", ">Probability", "Suggested", ">Probability")
    rows = [
        (
            str(one.row),
            short(one.label, 20),
            percent(one.probability),
            short(one.suggested, 20),
            percent(one.suggested_probability),
        )
        for one in errors.rows[:_MOST]
    ]
    if rows:
        print_table(console, "Likely label errors", heads, rows)
    _say(console, sentences.mislabelled(errors))


def _where(one: Comparison, console: Console) -> None:
    """
    Print the first ten slices in which the models differ, and the rows where they differ most, if any.

    A slice has its rows and the difference in nats a row with its interval; a row has its class and both
    models' probabilities of it.
    """
    if one.slices:
        rows = (
            (
                short(each.name, 40),
                count(each.rows),
                signed(each.difference.value, plain),
                interval(each.difference, plain),
            )
            for each in one.slices[:_MOST]
        )
        columns = ("Slice", ">Rows", ">Nats a row", "Interval")
        print_table(console, "Where they differ: slices", columns, rows, wrapped=columns[0])
    heads = (">Row", "Truth", f">{short(one.first, 16)}", f">{short(one.second, 16)}")
    rows_ = ((str(e.row), short(e.label, 20), percent(e.first), percent(e.second)) for e in one.differing)
    if one.differing:
        print_table(console, "Where they differ: probabilities of the true class", heads, rows_)


def _title(console: Console, text: str) -> None:
    console.print(Text(text, style="bold"))


def _say(console: Console, *lines: str) -> None:
    """Print indented lines that are not empty, without interpretation of markup."""
    said: Iterable[str] = [line for line in lines if line]
    for line in said:
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    if said:
        console.print()
