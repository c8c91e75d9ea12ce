"""
Sentences about the findings of a fit, shared by the text and the HTML report.

The text is ASCII, so that any terminal can print it, except for names from the data.
"""

from __future__ import annotations

import math

from xent.drawing.number_format import Notation, count, counted, percent, trimmed
from xent.drawing.short_text import short
from xent.report.fit import network_sentences
from xent.report.fit.class_ranking import class_ranking, share_of_loss
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.findings import FitFindings, Training
from xent.report.fit.judged import Judged
from xent.report.fit.network_findings import NetworkTraining
from xent.report.fit.samples import MOST_CHANNELS, Samples
from xent.scoring.judgement import Judgement
from xent.scoring.thresholds import MISS_COSTS

__all__ = [
    "attribution",
    "calibration",
    "certificate",
    "channels",
    "choice_of_C",
    "coefficient_intervals",
    "commonest_confusion",
    "costliest_class",
    "model_choice",
    "other_classes",
    "result",
    "subject",
    "thresholds",
    "training_above_held_out",
    "whereabouts",
]


def attribution(findings: FitFindings) -> str:
    """
    Sentences on the pictures of the classes: means of their rows, and shares of each sample in the class's
    logit.

    They tell columns, units, channels and the meaning of the signs; empty unless rows are signals or images.
    """
    samples = findings.samples
    if samples is None:
        return ""
    where = "Beside each mean" if samples.shape else "Below each mean"
    what = "pixel" if samples.shape else "sample"
    marks = (
        "blue supports the class, orange opposes it"
        if samples.shape
        else "upwards supports the class, downwards opposes it"
    )
    values = "" if samples.shape or not samples.quantity else f", in {short(samples.quantity, 20)}"
    rows = "judged" if findings.judged else "training"
    first, last = (f'"{short(name, 40)}"' for name in samples.columns)
    return (
        f"Means of the {rows} rows, {first} to {last}{channels(samples)}{values}. {where}: {samples.method}, "
        f"the share of each {what} in the logit of the class where its mean differs from that of all "
        f"training rows; {marks}. Each picture has its own scale for these shares."
    )


def channels(samples: Samples) -> str:
    """
    Clause for the further channels, after a space; it says how many are drawn if there are more than 11.

    It is "" without further channels.
    """
    further = len(samples.others)
    if not further:
        return ""
    drawn = f", of which {MOST_CHANNELS - 1} are drawn" if further >= MOST_CHANNELS else ""
    return f" and {counted(further, 'further channel')} below{drawn}"


def subject(findings: FitFindings) -> str:
    """Sentence that names the target, the number of classes and the number of columns used."""
    used = sum(column.used for column in findings.columns)
    classes = counted(len(findings.classes), "class")
    return f'Predicting "{short(findings.target)}" ({classes}) from {counted(used, "column")}.'


def whereabouts(findings: FitFindings) -> str:
    """
    Sentences with the numbers of rows: read, trained on, held out or judged, and dropped without a target.

    Rows dropped are left out if there are none. Groups and weights have sentences of their own if rows have
    any.
    """
    rows = findings.rows
    lost = f", {count(rows.without_target)} dropped for lack of a target" if rows.without_target else ""
    used = f"{count(rows.train)} to train on, {count(rows.held_out)} held out"
    if findings.judged:
        fitted = f" by a model of {counted(rows.train, 'row')}" if rows.train else ""
        used = f"{count(rows.held_out)} judged{fitted}"
    return f"{counted(rows.read, 'row')}: {used}{lost}.{_groups(findings)}{_weights(findings)}"


def _groups(findings: FitFindings) -> str:
    """Sentence on the groups that the rows are split by, after a space; empty without groups."""
    rows = findings.rows
    if not rows.group:
        return ""
    train, held_out = map(count, rows.groups)
    name = short(rows.group)
    if findings.judged:
        return f' They are of {held_out} groups of "{name}"; intervals draw whole ones.'
    return (
        f' No "{name}" is on both sides: {train} to train on, {held_out} held out; intervals draw whole ones.'
    )


def _weights(findings: FitFindings) -> str:
    """Sentence on the weights of the rows, after a space; empty without weights."""
    rows = findings.rows
    if not rows.weight:
        return ""
    where = "every" if findings.judged else "the fit and in every held-out"
    return (
        f' Rows count by "{short(rows.weight)}" in {where} loss, share, area and cost; numbers of rows, '
        "and the confusion matrix, count each row once."
    )


def result(judgement: Judgement, notation: Notation, given: float | None = None) -> str:
    """
    Sentence that compares the held-out cross-entropy in nats with that of the class frequencies.

    `given` is the cross-entropy of a prior from elsewhere, to compare with instead. Where that is not above
    0, the sentence says that only one class occurs.
    """
    rows = counted(judgement.rows, "held-out row")
    nats = judgement.cross_entropy.value
    prior = judgement.prior_entropy if given is None else given
    costs = f"On {rows} the true class costs {notation(nats)} nats on average"
    if not prior > 0:
        return f"{costs}; only one class occurs among them, so there was nothing to guess."
    by = "the classes' frequencies" if given is None else "the given prior"
    yardstick = f"guessing by {by} alone would cost {notation(prior)} nats"
    skill = judgement.skill if given is None else 1 - nats / prior
    if skill > 0:
        return f"{costs}; {yardstick}: the model removes {percent(skill)} of it."
    verdict = "is worse than" if skill < 0 else "does no better than"
    return f"{costs}, but {yardstick}: the model {verdict} knowing nothing."


