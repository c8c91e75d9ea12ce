"""
Cross-validation of ten values of C on five folds, beside scikit-learn's at equal accuracy.

Accuracy is that of the losses of the folds: a rival gets the coarsest tolerance with which none of the fifty
is more than 2e-4 nats from that of its minimum, about a hundredth of its standard error.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegressionCV as Rival

from benchmarks.fit_rivals import quietly
from benchmarks.fit_sets import fit_set
from xent import LogisticRegressionCV

__all__ = ["fold_rows"]

_NEAR = 2e-4  # nats
# Solvers of scikit-learn, and the tolerance at which the search for a coarsest one begins.
_SOLVERS = {
    "multi15": {"lbfgs": 1e-5, "newton-cg": 1e-5},
    "tall_easy": {"lbfgs": 1e-4, "newton-cholesky": 1e-2},
}
_DECADES = 4


def fold_rows(runs: int, clock: Callable[[], float], known: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Median seconds of each contestant for each set, in turns.

    `known` holds the tolerances of the rivals by set, under ``folds``, and gets those that are found.
    """
    return [_row(name, runs, clock, known) for name in _SOLVERS]


def _row(name: str, runs: int, clock: Callable[[], float], known: dict[str, Any]) -> dict[str, Any]:
    X, y = fit_set(name)
    ours = LogisticRegressionCV(Cs=10, cv=5)
    # A fit with a certificate of 1e-8 in every fold stands for the minimum.
    truth = quietly(ours, X, y).paths_[0].fold_losses
    tolerances = known.setdefault(name, {"set": name}).get("folds") or _searched(name, X, y, truth)
    known[name]["folds"] = tolerances
    models: dict[str, Any] = {"xent": ours, "default": _rival("lbfgs", 1e-4)}
    models |= {solver: _rival(solver, tol) for solver, tol in tolerances.items()}
    seconds: dict[str, list[float]] = {key: [] for key in models}
    for turn in range(runs):
        keys = list(models)
        for key in keys[turn % len(keys) :] + keys[: turn % len(keys)]:
            began = clock()
            quietly(models[key], X, y)
            seconds[key].append(clock() - began)
    errors = {key: 0.0 if key == "xent" else _distance(model, truth) for key, model in models.items()}
    return {
        "set": name,
        "rows": len(y),
        "runs": runs,
        "seconds": {key: statistics.median(each) for key, each in seconds.items()},
        "errors": errors,
        "tolerances": {key: models[key].tol for key in models if key != "xent"},
    }


def _searched(name: str, X: Any, y: Any, truth: Any) -> dict[str, float]:
    """Coarsest tolerance of each rival with which all folds are near; a rival without one has no entry."""
    found = {}
    for solver, coarsest in _SOLVERS[name].items():
        for decade in range(_DECADES):
            tol = coarsest / 10**decade
            if _distance(quietly(_rival(solver, tol), X, y), truth) <= _NEAR:
                found[solver] = tol
                break
    return found


def _rival(solver: str, tol: float) -> Any:
    return Rival(Cs=10, cv=5, solver=solver, tol=tol, max_iter=2000, scoring="neg_log_loss")


def _distance(model: Any, truth: Any) -> float:
    """Largest distance of a rival's fold losses from `truth`, of shape (folds, values of C)."""
    scores = model.scores_
    scores = next(iter(scores.values())) if isinstance(scores, dict) else scores
    return float(np.abs(-np.reshape(scores, truth.shape) - truth).max())
