"""Headline of a report: the most important measures, each with its interval and a short definition."""

from __future__ import annotations

from dataclasses import dataclass

from xent.drawing.number_format import Notation, count, interval, percent, percent_interval
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
    """Measures of the headline in the order of display; `notation` formats their numbers."""
    return (*_losses(findings, notation), *_yardsticks(findings, notation))


def _losses(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """Held-out cross-entropy in three units, and classification error."""
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
        Measure(
            "error",
            "Classification error",
            percent(judgement.error.value),
            "",
            percent_interval(judgement.error),
            "rows whose most probable class is not the true one",
        ),
    )


def _yardsticks(findings: FitFindings, notation: Notation) -> tuple[Measure, ...]:
    """Reference values for the held-out cross-entropy: prior entropy, skill, training cross-entropy."""
    judgement, training = findings.held_out, findings.training
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
            f"on the {count(findings.rows.train)} rows it was fitted to; {percent(training.error)} wrong",
        ),
    )
