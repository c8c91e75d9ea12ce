"""Findings as one self-contained web page, without scripts and without external fonts or pictures."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from xent.drawing import number_format
from xent.drawing.number_format import counted, typeset
from xent.drawing.short_text import printable
from xent.report.fit import sentences
from xent.report.fit.class_ranking import class_ranking
from xent.report.fit.column_groups import column_groups
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.findings import Coefficient, FitFindings
from xent.report.fit.headline import headline
from xent.report.fit.heat_map import heat_map
from xent.report.fit.network_findings import NetworkTraining
from xent.report.fit.network_pictures import learning_curves
from xent.report.fit.race_pictures import race_panels
from xent.report.fit.race_sentences import race_in_one_sentence, telling_race
from xent.report.fit.reliability_diagram import reliability_diagram
from xent.report.fit.sample_pictures import SamplePicture, class_pictures, surprising_pictures
from xent.report.fit.threshold_lines import THRESHOLD_HEADS, threshold_lines
from xent.report.fit.training_pictures import gap_per_step, loss_per_step, search_for_C
from xent.report.html_filters import FILTERS
from xent.scoring.judgement import ClassShare
from xent.scoring.precision_recall import PrecisionRecall

__all__ = ["render_html"]

_MOST_CLASSES = 100
_MOST_COLUMNS = 30
_MOST_COEFFICIENTS = 20
_MOST_CONFUSIONS = 10
_WHY = (
    "The gradient of squared error carries the factor p(1 \N{MINUS SIGN} p), which vanishes where the model "
    "is sure and wrong; that of cross-entropy is p \N{MINUS SIGN} y, which is largest there."
)


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
    section is omitted. The 100 classes of the largest shares of the loss are shown, and ten surprising rows,
    ten confusions and 20 coefficients; of more than 30 columns those of one kind share a line.
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
            ranking=_ranking(findings),
            skill=_skill(findings),
            thresholds=threshold_lines(findings, typeset),
            threshold_heads=THRESHOLD_HEADS,
            heat=heat_map(findings),
            # For up to three classes the confusion matrix is no longer than this list.
            confusions=frequent_confusions(findings, _MOST_CONFUSIONS) if len(findings.classes) > 3 else (),
            coefficients=_bars(findings.coefficients[:_MOST_COEFFICIENTS]),
            columns=column_groups(findings.columns, _MOST_COLUMNS),
            race=_race(findings),
            samples=_samples(findings),
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
    environment.filters |= FILTERS | {"with_code": _with_code}
    return environment


def _sentences(findings: FitFindings) -> dict[str, str]:
    """Sentences of the page by their names in the template."""
    said = {
        "attribution": sentences.attribution(findings),
        "calibration": sentences.calibration(findings.held_out),
        "certificate": sentences.certificate(findings.training, typeset),
        "choice_of_C": sentences.choice_of_C(findings.training, typeset),
        "coefficient_intervals": sentences.coefficient_intervals(findings),
        "commonest_confusion": sentences.commonest_confusion(findings),
        "model_choice": sentences.model_choice(findings, typeset),
        "other_classes": sentences.other_classes(findings.held_out, _MOST_CLASSES),
        "costliest_class": sentences.costliest_class(findings.held_out),
        "result": sentences.result(findings.held_out, typeset),
        "subject": sentences.subject(findings),
        "thresholds": sentences.thresholds(findings),
        "training_above_held_out": sentences.training_above_held_out(findings, typeset),
        "whereabouts": sentences.whereabouts(findings),
        "why": _WHY,
    }
    return {name: _unbroken(sentence) for name, sentence in said.items()}


def _with_code(sentence: str) -> Markup:
    """
    Escaped `sentence` in which pieces between backquotes are code; an odd last backquote stands as it is.

    Control characters are replaced, and spaces before per-cent signs do not break.
    """
    plain, *pieces = _unbroken(printable(sentence)).split("`")
    # After an odd number of backquotes the last one stands as it is.
    marked = zip(pieces[::2], pieces[1::2], strict=False)
    whole = escape(plain) + Markup("").join(Markup("<code>{}</code>{}").format(*pair) for pair in marked)
    return whole + (escape("`" + pieces[-1]) if len(pieces) % 2 else "")


def _unbroken(sentence: str) -> str:
    """`sentence` with no-break spaces before per-cent signs."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def _pictures(findings: FitFindings) -> dict[str, Markup]:
    """
    SVG pictures of the page by their names in the template; an empty string omits a picture.

    They are ``learning`` and ``reliability`` for a network, else ``gap``, ``loss``, ``reliability`` and
    ``search``.
    """
    training = findings.training
    reliability = Markup(reliability_diagram(findings.held_out))  # noqa: S704 - svg_panel escapes its label
    if isinstance(training, NetworkTraining):
        curves = Markup(learning_curves(training))  # noqa: S704 - same
        return {"learning": curves, "reliability": reliability}
    return {
        "gap": Markup(gap_per_step(training)),  # noqa: S704 - same
        "loss": Markup(loss_per_step(training)),  # noqa: S704 - same
        "reliability": reliability,
        "search": Markup(search_for_C(training)),  # noqa: S704 - same
    }