def training_above_held_out(findings: FitFindings, notation: Notation) -> str:
    """
    Sentence on a training loss above the held-out loss: within the held-out interval, or above it, and the
    reasons.

    It is empty if the training loss is not above, or if the rows were judged by a saved model. `notation`
    writes the losses, in nats.
    """
    ours, held_out = findings.training.cross_entropy, findings.held_out.cross_entropy
    if findings.judged or not ours > held_out.value:
        return ""
    higher = (
        f"The training rows cost more than the held-out rows, {notation(ours)} against "
        f"{notation(held_out.value)} nats"
    )
    if ours <= held_out.high:
        level = percent(held_out.level).replace(".0 ", " ")
        return f"{higher}, which is within the {level} interval: the draw of the held-out rows explains it."
    return (
        f"{higher}, more than the draw of the held-out rows explains: these are easier, or the training rows "
        "are weighted, or the penalty is strong."
    )


def costliest_class(judgement: Judgement) -> str:
    """
    Sentence that names the first class of infinite loss, or else the class with the largest share of the
    loss.

    The latter has its shares of the loss and of the held-out rows. If no class has a loss above 0, the
    sentence says so.
    """
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
    """
    Sentence with the number and the share of the loss of all classes but the `shown` of largest shares.

    Empty if there are no others. It says that the shares are not known if the loss is 0 or infinite.
    """
    rest = class_ranking(judgement)[shown:]
    if not rest:
        return ""
    share, others = sum(one.share for one in rest), f"The other {counted(len(rest), 'class')}"
    if math.isnan(share):
        return f"{others} have unknown shares of the loss."
    return f"{others} together: {percent(share)} of the loss."


def commonest_confusion(findings: Judged) -> str:
    """
    Sentence that names the most frequent confusion of two classes, or states that no held-out row is
    misclassified.
    """
    for worst in frequent_confusions(findings, 1):
        return (
            f'Most frequent confusion: "{short(worst.label)}" predicted as "{short(worst.predicted)}", '
            f"{count(worst.rows)} of {counted(worst.of, 'row')}."
        )
    return "No held-out row is misclassified."


def thresholds(findings: FitFindings) -> str:
    """
    Sentences on the table of thresholds of the last of two classes, and on the least costly ones.

    They tell that a row counts as the class above the threshold, the costs of a miss in the columns, and the
    threshold of least cost for calibrated probabilities at each.
    """
    label = short(findings.classes[-1])
    misses = " or ".join((", ".join(f"{miss:g}" for miss in MISS_COSTS[:-1]), f"{MISS_COSTS[-1]:g}"))
    best = ", ".join(f"{percent(1 / (1 + miss))} at {miss:g}" for miss in MISS_COSTS)
    return (
        f'Rows whose probability of "{label}" is above the threshold are taken for "{label}". The last '
        f"columns are the mean cost of a row if a false alarm costs 1 and a miss {misses}; the least is "
        "marked. "
        f"Calibrated probabilities cost least at a threshold of 1/(1 + cost of a miss): {best}."
    ).replace(".0 %", " %")


def calibration(judgement: Judgement) -> str:
    """
    Sentence with the mean absolute difference of predicted and observed shares of bins, weighted by size.

    The probability is that of the most probable class or, of two classes, of the second. The sentence has the
    number of bins, and says that the shares cannot be compared if the error is nan.
    """
    classes = judgement.classes
    of = "The probability of the most probable class"
    if len(classes) == 2:
        of = f'The predicted probability of "{short(classes[1].label)}"'
    if math.isnan(judgement.calibration_error):
        return f"{of} cannot be compared with the observed share."
    points = percent(judgement.calibration_error).removesuffix(" %")
    bins = counted(len(judgement.reliability), "bin")
    return (
        f"{of} differs from the observed share by {points} percentage points "
        f"on average, over {bins} weighted by size."
    )


def certificate(training: Training | NetworkTraining, notation: Notation) -> str:
    """
    Sentence with the certified gap to the minimum in nats, the number of steps, and the tolerance.

    It says so if the gap is above the tolerance or not known, and if no step was recorded. A network has no
    certificate, and a sentence that says so.
    """
    if isinstance(training, NetworkTraining):
        return network_sentences.not_certified(training)
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


def model_choice(findings: FitFindings, notation: Notation) -> str:
    """Sentence on the comparison of a linear model and a network; empty if there was none."""
    choice = findings.choice
    return "" if choice is None else network_sentences.model_choice(choice, notation)


def coefficient_intervals(findings: FitFindings) -> str:
    """Sentence about the meaning of the coefficients' intervals; empty if there are none."""
    if not any(math.isfinite(one.low) for one in findings.coefficients):
        return ""
    return "The 95 % intervals are those of the penalised fit, whose penalty shrinks weights and intervals."


def choice_of_C(training: Training | NetworkTraining, notation: Notation) -> str:  # noqa: N802 - C is the field's name
    """
    Sentence with the value of C and its origin: given, or chosen by cross-validation among how many, on how
    many rows.

    For a network, sentences on the epoch kept or the end of the training, then on the number of weights, the
    loss function, the device and the temperature.
    """
    if isinstance(training, NetworkTraining):
        return f"{network_sentences.ending(training, notation)} {network_sentences.structure(training)}"
    C = trimmed(training.C, notation)
    if not training.candidates:
        return f"C = {C} was given; a smaller C keeps the weights smaller."
    values = counted(len(training.candidates), "value")
    rows = counted(training.cross_validation_rows, "row")
    return f"C = {C} was chosen among {values} by cross-validated cross-entropy on {rows}."
