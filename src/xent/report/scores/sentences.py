"""
Sentences about predictions, shared by the text and the HTML report.

The text is ASCII, so that any terminal can print it, except for names from the data.
"""

from __future__ import annotations

import math
from collections import Counter

from xent.drawing.number_format import Notation, count, counted, coverage, interval, percent, signed
from xent.drawing.short_text import short
from xent.report.fit import sentences as of_judgement
from xent.report.scores.findings import CalibrateFindings, ModelFindings, ScoreFindings
from xent.scoring.account import Account
from xent.scoring.calibration_scores import CalibrationScores
from xent.scoring.comparison import Comparison
from xent.scoring.label_errors import LabelErrors
from xent.scoring.loss_summary import LossSummary

__all__ = [
    "accounted",
    "calibrated",
    "chance",
    "confidence",
    "decision",
    "infinite",
    "mislabelled",
    "remarks",
    "result",
    "space",
    "subject",
    "tested",
    "units",
]

_LEVEL = 0.05


def subject(findings: ScoreFindings) -> str:
    """
    Sentence that names the target and the numbers of rows, classes and models; weights and groups if there
    are.
    """
    lost = f", {count(findings.missing)} more without a target ignored" if findings.missing else ""
    weighted = f', weighted by "{short(findings.weight)}"' if findings.weight else ""
    grouped = f', grouped by "{short(findings.group)}"' if findings.group else ""
    return (
        f'{counted(len(findings.models), "model")} of "{short(findings.target)}" '
        f"({counted(len(findings.classes), 'class')}) on "
        f"{counted(findings.rows, 'row')}{lost}{weighted}{grouped}."
    )


def space(model: ModelFindings) -> str:
    """
    Sentence that names the space of the columns, and adds that their values told it unless it was
    given.
    """
    words = {"probs": "probabilities", "log-probs": "log-probabilities", "logits": "logits"}[model.space]
    return f"Its columns hold {words}{', told by their values' if model.recognised else ''}."


def result(model: ModelFindings, notation: Notation) -> str:
    """
    Sentence that compares the loss with that of the prior: the given one, or the shares of these rows.

    The prior is taken as given if it has no bias.
    """
    summary = model.summary
    given = None if summary.prior_bias else summary.prior_loss
    return of_judgement.result(model.held_out, notation, given)


def units(summary: LossSummary) -> str:
    """
    Sentence about the independent units of the intervals, if they are groups or few; otherwise "".

    Few are units that weigh less than 500 rows or 50 groups of equal weight.
    """
    noun = "group" if summary.grouped else "row"
    if summary.few_units:
        least = 50 if summary.grouped else 500
        return (
            f"Intervals draw {counted(summary.units, noun)}{_equal(summary.units, summary.effective_units)}. "
            f"That is few: their coverage has been tested from {least} on, and may be lower here."
        )
    return f"Intervals draw whole groups, {count(summary.units)} of them." if summary.grouped else ""


def _equal(units: int, effective: float) -> str:
    """Clause with the number of units of equal weight that tell as much as `units`; "" unless it is lower."""
    fewer = math.isfinite(effective) and round(effective) < units
    return f", which tell as much as {count(round(effective))} of equal weight" if fewer else ""


def infinite(summary: LossSummary, notation: Notation) -> str:
    """
    Sentence about rows of infinite loss, with the numbers of the first ones; "" without such rows.

    It also has the losses after clipping, each with its bound, and the loss without these rows, in nats.
    """
    clipped = "; ".join(f"{notation(value)} nats clipped at {eps:.0e}" for eps, value in summary.clipped)
    if not summary.infinite:
        return ""
    rows = counted(summary.infinite, "row")
    named = ", ".join(map(str, summary.infinite_rows))
    more = ", ..." if summary.infinite > len(summary.infinite_rows) else ""
    return (
        f"{rows} had probability 0 on the true class, so the loss is infinite (numbers {named}{more}). "
        f"Other tools would report {clipped}; without these rows it is {notation(summary.finite.value)} nats."
    )


