"""Sentences about the validity of standard errors, for one fit."""

from __future__ import annotations

from xent.models.inference.fitted_rows import FittedRows

__all__ = ["notes_of"]


def notes_of(fit: FittedRows, covariance: str) -> tuple[str, ...]:
    """
    Sentences that a reader of the standard errors of `fit` needs; none for unpenalised fits of plain rows.

    There is one each for a penalty, Firth's method, a `covariance` of "clustered" and class weights, in this
    order.
    """
    notes = []
    if fit.estimation == "penalised likelihood":
        notes.append(
            f"Standard errors and intervals are those of the penalised fit (C = {fit.C:g}): the penalty "
            "shrinks coefficients and standard errors, so the intervals do not cover the coefficients of the "
            "population at the nominal level. Fit with C = inf or by Firth's method for inference."
        )
    if fit.estimation == "Firth":
        notes.append(
            "Standard errors are those of the inverse information at the estimate of Firth's method."
        )
    if covariance == "clustered":
        notes.append("The clustered covariance needs some dozens of clusters to be accurate.")
    if fit.weighted_classes:
        notes.append(
            "The fit has class weights: its coefficients are those of reweighted classes, and the model's "
            "covariance treats the weights as frequencies."
        )
    return tuple(notes)
