"""All scores of one model, put in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xent.calibration.cross_fitting import CrossFitted, cross_fitted
from xent.data.predictions.prediction_table import ScoredModel
from xent.report.scores.findings import ModelFindings
from xent.scoring.account import Account, account
from xent.scoring.calibration_scores import calibration_scores
from xent.scoring.column_order import suspected_order
from xent.scoring.isotonic import Corp, corp
from xent.scoring.judge import judgement_of
from xent.scoring.label_errors import label_errors
from xent.scoring.loss_summary import loss_summary
from xent.scoring.precision_recall import precision_recall
from xent.scoring.predictions import Predictions
from xent.scoring.row_scores import RowScores
from xent.scoring.slices import SliceColumn, slice_losses

__all__ = ["model_scores"]

Array = NDArray[np.float64]


def model_scores(
    model: ScoredModel, scores: RowScores, slices: Sequence[SliceColumn], prior: Array | None, least: int
) -> ModelFindings:
    """
    Scores of `model`, whose rows have `scores`.

    `prior` are class probabilities from elsewhere or None; `least` is the least number of rows of a slice.
    """
    predictions = model.predictions
    fitted, accounts, learned = _accounts(predictions, scores, prior)
    return ModelFindings(
        name=model.name,
        space=model.space,
        recognised=model.recognised,
        classes=predictions.classes,
        held_out=judgement_of(predictions),
        rates=precision_recall(predictions),
        summary=loss_summary(predictions, scores, prior),
        account=accounts[0],
        brier_account=accounts[1],
        corp=_corp(predictions, scores),
        calibration=calibration_scores(predictions, scores),
        recalibration=() if fitted is None else fitted.candidates,
        slices=slice_losses(predictions, scores, slices, least=least),
        label_errors=label_errors(predictions, learned),
        notes=_notes(predictions, scores),
    )


def _accounts(
    predictions: Predictions, scores: RowScores, prior: Array | None
) -> tuple[CrossFitted | None, tuple[Account | None, Account | None], Array | None]:
    """
    Cross-fitted map; pair of the accounts of log loss and Brier score; and recalibrated log-probabilities,
    (n, K).

    An account divides the mean score into uncertainty, resolution and miscalibration. Map and accounts are of
    the rows of finite loss in `scores`; all are None, the pair of two None, if these are too few for two
    folds or have no weight. The log-probabilities, in nats, are None too if no fold's map changes the
    predictions, or if a loss is infinite. `prior`, (K,), has the class probabilities to compare with, None
    for the shares of those rows.
    """
    finite = np.isfinite(scores.losses)
    part = predictions if finite.all() else predictions.subset(finite)
    few = finite.sum() < 2 or (part.weights is not None and not part.weights.any())
    fitted = None if few else cross_fitted(part)
    if fitted is None:
        return None, (None, None), None
    K, n = len(predictions.classes), len(part.codes)
    limits = fitted.widest or (None, None)
    accounts = tuple(
        account(
            part,
            values[finite],
            recalibrated,
            score=name,
            seen_by=fitted.seen_by,
            coefficients=fitted.chosen.coefficients(K, n),
            left_out=int((~finite).sum()),
            prior=prior,
            widest=widest,
        )
        for name, values, recalibrated, widest in (
            ("log", scores.losses, fitted.losses, limits[0]),
            ("brier", scores.squared, fitted.squared, limits[1]),
        )
    )
    unchanged = set(fitted.names) == {"identity"} or not finite.all()
    learned = None if unchanged else fitted.recalibrated(predictions.log_probs)
    return fitted, (accounts[0], accounts[1]), learned


def _corp(predictions: Predictions, scores: RowScores) -> tuple[Corp, ...]:
    """
    In-sample accounts of log loss and of half the Brier score, in this order, by isotonic recalibration.

    Each is score = miscalibration - discrimination + uncertainty, weighted by the rows' weights. The tuple is
    empty unless there are two classes, of which the second is the event, and all losses are finite.
    """
    if len(predictions.classes) != 2 or not np.isfinite(scores.losses).all():
        return ()
    sides = predictions.log_probs[:, 0], predictions.log_probs[:, 1]
    events = predictions.codes == 1
    return tuple(corp(sides, events, score=name, weights=predictions.weights) for name in ("log", "brier"))


def _notes(predictions: Predictions, scores: RowScores) -> tuple[str, ...]:
    """
    Sentences about a suspected order of the columns, more classes than rows, and how many groups have one
    row.

    They are in this order, for the reader of a report, each only if its finding holds: the last if there is
    such a group.
    """
    n, classes = len(predictions.codes), predictions.classes
    notes = []
    order = suspected_order(predictions)
    if order is not None:
        moved = [f"{classes[k]!r} where {classes[j]!r} stands" for j, k in enumerate(order) if j != k][:6]
        found = np.mean(scores.predicted == predictions.codes)
        right = np.mean(np.asarray(order)[scores.predicted] == predictions.codes)
        notes.append(
            f"The columns seem to be in another order than the classes: {', '.join(moved)}. "
            f"So ordered, {right:.1%} of the rows would be right instead of {found:.1%}."
        )
    if len(classes) > n:
        notes.append(f"There are more classes ({len(classes):,}) than rows ({n:,}).")
    if predictions.groups is not None:
        _, sizes = np.unique(predictions.groups, return_counts=True)
        single = int((sizes == 1).sum())
        if single:
            of = (
                f"{single:,} of {len(sizes):,} groups have"
                if single > 1
                else f"1 of {len(sizes):,} groups has"
            )
            notes.append(f"{of} a single row.")
    return tuple(notes)