def accounted(account: Account, notation: Notation) -> str:
    """
    Sentences that put the account of a loss in words: miscalibration with its interval, and the map that sees
    it.

    The loss is in nats for the log score. If the map is "identity", the first says that no map removes loss
    beyond chance, with the upper end of the interval if that is above 0; if the miscalibration is not above
    0, that recalibration does not lower the loss. If rows of infinite loss were left out, it tells how many
    remain. With too few independent units for the map's coefficients, a further sentence follows.
    """
    unit = "nats" if account.score == "log" else ""
    lost = account.miscalibration
    of = f" of the {count(account.rows)} rows of finite loss" if account.left_out else ""
    if account.seen_by == "identity":
        most = f"; more than {notation(lost.high)} {unit}".rstrip() + " are unlikely" if lost.high > 0 else ""
        text = f"No recalibration map removes loss beyond chance{of}: no miscalibration is seen{most}."
    elif lost.value > 0:
        text = (
            f"At least {notation(lost.value)} {unit}".rstrip()
            + f"{of} ({interval(lost, notation)}) are miscalibration, as seen by {account.seen_by}: "
            f"recalibration would remove them."
        )
    else:
        value = f"{notation(lost.value)} {unit}".rstrip()
        text = (
            f"No miscalibration{of} is seen by {account.seen_by}: its estimate is {value} "
            f"({interval(lost, notation)}), and recalibration would not lower the loss."
        )
    if not account.reliable:
        units = count(round(min(account.units, account.effective_units)))
        text += (
            f" With {units} independent rows or groups for "
            f"{counted(max(account.coefficients, 1), 'coefficient')} of the map, intervals of the "
            "account may cover "
            "less than they state."
        )
    return text


def confidence(scores: CalibrationScores) -> str:
    """
    Sentence that says how often an event comes true that the model gives a probability near 90 %.

    The event is that its most probable class is right or, for two classes, that the second is true. The
    sentence has mean probability, observed share with its interval, and rows of the bin of 10 or more rows
    nearest to that; empty if there is none.
    """
    known = [one for one in scores.bins if one.count >= 10 and not math.isnan(one.observed.value)]
    if not known:
        return ""
    one = min(known, key=lambda each: abs(each.predicted - 0.9))
    says, right = round(100 * one.predicted), round(100 * one.observed.value)
    event = "it is right" if scores.view == "top label" else "the second class is true"
    range_ = f"{round(100 * one.observed.low)} to {round(100 * one.observed.high)}"
    return (
        f"When this model says {says} %, {event} {right} times in 100 ({range_}; "
        f"{counted(one.count, 'row')})."
    )


def chance(scores: CalibrationScores) -> str:
    """
    Sentence with the expected calibration error in percentage points, and that of a calibrated model of so
    many rows.

    It names the bins, of equal mass, and the probability that they cut: of the second class, or of the top
    label.
    """
    error, expected = percent(scores.expected_error), percent(scores.chance_error)
    return (
        f"Expected calibration error of the {scores.view}, {counted(len(scores.bins), 'bin')} of equal mass, "
        f"closed on the right: {error.removesuffix(' %')} percentage points; a calibrated model of so many "
        f"rows would show {expected.removesuffix(' %')}."
    )


def tested(scores: CalibrationScores, notation: Notation) -> str:
    """
    Sentence with the result of the test of calibration: excess of the loss in nats, z, p-value, and verdict.

    The verdict is over- or underconfidence if p < 0.05, and else that none is seen. The sentence has other
    words if forecasts of probability 0 came true, and if a single row or group of weight leaves nothing to
    test.
    """
    test = scores.test
    if math.isinf(test.excess.value):
        return "Forecasts of probability 0 came true: outcomes are not drawn from these forecasts (p = 0)."
    if math.isnan(test.p_value):
        return "Calibration is not tested: a single row or group has all the weight, and so no spread."
    direction = "more" if test.excess.value > 0 else "less"
    words = {True: "overconfident", False: "underconfident"}[test.excess.value > 0]
    verdict = f": the model is {words}" if test.p_value < _LEVEL else ": no over- or underconfidence is seen"
    return (
        f"The loss is {notation(abs(test.excess.value))} nats {direction} than the forecasts "
        "themselves expect "
        f"(z = {test.z:.2f}, {_p(test.p_value)}){verdict}."
    )


