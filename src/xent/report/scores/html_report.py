"""Findings of predictions as one self-contained web page, without scripts and external files."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xent.drawing import number_format
from xent.drawing.number_format import typeset
from xent.report.fit import sentences as of_judgement
from xent.report.fit.class_ranking import class_ranking
from xent.report.fit.confusions import frequent_confusions
from xent.report.fit.heat_map import heat_map
from xent.report.fit.reliability_diagram import reliability_diagram
from xent.report.html_filters import FILTERS
from xent.report.scores import sentences
from xent.report.scores.findings import ModelFindings, ScoreFindings
from xent.report.scores.lines import account_lines, calibration_lines, headline_lines
from xent.report.scores.waterfall import waterfall
from xent.scoring.comparison import Comparison

__all__ = ["render_html"]

_MOST_CLASSES = 100
_MOST_CONFUSIONS = 10
_MOST_MODELS = 12
_MOST_COMPARISONS = 30


def render_html(findings: ScoreFindings) -> str:
    """
    Render the findings as one self-contained HTML page.

    Parameters
    ----------
    findings : ScoreFindings
        Findings of `xent score` or `xent compare`.

    Returns
    -------
    str
        HTML document below 400 kB whatever the number of rows; equal findings give equal documents.

    Notes
    -----
    The account comes first. Classes, confusions and reliability are those of the model of least loss, in the
    words of the report of a fit. All text from the data is escaped and is not drawn into pictures.

    **Edge cases.** Numbers that are not finite are written as words and omitted from pictures; an empty
    section is omitted. Shown are the first 12 models, 20 label errors of each, the first 30 comparisons, and
    slices and rows of the first three of these.
    """
    best = findings.best
    context = {
        "findings": best,
        "scores": findings,
        "level": number_format.coverage(best.held_out.cross_entropy),
        "subject": _unbroken(sentences.subject(findings)),
        "models": [_model(one, place) for place, one in enumerate(findings.models[:_MOST_MODELS])],
        "comparisons": [_comparison(one) for one in findings.comparisons[:_MOST_COMPARISONS]],
        "several": len(findings.models) > 1,
        **_shared(best),
    }
    return _environment().get_template("scores.html").render(**context)


@cache
def _environment() -> Environment:
    """Template environment with the number formats as filters; the fit's templates come second."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("xent.report.scores"), PackageLoader("xent.report.fit")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS | {
        "interval": lambda estimate: number_format.interval(estimate, typeset),
        "p": number_format.p_value,
    }
    return environment


def _model(model: ModelFindings, place: int) -> dict[str, Any]:
    """
    Variables of the template for one model, the one with the number `place`, from which ids are made.

    They are ``id``; ``findings``, the model; ``space``, ``result``, ``accounted`` ("" without an account of
    the loss) and ``mislabelled``, sentences; ``said`` and ``confidence``, lists of sentences that are not
    empty; ``headline``, ``account`` and ``calibration``, lists of tuples of text, lines of tables; and
    ``waterfall``, the picture of the account, "" without one.
    """
    said = [
        sentences.infinite(model.summary, typeset),
        sentences.units(model.summary),
    ]
    of = model.calibration
    account = model.account
    return {
        "id": f"model-{place}",
        "findings": model,
        "space": sentences.space(model),
        "result": _unbroken(sentences.result(model, typeset)),
        "said": [_unbroken(one) for one in said if one],
        "accounted": "" if account is None else _unbroken(sentences.accounted(account, typeset)),
        "waterfall": "" if account is None else Markup(waterfall(account, name=f"waterfall-{place}")),  # noqa: S704 - svg_panel escapes its label
        "headline": headline_lines(model, typeset),
        "account": account_lines(model, typeset),
        "calibration": calibration_lines(model, typeset),
        "confidence": [
            _unbroken(one)
            for one in (sentences.confidence(of), sentences.chance(of), sentences.tested(of, typeset))
            if one
        ],
        "mislabelled": _unbroken(sentences.mislabelled(model.label_errors)),
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    """Sentences of one comparison."""
    return {
        "of": one,
        "decision": _unbroken(sentences.decision(one, typeset)),
        "remarks": _unbroken(sentences.remarks(one)),
    }


def _shared(best: ModelFindings) -> dict[str, Any]:
    """
    Variables of the sections that the report of a fit has too: sentences, ranking, heat, confusions and
    pictures.

    ``ranking`` has the 100 classes of the largest shares of the loss, each with its precision and recall;
    ``heat`` the lines of the confusion matrix; ``confusions`` the ten most frequent ones, none for three
    classes or fewer; ``pictures`` the reliability diagram; ``sentences`` four sentences by name.
    """
    rates = {one.label: one for one in best.rates}
    said = {
        "calibration": of_judgement.calibration(best.held_out),
        "commonest_confusion": of_judgement.commonest_confusion(best),
        "other_classes": of_judgement.other_classes(best.held_out, _MOST_CLASSES),
        "costliest_class": of_judgement.costliest_class(best.held_out),
    }
    return {
        "sentences": {name: _unbroken(sentence) for name, sentence in said.items()},
        "ranking": [(one, rates[one.label]) for one in class_ranking(best.held_out)[:_MOST_CLASSES]],
        "heat": heat_map(best),
        "confusions": frequent_confusions(best, _MOST_CONFUSIONS) if len(best.classes) > 3 else (),
        "pictures": {
            "reliability": Markup(reliability_diagram(best.held_out)),  # noqa: S704 - svg_panel escapes its label
        },
    }


def _unbroken(sentence: str) -> str:
    """`sentence` with no-break spaces before per-cent signs."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")
