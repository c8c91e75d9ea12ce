"""Headline of a report: the most important measures, each with its interval and a short definition."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xent.drawing.number_format import Notation, count, interval, percent, percent_interval
from xent.drawing.short_text import short
from xent.report.fit.findings import FitFindings

__all__ = ["Measure", "headline"]


@dataclass(frozen=True, slots=True)
class Measure:
    """
    One measure of the headline, formatted as text.

    Parameters
    ----------
    key : str
        Name of the measure in templates.
    name, value, unit : str
        Name, formatted value and unit as displayed; the unit may be empty.
    interval : str
        Formatted interval; empty if the measure has none.
    meaning : str
        Short definition of the measure.
    """

    key: str
    name: str
    value: str
    unit: str
    interval: str
    meaning: str


def headline(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """
    The ten measures of the headline in the order of display, as text; `notation` writes their numbers.

    They are cross-entropy in nats, in bits and as perplexity; error, error of guessing, area under the curve
    and Brier score; prior entropy, skill and training cross-entropy.
    """
    return (
        *_losses(findings, notation),
        *_decisions(findings, notation),
        *_yardsticks(findings, notation),
    )


def _losses(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """Held-out cross-entropy in nats, in bits and as perplexity, each with its interval."""
    judgement = findings.held_out
    nats, bits, perplexity = judgement.cross_entropy, judgement.bits, judgement.perplexity
    return (
        Measure(
            "cross_entropy",
            "Cross-entropy",
            notation(nats.value),
            "nats",
            interval(nats, notation),
            "mean of -log p of the true class, in nats; 0 is perfect",
        ),
        Measure(
            "bits",
            "In bits",
            notation(bits.value),
            "bits",
            interval(bits, notation),
            "yes-or-no questions: 1 nat is 1.44 of them",
        ),
        Measure(
            "perplexity",
            "Perplexity",
            notation(perplexity.value),
            "classes",
            interval(perplexity, notation),
            "how many equally likely classes are as hard to guess",
        ),
    )


def _decisions(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """Classification error, that of guessing, area under the curve and Brier score, as text."""
    return *_errors(findings), *_scores_of_probabilities(findings, notation)


def _errors(findings: FitFindings) -> tuple[Measure, Measure]:
    """
    Classification error with its interval, and that of always naming the commonest class, which has
    none.
    """
    error, decisions = findings.held_out.error, findings.decisions
    return (
        Measure(
            "error",
            "Classification error",
            percent(error.value),
            "",
            percent_interval(error),
            "rows whose most probable class is not the true one",
        ),
        Measure(
            "guessing",
            "Error of guessing",
            percent(decisions.commonest_error),
            "",
            "",
            f'always "{short(decisions.commonest, 24)}", the commonest class',
        ),
    )


def _scores_of_probabilities(findings: FitFindings, notation: Notation) -> tuple[Measure, Measure]:
    """
    Area under the ROC curve and Brier score, as text, with numbers written by `notation`.

    Of two classes both are those of the second, and the Brier score is its mean squared error; of more the
    area is the mean over classes, each against the others, and squared errors are summed over classes. The
    interval of the area is empty where it has none, as with three or more classes.
    """
    decisions, classes = findings.decisions, findings.classes
    if len(classes) == 2:
        ranked = f'chance that a random "{short(classes[1], 24)}" ranks above another row; 0.5 is guessing'
        squared = f'squared error of the probability of "{short(classes[1], 24)}"; 0 is perfect'
    else:
        ranked = "of each class against the others, mean over classes; 0.5 is guessing"
        squared = "squared errors of the probabilities, summed over classes; 0 is perfect"
    area = decisions.auc
    return (
        Measure(
            "auc",
            "AUC",
            notation(area.value),
            "",
            "" if math.isnan(area.low) else interval(area, notation),
            ranked,
        ),
        Measure(
            "brier",
            "Brier score",
            notation(decisions.brier.value),
            "",
            interval(decisions.brier, notation),
            squared,
        ),
    )


def _yardsticks(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """
    Reference values of the held-out cross-entropy, without intervals: prior entropy, skill, training
    cross-entropy.

    The text of the last one has the share of misclassified training rows, unless it is nan.
    """
    judgement, training = findings.held_out, findings.training
    wrong = "" if math.isnan(training.error) else f"; {percent(training.error)} wrong"
    rows = f"{count(findings.rows.train)} rows" if findings.rows.train else "rows"
    return (
        Measure(
            "prior_entropy",
            "Prior entropy",
            notation(judgement.prior_entropy),
            "nats",
            "",
            "cross-entropy of the class frequencies alone",
        ),
        Measure(
            "skill",
            "Skill",
            percent(judgement.skill),
            "",
            "",
            "share of the prior entropy that the model removes",
        ),
        Measure(
            "training",
            "Training cross-entropy",
            notation(training.cross_entropy),
            "nats",
            "",
            f"on the {rows} it was fitted to{wrong}",
        ),
    )
