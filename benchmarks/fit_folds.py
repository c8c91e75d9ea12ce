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
# Rivals, and the tolerance from which a coarsest one is looked for: at ten times as much none was near.
_SOLVERS = {
    "multi15": {"lbfgs": 1e-6, "newton-cg": 1e-6},
    "tall_easy": {"lbfgs": 1e-5, "newton-cholesky": 1e-2},
}
_DECADES = 3


def fold_rows(runs: int, clock: Callable[[], float]) -> list[dict[str, Any]]:
    """Median seconds of each contestant for each set."""
    rows = []
    for name, solvers in _SOLVERS.items():
        X, y = fit_set(name)
        ours = LogisticRegressionCV(Cs=10, cv=5)
        truth = quietly(ours, X, y).paths_[0].fold_losses
        models: dict[str, Any] = {"xent": ours, "default": _rival("lbfgs", 1e-4)}
        errors = {"xent": 0.0, "default": _distance(quietly(models["default"], X, y), truth)}
        seconds: dict[str, list[float]] = {"xent": [], "default": []}
        for solver, coarsest in solvers.items():
            for decade in range(_DECADES):
                model = _rival(solver, coarsest / 10**decade)
                took = _seconds(model, X, y, clock)
                if (error := _distance(model, truth)) <= _NEAR:
                    # The fit that was found is the first that counts: it takes as long as all of xent's.
                    models[solver], errors[solver], seconds[solver] = model, error, [took]
                    break
        for run in range(runs):
            for key, model in models.items():
                if run or not seconds[key]:
                    seconds[key].append(_seconds(model, X, y, clock))
        rows.append(
            {
                "set": name,
                "rows": len(y),
                "runs": runs,
                "seconds": {key: statistics.median(each) for key, each in seconds.items()},
                "errors": errors,
                "tolerances": {key: models[key].tol for key in models if key != "xent"},
            }
        )
    return rows


def _seconds(model: Any, X: Any, y: Any, clock: Callable[[], float]) -> float:
    """Seconds of a fit."""
    began = clock()
    quietly(model, X, y)
    return clock() - began


def _rival(solver: str, tol: float) -> Any:
    return Rival(Cs=10, cv=5, solver=solver, tol=tol, max_iter=2000, scoring="neg_log_loss")


def _distance(model: Any, truth: Any) -> float:
    """Largest distance of a rival's fold losses from `truth`, of shape (folds, values of C)."""
    scores = model.scores_
    scores = next(iter(scores.values())) if isinstance(scores, dict) else scores
    return float(np.abs(-np.reshape(scores, truth.shape) - truth).max())
