"""
What the numbers say, in sentences: written once, for the terminal and for the page alike.

The text is ASCII, so that any terminal can print it, except for names that came with the data.
"""

from __future__ import annotations

import math

from xent.report.class_ranking import class_ranking, share_of_loss
from xent.report.confusions import frequent_confusions
from xent.report.findings import FitFindings, Training
from xent.report.number_format import Notation, count, counted, percent, trimmed
from xent.report.short_text import short
from xent.scoring.judgement import Judgement

__all__ = [
    "calibration",
    "certificate",
    "choice_of_C",
    "commonest_confusion",
    "costliest_class",
    "other_classes",
    "result",
    "subject",
    "whereabouts",
]


def subject(findings: FitFindings) -> str:
    """Say what is predicted from what."""
    used = sum(column.used for column in findings.columns)
    classes = counted(len(findings.classes), "class")
    return f'Predicting "{short(findings.target)}" ({classes}) from {counted(used, "column")}.'


def whereabouts(findings: FitFindings) -> str:
    """Say where the rows went."""
    rows = findings.rows
    lost = f", {count(rows.without_target)} left out for want of a target" if rows.without_target else ""
    used = f"{count(rows.train)} to train on, {count(rows.held_out)} held out"
    return " ".join((f"{counted(rows.read, 'row')}: {used}{lost}.", *rows.remarks))


def result(judgement: Judgement, notation: Notation) -> str:
    """Say what the model is worth on rows that it has not seen."""
    rows = counted(judgement.rows, "held-out row")
    bits, prior = judgement.bits.value, judgement.prior_entropy / math.log(2)
    costs = f"On {rows} the true class costs {notation(bits)} bits on average"
    if not judgement.prior_entropy > 0:
        return f"{costs}; only one class occurs among them, so there was nothing to guess."
    yardstick = f"guessing by the classes' frequencies alone would cost {notation(prior)} bits"
    if judgement.skill > 0:
        return f"{costs}; {yardstick}: the model removes {percent(judgement.skill)} of the uncertainty."
    verdict = "is worse than" if judgement.skill < 0 else "does no better than"
    return f"{costs}, but {yardstick}: the model {verdict} knowing nothing."


def costliest_class(judgement: Judgement) -> str:
    """Say which class has the largest share of the loss."""
    for one in judgement.classes:
        if math.isinf(one.cross_entropy):
            return f'Class "{short(one.label)}" has rows given probability 0, which cost infinitely much.'
    worst = class_ranking(judgement)[0]
    if not share_of_loss(worst) > 0:
        return "No class has a loss that can be told from 0."
    rows = worst.rows / judgement.rows
    return (
        f'Class "{short(worst.label)}" costs most: {percent(worst.share)} of the whole loss '
        f"with {percent(rows)} of the rows."
    )


def other_classes(judgement: Judgement, shown: int) -> str:
    """Say what the classes after the `shown` costliest cost together; empty where there are none."""
    rest = class_ranking(judgement)[shown:]
    if not rest:
        return ""
    share = percent(sum(map(share_of_loss, rest)))
    return f"The other {counted(len(rest), 'class')} together: {share} of the loss."


def commonest_confusion(findings: FitFindings) -> str:
    """Say which class is most often taken for which other."""
    for worst in frequent_confusions(findings, 1):
        return (
            f'Most often "{short(worst.label)}" was taken for "{short(worst.predicted)}": '
            f"{count(worst.rows)} of {counted(worst.of, 'row')}."
        )
    return "No held-out row was taken for another class."


def calibration(judgement: Judgement) -> str:
    """Say how far predicted probabilities are from what happened."""
    classes = judgement.classes
    of = "Each class's predicted probability"
    if len(classes) == 2:
        of = f'The predicted probability of "{short(classes[1].label)}"'
    if math.isnan(judgement.calibration_error):
        return f"{of} cannot be compared with what happened."
    points = percent(judgement.calibration_error).removesuffix(" %")
    bins = counted(len(judgement.reliability), "bin")
    return (
        f"{of} differs from what happened by {points} percentage points on average, "
        f"over {bins} weighted by count."
    )


def certificate(training: Training, notation: Notation) -> str:
    """Say how close to the minimum the fit is, and how that is known."""
    if not training.iterations:
        return "No step of the fit was recorded."
    last = training.iterations[-1]
    steps = f"after {counted(last.step, 'step')}"
    gap, asked = notation(max(last.gap, 0.0)), trimmed(training.tol, notation)
    if training.converged:
        return f"Within {gap} nats of the minimum, certified, {steps} ({asked} was asked for)."
    if math.isfinite(last.gap):
        return f"Not at the minimum: within {gap} nats of it {steps}, where {asked} was asked for."
    return f"Not known to be at the minimum {steps}: no bound was found, where {asked} nats was asked for."


def choice_of_C(training: Training, notation: Notation) -> str:  # noqa: N802 - C is the field's name
    """Say where the strength of the penalty came from."""
    C = trimmed(training.C, notation)
    if not training.candidates:
        return f"C = {C} was given; a smaller C keeps the weights smaller."
    values = counted(len(training.candidates), "value")
    rows = counted(training.cross_validation_rows, "row")
    return f"C = {C} was chosen among {values} by cross-validated cross-entropy on {rows}."
