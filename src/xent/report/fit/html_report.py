"""Findings as one self-contained web page, without scripts and without external fonts or pictures."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xent.drawing import number_format
from xent.drawing.number_format import typeset
from xent.drawing.short_text import short
from xent.lab.descent_race import Race
from xent.report.fit import race_sentences, sentences
from xent.report.fit.class_ranking import class_ranking, share_of_loss
from xent.report.fit.column_groups import column_groups
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.findings import Coefficient, FitFindings
from xent.report.fit.headline import headline
from xent.report.fit.heat_map import heat_map
from xent.report.fit.race_pictures import race_panels
from xent.report.fit.reliability_diagram import reliability_diagram
from xent.report.fit.training_pictures import gap_per_step, loss_per_step, search_for_C
from xent.scoring.judgement import ClassShare

__all__ = ["render_html"]

_MOST_CLASSES = 100
_MOST_COLUMNS = 100
_MOST_COEFFICIENTS = 20
_MOST_CONFUSIONS = 10


def render_html(findings: FitFindings) -> str:
    """
    Render the findings as one self-contained HTML page.

    Parameters
    ----------
    findings : FitFindings
        Findings of a fit.

    Returns
    -------
    str
        HTML document of about 100 kB, below 400 kB; equal findings give equal documents.

    Notes
    -----
    The page follows the light or dark setting of the browser and is readable on phones and on paper. All text
    from the data is escaped and is not drawn into pictures.

    **Edge cases.** Numbers that are not finite are written as words and omitted from pictures; an empty
    section is omitted.
    """
    return (
        _environment()
        .get_template("report.html")
        .render(
            findings=findings,
            measures=headline(findings, typeset),
            level=number_format.coverage(findings.held_out.cross_entropy),
            sentences=_sentences(findings),
            pictures=_pictures(findings),
            ranking=_shares(findings),
            heat=heat_map(findings),
            # For up to three classes the confusion matrix is no longer than this list.
            confusions=frequent_confusions(findings, _MOST_CONFUSIONS) if len(findings.classes) > 3 else (),
            coefficients=_bars(findings.coefficients[:_MOST_COEFFICIENTS]),
            columns=column_groups(findings.columns, _MOST_COLUMNS),
            races=[_race(race, number) for number, race in enumerate(findings.races)],
            **_remainder(findings),
        )
    )


@cache
def _environment() -> Environment:
    """Template environment with the number formats as filters."""
    environment = Environment(
        loader=PackageLoader("xent.report.fit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": number_format.count,
        "number": typeset,
        "percent": number_format.percent,
        "percent_interval": number_format.percent_interval,
        "share": lambda share: f"{100 * share:.4g} %",
        "share_of_loss": share_of_loss,
        "short": short,
        "signed": lambda x: number_format.signed(x, typeset),
        "signed_interval": lambda one: number_format.signed_interval(one.low, one.high, typeset),
    }
    return environment


def _sentences(findings: FitFindings) -> dict[str, str]:
    """Sentences of the page by their names in the template."""
    said = {
        "calibration": sentences.calibration(findings.held_out),
        "certificate": sentences.certificate(findings.training, typeset),
        "choice_of_C": sentences.choice_of_C(findings.training, typeset),
        "coefficient_intervals": sentences.coefficient_intervals(findings),
        "commonest_confusion": sentences.commonest_confusion(findings),
        "other_classes": sentences.other_classes(findings.held_out, _MOST_CLASSES),
        "costliest_class": sentences.costliest_class(findings.held_out),
        "result": sentences.result(findings.held_out, typeset),
        "subject": sentences.subject(findings),
        "whereabouts": sentences.whereabouts(findings),
        "why": race_sentences.WHY.replace(" - ", " \N{MINUS SIGN} "),
    }
    return {name: _unbroken(sentence) for name, sentence in said.items()}


def _unbroken(sentence: str) -> str:
    """`sentence` with no-break spaces before per-cent signs."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def _pictures(findings: FitFindings) -> dict[str, Markup]:
    """SVG pictures of the page by their names in the template; an empty string omits a picture."""
    return {
        "gap": Markup(gap_per_step(findings.training)),  # noqa: S704 - svg_panel escapes its label
        "loss": Markup(loss_per_step(findings.training)),  # noqa: S704 - same
        "reliability": Markup(reliability_diagram(findings.held_out)),  # noqa: S704 - same
        "search": Markup(search_for_C(findings.training)),  # noqa: S704 - same
    }


def _race(race: Race, number: int) -> dict[str, Any]:
    """Sentences and pictures of one race; `number` makes the ids of its pictures unique on the page."""
    panels = race_panels(race, name=f"race-{number}")
    return {
        "title": race_sentences.title(race),
        "outcome": _unbroken(race_sentences.outcome(race, typeset)),
        "pace": race_sentences.pace(race),
        "slope": race_sentences.slope(race, typeset),
        "panels": [{"title": one.title, "svg": Markup(one.svg)} for one in panels],  # noqa: S704 - same
    }


def _shares(findings: FitFindings) -> list[tuple[ClassShare, float]]:
    """Classes of the largest losses, with bar lengths relative to the first."""
    ranking = class_ranking(findings.held_out)
    largest = share_of_loss(ranking[0]) or 1.0
    return [(one, round(share_of_loss(one) / largest, 4)) for one in ranking[:_MOST_CLASSES]]


def _bars(coefficients: tuple[Coefficient, ...]) -> list[tuple[Coefficient, float]]:
    """Coefficients with bar lengths relative to the largest; 0 for a coefficient that is not finite."""
    sizes = [abs(one.value) if math.isfinite(one.value) else 0.0 for one in coefficients]
    longest = max(sizes, default=0.0) or 1.0
    return [(one, round(size / longest, 4)) for one, size in zip(coefficients, sizes, strict=True)]


def _remainder(findings: FitFindings) -> dict[str, float | None]:
    """Share of the prior entropy that the model leaves (None if undefined), and its bar width, at most 1."""
    left = 1 - findings.held_out.skill
    if not math.isfinite(left):
        return {"left": None, "left_width": 0.0}
    return {"left": left, "left_width": round(min(left, 1.0), 4)}
