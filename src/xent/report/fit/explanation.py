"""Findings about a fitted classifier: training summary, largest coefficients, and descent races."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.lab.descent_race import Race, race
from xent.models.penalty_search import PenaltyCandidate
from xent.report.fit.findings import Candidate, Coefficient, Training
from xent.report.fit.network_findings import EpochFinding, NetworkTraining
from xent.scoring import Estimate

__all__ = ["races", "strongest_coefficients", "training"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_STRONGEST = 20
_BLOCK = 65_536


def training(
    classifier: Any, X: Array | None = None, codes: Codes | None = None, weights: Array | None = None
) -> Training | NetworkTraining:
    """
    Training summary of `classifier`, fitted to the rows of `X` with class `codes`; losses in nats.

    For a network it is a `NetworkTraining` (epochs, their losses, size, device), else a `Training` (C and its
    candidates, steps, tolerance, last gap within it or not). Both have the training loss as the classifier
    keeps it. `X`, features as the classifier takes them, `codes` and `weights`, None for 1, are for the share
    of misclassified rows alone, which is nan without `X` or `codes`, as for a saved model.
    """
    if has_network(classifier):
        return _network_training(classifier, _training_error(classifier, X, codes, weights))
    search = classifier.penalty_search_
    return Training(
        C=classifier.C_,
        candidates=() if search is None else tuple(_candidate(c) for c in search.candidates),
        cross_validation_rows=0 if search is None else search.rows,
        iterations=classifier.history_,
        tol=classifier.tol,
        converged=classifier.gap_ <= classifier.tol,
        cross_entropy=classifier.loss_,
        error=_training_error(classifier, X, codes, weights),
    )


def has_network(classifier: Any) -> bool:
    """
    True if `classifier` is a fitted network, which has an attribute ``module_``; PyTorch is not
    imported.
    """
    return hasattr(classifier, "module_")


def _network_training(classifier: Any, error: float) -> NetworkTraining:
    """
    Training summary of a fitted network: losses after each epoch, the one kept, size, device, temperature.

    `error` is the share of misclassified training rows, which is taken as it is.
    """
    return NetworkTraining(
        epochs=tuple(EpochFinding(e.number, e.cross_entropy, e.held_out) for e in classifier.history_),
        best_epoch=classifier.best_epoch_,
        held_out_rows=classifier.held_out_rows_,
        interrupted=classifier.interrupted_,
        loss=getattr(classifier.loss, "name", str(classifier.loss)),
        weights=sum(each.numel() for each in classifier.module_.parameters()),
        device=classifier.device_,
        calibration=classifier.calibration_.reason,
        cross_entropy=classifier.loss_,
        error=error,
    )


def _training_error(classifier: Any, X: Array | None, codes: Codes | None, weights: Array | None) -> float:
    """
    Weighted share, 0 to 1, of the rows of `X` whose class `classifier` does not predict; nan without `X` or
    `codes`.

    `codes`, (n,), are the true classes of the rows, and `weights`, (n,), their weights, None for 1.
    """
    if X is None or codes is None:
        return math.nan
    wrong = np.empty(len(codes), dtype=bool)
    for start in range(0, len(codes), _BLOCK):
        rows = slice(start, start + _BLOCK)
        wrong[rows] = classifier.predict(X[rows]) != codes[rows]
    return float(np.average(wrong, weights=weights))


def _candidate(candidate: PenaltyCandidate) -> Candidate:
    """Candidate of the penalty search with the 95 % normal interval of its cross-entropy."""
    mean, half = candidate.cross_entropy, 1.96 * candidate.standard_error
    return Candidate(candidate.C, Estimate(mean, mean - half, mean + half))


def races(classifier: Any, X: Array, codes: Codes) -> tuple[Race, ...]:
    """
    Races, gradient descents of cross-entropy and of squared error from one start, on the training rows `X`.

    `codes` are their classes, and `X` features as the classifier takes them; rows count equally. A linear
    model has two races, "zero" from zero weights and "wrong" from confidently wrong ones. A network has one,
    from wrong weights, or none if it has no linear ``head`` or its loss is not one of logits.
    """
    if has_network(classifier):
        from xent.networks.race import network_race

        found = network_race(classifier, X, codes)
        return () if found is None else (found,)
    fitted = np.column_stack([classifier.coef_, classifier.intercept_])
    return tuple(race(X, codes, fitted, start) for start in ("zero", "wrong"))


def strongest_coefficients(
    classifier: Any,
    features: Iterable[str],
    labels: tuple[str, ...],
    *,
    omitted: Iterable[str] = (),
    errors: Array | None = None,
) -> tuple[Coefficient, ...]:
    """
    The 20 coefficients of largest absolute value, in descending order of it; intercepts are not among them.

    `features` names the columns of the coefficients, `labels` the classes in the order of the model; features
    in `omitted` are not listed. The result is empty for a network. Two classes have coefficients of the
    second class only. `errors` are standard errors in the shape of the coefficients, for 95 % intervals; None
    gives intervals of nan.
    """
    if has_network(classifier):
        return ()
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
    """Coefficient [k, j] with the ends of its 95 % normal interval, which are nan if `errors` is None."""
    value = float(coefficients[k, j])
    half = math.nan if errors is None else 1.96 * float(errors[k, j])
    return value, value - half, value + half