def _race(findings: FitFindings) -> dict[str, Any] | None:
    """
    Variables ``sentence`` and ``panels`` (a list of ``title`` and ``svg``) for the race that tells most, or
    None.

    It is the race from confidently wrong weights if there is one, else the last. None without races, or if
    both losses halve the errors in about as many steps and end with about as many.
    """
    race = telling_race(findings.races)
    if race is None:
        return None
    return {
        "sentence": _unbroken(race_in_one_sentence(race, typeset)),
        "panels": [
            {"title": one.title, "svg": Markup(one.svg)}  # noqa: S704 - svg_panel escapes its label
            for one in race_panels(race, name="race")
        ],
    }


def _samples(findings: FitFindings) -> dict[str, Any]:
    """
    Variables of the template for rows that are signals or images; empty or False if they are neither.

    They are ``shape``, True for images; ``channels``, words for further ones; ``surprising`` and ``classes``,
    lists of pictures; and ``more``, a sentence on classes that are not drawn.
    """
    shown = class_pictures(findings)
    classes = () if findings.samples is None else findings.samples.classes
    more = sum(one.rows > 0 for one in classes) - len(shown)
    return {
        "shape": findings.samples is not None and findings.samples.shape is not None,
        "channels": "" if findings.samples is None else sentences.channels(findings.samples),
        "surprising": _marked(surprising_pictures(findings)),
        "classes": _marked(shown),
        "more": f"The other {counted(more, 'class')} are not drawn." if more else "",
    }


def _marked(pictures: tuple[SamplePicture, ...]) -> list[dict[str, Any]]:
    return [
        {"title": one.title, "note": one.note, "picture": Markup(one.picture)}  # noqa: S704 - labels are escaped
        for one in pictures
    ]


def _ranking(findings: FitFindings) -> list[tuple[ClassShare, PrecisionRecall]]:
    """Classes of the largest losses, each with its precision and recall."""
    rates = dict(zip(findings.classes, findings.decisions.rates, strict=True))
    return [(one, rates[one.label]) for one in class_ranking(findings.held_out)[:_MOST_CLASSES]]


def _bars(coefficients: tuple[Coefficient, ...]) -> list[tuple[Coefficient, float]]:
    """
    Coefficients, each with the length of its bar, 0 to 1, relative to the largest in absolute value.

    The length is 0 for a coefficient that is not finite, which does not count as the largest.
    """
    sizes = [abs(one.value) if math.isfinite(one.value) else 0.0 for one in coefficients]
    longest = max(sizes, default=0.0) or 1.0
    return [(one, round(size / longest, 4)) for one, size in zip(coefficients, sizes, strict=True)]


def _skill(findings: FitFindings) -> float | None:
    """Length of the bar of the skill, from 0 to 1; None if the skill is undefined or negative."""
    skill = findings.held_out.skill
    return round(skill, 4) if 0 <= skill <= 1 else None