def decision(one: Comparison, notation: Notation) -> str:
    """
    Sentence that names the better model of two, or says that there is no decision, with the p-value.

    If one model alone has infinite losses where the other has none, the other is better, whatever p; if each
    has such rows, or both are infinite on all rows, there is no decision. Losses equal on every row decide
    nothing. Otherwise a model is better if the p-value, that adjusted for several comparisons if there is
    one, is below 0.05; without a decision the sentence has the interval of the difference of the losses in
    nats a row. Rows whose loss is infinite in both models have no difference: the sentence then speaks of the
    rows of finite loss.
    """
    first, second = short(one.first, 30), short(one.second, 30)
    if one.only_first_infinite or one.only_second_infinite:
        return _decision_by_infinite(one, first, second)
    if math.isnan(one.difference.value):
        return f"No decision: no row of positive weight has a finite loss in both {first} and {second}."
    of = " of finite loss" if one.both_infinite else ""
    if one.difference.low == one.difference.high == 0:
        return f"No decision: {first} and {second} cost the same on every row{of}."
    better, by = (
        (second, -one.difference.value) if one.difference.value < 0 else (first, one.difference.value)
    )
    p = one.p_value if math.isnan(one.adjusted_p_value) else one.adjusted_p_value
    if p < _LEVEL:
        return (
            f"{better}: it costs {notation(by)} nats less a row{of}, and chance alone is unlikely to show "
            f"that ({_p(p)})."
        )
    return (
        f"No decision: {better} costs {notation(by)} nats less a row{of}, within what chance shows "
        f"({coverage(one.difference)} interval of {second} - {first}: "
        f"{interval(one.difference, notation)}; {_p(p)})."
    )


def _decision_by_infinite(one: Comparison, first: str, second: str) -> str:
    """
    Sentence for a report that prefers the model of `first` or `second`, their names, by infinite losses.

    It prefers the one that gave no true class probability 0 where the other did not, and no one if each did
    so; one of them must have. Rows to whose class both gave 0 do not count.
    """
    zeros = "gave probability 0 to"
    if not one.only_second_infinite:
        lost = f"{first} {zeros} {count(one.only_first_infinite)} true classes where {second} did not"
        return f"{second}: {lost}, and {second} to none where {first} did not."
    if not one.only_first_infinite:
        lost = f"{second} {zeros} {count(one.only_second_infinite)} true classes where {first} did not"
        return f"{first}: {lost}, and {first} to none where {second} did not."
    return (
        f"No decision by loss: {first} gave probability 0 to {count(one.only_first_infinite)} true classes "
        f"where {second} did not, and {second} to {count(one.only_second_infinite)} where {first} did not."
    )


def remarks(one: Comparison) -> str:
    """
    Sentences with the rows that are wrong in one model alone, and a p-value; then on infinite losses, if any.

    Those are counted in either model alone and in both.
    """
    text = (
        f"{count(one.first_errors_only)} rows are wrong in {short(one.first, 30)} alone, "
        f"{count(one.second_errors_only)} in {short(one.second, 30)} alone ({_p(one.error_p_value)})."
    )
    lost = one.only_first_infinite, one.only_second_infinite, one.both_infinite
    if any(lost):
        text += (
            f" Infinite losses: {count(lost[0])} in {short(one.first, 30)} alone, {count(lost[1])} in "
            f"{short(one.second, 30)} alone, {count(lost[2])} in both; "
        )
        is_left = sum(lost) < one.rows
        text += "the difference is of the other rows." if is_left else "no other row has a difference."
    return text


def mislabelled(errors: LabelErrors) -> str:
    """
    Sentence with the number and share of likely label errors, and the interval of the share; another for
    none.
    """
    if not errors.count:
        return "No label is likely to be wrong."
    share = f"{percent(errors.share.value)}, {percent(errors.share.low)} to {percent(errors.share.high)}"
    return (
        f"{counted(errors.count, 'label')} ({share}) may be wrong by confident learning: another class has a "
        "probability that is high for it. This counts hard rows too; look at the first ones."
    )


def calibrated(findings: CalibrateFindings, notation: Notation) -> str:
    """
    Sentence with the loss before and after recalibration, in nats, on rows unseen by the map, and the gain.

    The sentence tells of a raised loss if the gain is negative. If folds chose other maps, it names these. If
    no map is taken, the method being "identity", it says so, with the loss.
    """
    gain = findings.gain
    if findings.method == "identity":
        return (
            f"No map is taken: the predictions stay as they are, at {notation(findings.before.value)} nats."
        )
    name = f"{findings.method[:1].upper()}{findings.method[1:]}"
    verb, subject = ("raise" if gain.value < 0 else "lower"), f"{name} {{}}s"
    if set(findings.by_fold) - {findings.method}:
        chosen = ", ".join(f"{each} in {n}" for each, n in Counter(findings.by_fold).items())
        subject = f"{name} is chosen on all rows; the maps chosen within folds ({chosen}) {{}}"
    return (
        f"{subject.format(verb)} the cross-entropy from {notation(findings.before.value)} to "
        f"{notation(findings.after.value)} nats on rows that the map has not seen: "
        f"a gain of {signed(gain.value, notation)} ({interval(gain, notation)})."
    )


def _p(value: float) -> str:
    return "p unknown" if math.isnan(value) else f"p = {value:.2g}" if value >= 1e-4 else "p below 0.0001"
