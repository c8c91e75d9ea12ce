"""
Sentences about the findings of a fit, shared by the text and the HTML report.

The text is ASCII, so that any terminal can print it, except for names from the data.
"""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, count, counted, percent, trimmed
from xent.drawing.short_text import short
from xent.report.fit.class_ranking import class_ranking, share_of_loss
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.findings import FitFindings, Training
from xent.scoring.judgement import Judgement

__all__ = [
    "calibration",
    "certificate",
    "choice_of_C",
    "coefficient_intervals",
    "commonest_confusion",
    "costliest_class",
    "other_classes",
    "result",
    "subject",
    "whereabouts",
]


def subject(findings: FitFindings) -> str:
    """Sentence that names the target, the number of classes and the number of columns used."""
    used = sum(column.used for column in findings.columns)
    classes = counted(len(findings.classes), "class")
    return f'Predicting "{short(findings.target)}" ({classes}) from {counted(used, "column")}.'


def whereabouts(findings: FitFindings) -> str:
    """Sentence with the numbers of rows: read, trained on, held out, and dropped for lack of a target."""
    rows = findings.rows
    lost = f", {count(rows.without_target)} dropped for lack of a target" if rows.without_target else ""
    used = f"{count(rows.train)} to train on, {count(rows.held_out)} held out"
    return " ".join((f"{counted(rows.read, 'row')}: {used}{lost}.", *rows.remarks))


def result(judgement: Judgement, notation: Notation) -> str:
    """Sentence that compares the held-out cross-entropy in bits with that of the class frequencies."""
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
    """Sentence that names the class with the largest share of the loss, or a class of infinite loss."""
    for one in judgement.classes:
        if math.isinf(one.cross_entropy):
            return f'Class "{short(one.label)}" has rows given probability 0, whose loss is infinite.'
    worst = class_ranking(judgement)[0]
    if not share_of_loss(worst) > 0:
        return "No class has a loss above 0."
    rows = worst.rows / judgement.rows
    return (
        f'Class "{short(worst.label)}" costs most: {percent(worst.share)} of the whole loss '
        f"with {percent(rows)} of the rows."
    )


def other_classes(judgement: Judgement, shown: int) -> str:
    """Sentence with the share of the loss of all classes after the first `shown`; empty if there are none."""
    rest = class_ranking(judgement)[shown:]
    if not rest:
        return ""
    share = percent(sum(map(share_of_loss, rest)))
    return f"The other {counted(len(rest), 'class')} together: {share} of the loss."


def commonest_confusion(findings: FitFindings) -> str:
    """Sentence that names the most frequent confusion of two classes, or states that there is none."""
    for worst in frequent_confusions(findings, 1):
        return (
            f'Most frequent confusion: "{short(worst.label)}" predicted as "{short(worst.predicted)}", '
            f"{count(worst.rows)} of {counted(worst.of, 'row')}."
        )
    return "No held-out row is misclassified."


def calibration(judgement: Judgement) -> str:
    """Sentence with the calibration error, the mean difference of predicted and observed shares."""
    classes = judgement.classes
    of = "Each class's predicted probability"
    if len(classes) == 2:
        of = f'The predicted probability of "{short(classes[1].label)}"'
    if math.isnan(judgement.calibration_error):
        return f"{of} cannot be compared with the observed share."
    points = percent(judgement.calibration_error).removesuffix(" %")
    bins = counted(len(judgement.reliability), "bin")
    return (
        f"{of} differs from the observed share by {points} percentage points "
        f"on average, over {bins} weighted by count."
    )


def certificate(training: Training, notation: Notation) -> str:
    """Sentence with the certified gap to the minimum, the number of steps, and the tolerance."""
    if not training.iterations:
        return "No step of the fit was recorded."
    last = training.iterations[-1]
    steps = f"after {counted(last.step, 'step')}"
    gap, asked = notation(max(last.gap, 0.0)), trimmed(training.tol, notation)
    if training.converged:
        return f"Within {gap} nats of the minimum, certified, {steps} (tolerance {asked})."
    if math.isfinite(last.gap):
        return f"Not at the minimum: within {gap} nats of it {steps}; the tolerance is {asked}."
    return f"Not known to be at the minimum {steps}: no bound was found; the tolerance is {asked} nats."


def coefficient_intervals(findings: FitFindings) -> str:
    """Sentence about the meaning of the coefficients' intervals; empty if there are none."""
    if not any(math.isfinite(one.low) for one in findings.coefficients):
        return ""
    return "The 95 % intervals are those of the penalised fit, whose penalty shrinks weights and intervals."


def choice_of_C(training: Training, notation: Notation) -> str:  # noqa: N802 - C is the field's name
    """Sentence with the value of C and its origin: given, or chosen by cross-validation."""
    C = trimmed(training.C, notation)
    if not training.candidates:
        return f"C = {C} was given; a smaller C keeps the weights smaller."
    values = counted(len(training.candidates), "value")
    rows = counted(training.cross_validation_rows, "row")
    return f"C = {C} was chosen among {values} by cross-validated cross-entropy on {rows}."
