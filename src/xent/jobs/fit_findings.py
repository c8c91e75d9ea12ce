"""Findings of a fit, from its problem, its model and the predictions of the held-out rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.data.level_indicators import complementary_names
from xent.jobs.fit_problem import FitProblem
from xent.jobs.table_model import TableModel
from xent.lab.descent_race import Race
from xent.report.fit.cautions import TableDoubts, cautions
from xent.report.fit.explanation import strongest_coefficients
from xent.report.fit.findings import Caution, ColumnFinding, FitFindings, RowCounts, Training
from xent.report.fit.network_findings import ModelChoice, NetworkTraining
from xent.report.fit.samples import Samples
from xent.scoring import Judgement
from xent.scoring.decision_scores import decision_scores
from xent.scoring.judge import judgement_of
from xent.scoring.predictions import Predictions, checked_predictions
from xent.version import __version__

__all__ = ["Measured", "fit_findings"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """
    Parts of the findings that need the table or the features, both of which are freed before the rest.

    Parameters
    ----------
    rows : RowCounts
        Numbers of rows, with remarks.
    columns : tuple of ColumnFinding
        All columns except the target.
    doubts : TableDoubts
        Doubts that the table gives.
    races : tuple of Race
        Descents on two losses.
    training : Training
        Summary of the optimisation.
    errors : ndarray or None
        Standard errors of the coefficients.
    log_probs : ndarray of shape (n, K)
        Predictions of the held-out rows.
    repeated : ndarray of bool of shape (n,)
        True for held-out rows that also stand in training.
    masses : ndarray of shape (K,), optional
        Weight of the training rows of each class; None for their numbers.
    samples : Samples, optional
        Rows as signals or images.
    choice : ModelChoice or None
        Comparison of a linear model and a network, if one was asked for.
    """

    rows: RowCounts
    columns: tuple[ColumnFinding, ...]
    doubts: TableDoubts
    races: tuple[Race, ...]
    training: Training | NetworkTraining
    errors: Array | None
    log_probs: Array
    repeated: NDArray[np.bool_]
    masses: Array | None = None
    samples: Samples | None = None
    choice: ModelChoice | None = None


def fit_findings(
    problem: FitProblem, model: TableModel, measured: Measured, seconds: dict[str, float]
) -> FitFindings:
    """
    Findings of the fit of `model` to `problem`, from what was `measured`; `seconds` are those by phase.

    Losses of the held-out rows are in nats, weighted by the rows' weights. Intervals are by groups; without
    groups, or if all held-out rows are of one, rows count as independent, and a caution tells of the one
    group. The class that an error is compared with is that of the most weight in training, the first of equal
    ones. Of a category with two indicators, the coefficients of the first, opposite to the others, are not
    listed.
    """
    labels = problem.labels
    predictions = _held_out_predictions(problem, measured.log_probs)
    judgement = judgement_of(predictions)
    masses = model.counts if measured.masses is None else measured.masses
    names, omitted = model.encoder.get_feature_names_out(), complementary_names(model.encoder.categories_)
    return FitFindings(
        name=problem.name,
        target=problem.target,
        classes=labels,
        rows=measured.rows,
        columns=measured.columns,
        training=measured.training,
        held_out=judgement,
        decisions=decision_scores(predictions, commonest=int(np.argmax(masses))),
        cautions=_cautions(problem, model, measured, predictions, judgement),
        coefficients=strongest_coefficients(
            model.classifier, names, labels, omitted=omitted, errors=measured.errors
        ),
        races=measured.races,
        choice=measured.choice,
        seconds=seconds,
        version=__version__,
        samples=measured.samples,
    )


def _held_out_predictions(problem: FitProblem, log_probs: Array) -> Predictions:
    """
    Checked predictions of the held-out rows by `log_probs`, (n, K), in nats, with their classes, numbers and
    weights.

    They have their groups, but none if all of these rows are of one group: then rows count as independent.
    """
    return checked_predictions(
        log_probs,
        problem.goal.codes[problem.held_out],
        classes=problem.labels,
        rows=problem.goal.rows[problem.held_out],
        sample_weight=problem.held_out_weights,
        # A single group has no interval; a caution says so.
        groups=None if problem.has_one_held_out_group else problem.held_out_groups,
        caller="fit",
    )


def _cautions(
    problem: FitProblem,
    model: TableModel,
    measured: Measured,
    predictions: Predictions,
    judgement: Judgement,
) -> tuple[Caution, ...]:
    """Reasons for doubt in the fit, from table, training and held-out predictions; empty for none."""
    return cautions(
        measured.doubts,
        rows=measured.rows,
        columns=measured.columns,
        labels=problem.labels,
        counts=np.asarray(model.counts),
        judgement=judgement,
        training=measured.training,
        repeated=measured.repeated,
        log_probs=measured.log_probs,
        codes=problem.goal.codes[problem.held_out],
        weights=predictions.weights,
        in_one_group=problem.has_one_held_out_group,
    )
