"""Findings about a fitted classifier: training summary, largest coefficients, and descent races."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.lab.descent_race import Race, race
from xent.models import LogisticRegression
from xent.models.penalty_search import PenaltyCandidate
from xent.report.fit.findings import Candidate, Coefficient, Training
from xent.scoring import Estimate

__all__ = ["races", "strongest_coefficients", "training"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_STRONGEST = 20
_BLOCK = 65_536


def training(classifier: LogisticRegression, X: Array | None = None, codes: Codes | None = None) -> Training:
    """
    Training summary of `classifier`, fitted to the rows of `X` with class `codes`; losses in nats.

    Without these rows, as for a saved model, the error is nan.
    """
    search = classifier.penalty_search_
    return Training(
        C=classifier.C_,
        candidates=() if search is None else tuple(_candidate(c) for c in search.candidates),
        cross_validation_rows=0 if search is None else search.rows,
        iterations=classifier.history_,
        tol=classifier.tol,
        converged=classifier.gap_ <= classifier.tol,
        cross_entropy=classifier.loss_,
        error=math.nan if X is None or codes is None else _error(classifier, X, codes),
    )


def _error(classifier: LogisticRegression, X: Array, codes: Codes) -> float:
    """Share of misclassified rows, predicted block by block."""
    wrong = 0
    for start in range(0, len(codes), _BLOCK):
        rows = slice(start, start + _BLOCK)
        wrong += int(np.sum(classifier.predict(X[rows]) != codes[rows]))
    return wrong / len(codes)


def _candidate(candidate: PenaltyCandidate) -> Candidate:
    """Candidate of the penalty search with the 95 % normal interval of its cross-entropy."""
    mean, half = candidate.cross_entropy, 1.96 * candidate.standard_error
    return Candidate(candidate.C, Estimate(mean, mean - half, mean + half))


def races(classifier: LogisticRegression, X: Array, codes: Codes) -> tuple[Race, ...]:
    """Races of cross-entropy and squared error, from zero weights and from confidently wrong weights."""
    fitted = np.column_stack([classifier.coef_, classifier.intercept_])
    return tuple(race(X, codes, fitted, start) for start in ("zero", "wrong"))


def strongest_coefficients(
    classifier: LogisticRegression,
    features: Iterable[str],
    labels: tuple[str, ...],
    *,
    omitted: Iterable[str] = (),
    errors: Array | None = None,
) -> tuple[Coefficient, ...]:
    """
    The `_STRONGEST` coefficients of largest absolute value, in descending order.

    `features` names the columns of the coefficients, `labels` the classes in the order of the model; features
    in `omitted` are not listed. `errors` are the standard errors of the coefficients, None for no intervals.
    """
    names, hidden = list(features), set(omitted)
    # A binary model has one row of coefficients, that of the second class.
    rows = labels[1:] if len(labels) == 2 else labels
    shown = np.flatnonzero([name not in hidden for name in names])
    flat = classifier.coef_[:, shown].ravel()
    order = np.argsort(-np.abs(flat), kind="stable")[:_STRONGEST]
    places = ((i // len(shown), shown[i % len(shown)]) for i in order)
    return tuple(
        Coefficient(rows[k], str(names[j]), *_interval(classifier.coef_, errors, k, j)) for k, j in places
    )


def _interval(coefficients: Array, errors: Array | None, k: Any, j: Any) -> tuple[float, float, float]:
    """Coefficient with the ends of its 95 % normal interval, nan without standard errors."""
    value = float(coefficients[k, j])
    half = math.nan if errors is None else 1.96 * float(errors[k, j])
    return value, value - half, value + half
