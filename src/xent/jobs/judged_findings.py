"""Findings of a model that is judged on rows of its own."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.data.level_indicators import complementary_names
from xent.data.target_encoding import KnownTarget
from xent.jobs.table_model import TableModel
from xent.report.fit.cautions import cautions_of_test
from xent.report.fit.explanation import strongest_coefficients, training
from xent.report.fit.findings import Caution, ColumnFinding, FitFindings, RowCounts
from xent.report.fit.samples import Samples
from xent.scoring import Judgement
from xent.scoring.decision_scores import DecisionScores, decision_scores
from xent.scoring.judge import judgement_of
from xent.scoring.predictions import Predictions, checked_predictions
from xent.version import __version__

__all__ = ["findings_of_test"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


def findings_of_test(
    model: TableModel,
    name: str,
    known: KnownTarget,
    log_probs: Array,
    *,
    read: int,
    groups: tuple[str, Codes | None],
    weights: tuple[str, Array | None],
    said: list[str],
    judged: str,
    samples: Samples | None,
    began: float,
) -> FitFindings:
    """
    Findings, called `name`, of the predictions `log_probs`, (n, K), in nats, for the n rows of `known`.

    `read` is the number of all rows. `groups` is the column of groups, "" for none, and the group of each
    row, (n,); None for the latter means that rows count as independent, which a sentence says if there is a
    column. `weights` is the name of the weights, of a column or "sample_weight", and each row's, (n,), or ""
    and None. `said` are sentences about the rows, `judged` names the model, `samples` are findings about
    signals or pictures or None, and `began` is the time of the start by `time.perf_counter`. There are no
    races and no standard errors. Raises `DomainError` for weights that are negative, not finite or all 0.
    """
    labels = tuple(str(label) for label in model.classes)
    group, codes = groups
    if group and codes is None:
        said = [*said, f'All rows are of one group of "{group}", and the intervals take them as independent']
    predictions = checked_predictions(
        log_probs,
        known.codes,
        classes=labels,
        rows=known.rows,
        sample_weight=weights[1],
        groups=codes,
        caller="judge",
    )
    rows = _row_counts(model, known, read, group, codes, weight=weights[0])
    return _findings(
        model,
        name,
        judged=judged,
        rows=rows,
        judgement=judgement_of(predictions),
        decisions=_decisions(model, predictions),
        cautions=cautions_of_test(known.unknown, said, len(known.rows)),
        samples=samples,
        seconds={"judge": time.perf_counter() - began},
    )


def _row_counts(
    model: TableModel, known: KnownTarget, read: int, group: str, codes: Codes | None, *, weight: str
) -> RowCounts:
    """
    Numbers of rows: `read` in all, those of training by `model`, and those of `known`, which are all held
    out.

    The group is not named if rows count as independent, for `codes` of None.
    """
    return RowCounts(
        read,
        known.missing,
        sum(model.counts),
        len(known.rows),
        group="" if codes is None else group,
        groups=(0, 0 if codes is None else len(np.unique(codes))),
        weight=weight,
    )


def _decisions(model: TableModel, predictions: Predictions) -> DecisionScores:
    """
    Scores of decisions, beside always naming the commonest class in training.

    A model that does not know the numbers of its classes is compared with the class of the most weight in
    these rows.
    """
    counts = model.counts or np.bincount(
        predictions.codes, weights=predictions.weights, minlength=len(predictions.classes)
    )
    return decision_scores(predictions, commonest=int(np.argmax(counts)))


def _findings(
    model: TableModel,
    name: str,
    *,
    judged: str,
    rows: RowCounts,
    judgement: Judgement,
    decisions: DecisionScores,
    cautions: tuple[Caution, ...],
    samples: Samples | None,
    seconds: dict[str, float],
) -> FitFindings:
    """
    Findings of `model` on the rows judged, from the parts that are given.

    They have no races, no standard errors and no training error, for which the training rows would be needed.
    Columns are those of the model's encoder; of a category with two indicators, the coefficients of the first
    are not listed.
    """
    labels = tuple(str(label) for label in model.classes)
    names = model.encoder.get_feature_names_out()
    omitted = complementary_names(model.encoder.categories_)
    return FitFindings(
        name=name,
        target=model.target,
        classes=labels,
        rows=rows,
        columns=tuple(map(ColumnFinding.of, model.encoder.columns)),
        training=training(model.classifier),
        held_out=judgement,
        decisions=decisions,
        coefficients=strongest_coefficients(model.classifier, names, labels, omitted=omitted),
        races=(),
        seconds=seconds,
        version=__version__,
        cautions=cautions,
        judged=judged,
        samples=samples,
    )
