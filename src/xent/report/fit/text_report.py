"""Findings as text in a terminal: tables of at most the terminal's width, readable without colour."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from xent.drawing.number_format import count, counted, coverage, percent, plain, signed, signed_interval
from xent.drawing.short_text import printable, short
from xent.drawing.text_table import print_table
from xent.report.fit import race_sentences, sentences
from xent.report.fit.class_ranking import class_ranking
from xent.report.fit.column_groups import column_groups
from xent.report.fit.confusion_text import confusion_matrix
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.findings import ColumnFinding, FitFindings
from xent.report.fit.headline import headline
from xent.report.fit.threshold_lines import THRESHOLD_HEADS, threshold_lines

__all__ = ["render_columns", "render_text"]

_MOST_LINES = 15


def render_columns(columns: tuple[ColumnFinding, ...], console: Console) -> None:
    """
    Print a table with the treatment of each column.

    Parameters
    ----------
    columns : tuple of ColumnFinding
        All columns except the target. If there are more than 15, columns of one kind share a line, except
        those that are dropped or have odd cells.
    console : rich.console.Console
        Console to print to; its width limits that of the table.
    """
    groups = column_groups(columns, _MOST_LINES)
    rows = ((group.title(42), short(group.kind, 20), count(group.missing), group.note) for group in groups)
    heads = ("Column", "Kind", ">Missing", "Treatment")
    # Wrapped, not cut: the end of a note names the line of an odd cell.
    print_table(console, counted(len(columns), "column"), heads, rows, wrapped="Treatment")


def render_text(findings: FitFindings, console: Console) -> None:
    """
    Print the findings of a fit, or of the judgement of a saved model, as tables and sentences.

    They are subject and rows, cautions, headline measures, columns, classes, surprising rows, confusions,
    thresholds for two classes, optimisation with coefficients, and the race of the losses, in this order; a
    section without content is left out. Of the classes 15 are printed, those of the largest shares of the
    loss, and of surprising rows, confusions and coefficients ten each.

    Parameters
    ----------
    findings : FitFindings
        Findings of a fit.
    console : rich.console.Console
        Console to print to; its width limits that of the tables.
    """
    what = f"Judgement of {short(findings.judged, 40)} on" if findings.judged else "Fit of"
    _title(console, f"{what} {short(findings.name, 50)}")
    _say(console, sentences.subject(findings), sentences.whereabouts(findings))
    _cautions(findings, console)
    _headline(findings, console)
    if findings.columns:
        render_columns(findings.columns, console)
    _classes(findings, console)
    _surprises(findings, console)
    _confusions(findings, console)
    _thresholds(findings, console)
    _training(findings, console)
    _race(findings, console)


def _cautions(findings: FitFindings, console: Console) -> None:
    """Print the reasons to doubt the results, if any."""
    if not findings.cautions:
        return
    _title(console, "Before you rely on this")
    lines = Table.grid("", "", padding=(0, 1, 0, 0))
    for caution in findings.cautions:
        lines.add_row(Text("  -"), Text(printable(caution.text)))
    console.print(lines)
    console.print()


def _headline(findings: FitFindings, console: Console) -> None:
    """
    Print the headline measures with their intervals, a sentence on the result, and the measures' definitions.

    A training loss above the held-out loss, unless a saved model is judged, has a sentence before the
    definitions.
    """
    measures = headline(findings, plain)
    heads = ("Measure", ">Value", f"{coverage(findings.held_out.cross_entropy)} interval")
    rows = ((one.name, f"{one.value} {one.unit}".strip(), one.interval) for one in measures)
    print_table(console, f"Performance on {counted(findings.held_out.rows, 'held-out row')}", heads, rows)
    _say(console, sentences.result(findings.held_out, plain))
    above = sentences.training_above_held_out(findings, plain)
    if above:
        _say(console, above)
    words = Table.grid("", "", padding=(0, 2))
    for one in measures:
        words.add_row(one.name, one.meaning)
    console.print(words)
    console.print()


def _classes(findings: FitFindings, console: Console) -> None:
    """
    Print held-out rows, loss, precision and recall of the 15 classes with the largest shares of the loss.

    The loss is in nats a row and as a share of the whole, unknown if that is 0 or infinite. Equal and unknown
    shares keep the order of the classes. Sentences follow on the other classes, if any, and on the class that
    costs most.
    """
    heads = ("Class", ">Rows", ">Nats a row", ">Share of loss", ">Precision", ">Recall")
    rates = {one.label: one for one in findings.decisions.rates}
    rows = (
        (
            short(one.label, 28),
            count(one.rows),
            plain(one.cross_entropy),
            percent(one.share),
            percent(rates[one.label].precision.value),
            percent(rates[one.label].recall.value),
        )
        for one in class_ranking(findings.held_out)[:_MOST_LINES]
    )
    print_table(console, "Cross-entropy by class", heads, rows)
    others = sentences.other_classes(findings.held_out, _MOST_LINES)
    if others:
        _say(console, others)
    _say(console, sentences.costliest_class(findings.held_out))


def _surprises(findings: FitFindings, console: Console) -> None:
    """Print the held-out rows of highest surprisal, ten at most; nothing without any."""
    heads = (">Row", ">Bits", "Truth", ">Probability", "Predicted", ">Probability")
    rows = [
        (
            str(one.row),
            plain(one.surprisal),
            short(one.label, 20),
            percent(one.probability),
            short(one.predicted, 20),
            percent(one.predicted_probability),
        )
        for one in findings.held_out.surprising[:10]
    ]
    if rows:
        print_table(console, "Rows with the highest surprisal (counted from 0)", heads, rows)


def _confusions(findings: FitFindings, console: Console) -> None:
    """
    Print the confusion matrix or, if it does not fit, the ten most frequent confusions, if there are any.

    It does not fit with more than 15 classes, or if it is wider than the console. Sentences on the most
    frequent confusion and on the calibration follow in any case.
    """
    matrix = confusion_matrix(findings, console.width)
    if matrix is not None:
        print_table(console, "Confusion matrix (truth down, prediction across)", *matrix)
    elif worst := frequent_confusions(findings, 10):
        heads = ("Truth", "Predicted", ">Rows", ">Of")
        rows = (
            (short(one.label, 26), short(one.predicted, 26), count(one.rows), count(one.of)) for one in worst
        )
        print_table(console, "Most frequent confusions", heads, rows)
    _say(console, sentences.commonest_confusion(findings), sentences.calibration(findings.held_out))


def _thresholds(findings: FitFindings, console: Console) -> None:
    """Print the outcomes and costs of thresholds for two classes."""
    lines = threshold_lines(findings, plain)
    if lines:
        print_table(console, "Thresholds and costs", THRESHOLD_HEADS, [line.cells for line in lines])
        _say(console, sentences.thresholds(findings))


def _training(findings: FitFindings, console: Console) -> None:
    """
    Print the ten largest coefficients with 95 % intervals, if any, and sentences on the optimisation.

    These are the certificate, the choice of C or the epoch, and the choice of the model, if there was one.
    """
    strongest = findings.coefficients[:10]
    if strongest:
        rows = (
            (
                short(one.feature, 34),
                short(one.label, 24),
                signed(one.value, plain),
                signed_interval(one.low, one.high, plain),
            )
            for one in strongest
        )
        print_table(console, "Largest coefficients", ("Feature", "Class", ">Weight", "95 % interval"), rows)
        if said := sentences.coefficient_intervals(findings):
            _say(console, said)
    _title(console, "Optimisation")
    _say(
        console,
        sentences.certificate(findings.training, plain),
        sentences.choice_of_C(findings.training, plain),
        *filter(None, [sentences.model_choice(findings, plain)]),
    )


def _race(findings: FitFindings, console: Console) -> None:
    """Print one sentence about the race of the losses, if there was one."""
    race = race_sentences.telling_race(findings.races)
    if race is not None:
        _title(console, "Cross-entropy against squared error")
        _say(console, race_sentences.race_in_one_sentence(race, plain))


def _title(console: Console, text: str) -> None:
    """Print a heading."""
    console.print(Text(text, style="bold"))


def _say(console: Console, *lines: str) -> None:
    """Print indented lines, without interpretation of markup."""
    for line in lines:
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    console.print()
