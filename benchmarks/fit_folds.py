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
# Rows: fifty fits of a rival to all of tall_easy take minutes.
_ROWS = 20_000
_SOLVERS = {"multi15": ("lbfgs", "newton-cg"), "tall_easy": ("lbfgs", "newton-cholesky")}
_TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)


def fold_rows(runs: int, clock: Callable[[], float]) -> list[dict[str, Any]]:
    """Median seconds of each contestant for each set."""
    rows = []
    for name, solvers in _SOLVERS.items():
        X, y = (part[:_ROWS] for part in fit_set(name))
        models: dict[str, Any] = {"xent": LogisticRegressionCV(Cs=10, cv=5)}
        truth = quietly(models["xent"], X, y).paths_[0].fold_losses
        models["default"] = _rival("lbfgs", 1e-4)
        errors = {"xent": 0.0, "default": _distance(quietly(models["default"], X, y), truth)}
        for solver in solvers:
            for tol in _TOLERANCES:
                model = _rival(solver, tol)
                error = _distance(quietly(model, X, y), truth)
                if error <= _NEAR:
                    models[solver], errors[solver] = model, error
                    break
        seconds: dict[str, list[float]] = {key: [] for key in models}
        for _ in range(runs):
            for key, model in models.items():
                began = clock()
                quietly(model, X, y)
                seconds[key].append(clock() - began)
        rows.append(
            {
                "set": name,
                "rows": len(y),
                "seconds": {key: statistics.median(each) for key, each in seconds.items()},
                "errors": errors,
                "tolerances": {key: models[key].tol for key in models if key != "xent"},
            }
        )
    return rows


def _rival(solver: str, tol: float) -> Any:
    return Rival(Cs=10, cv=5, solver=solver, tol=tol, max_iter=2000, scoring="neg_log_loss")


def _distance(model: Any, truth: Any) -> float:
    """Largest distance of a rival's fold losses from `truth`, of shape (folds, values of C)."""
    scores = model.scores_
    scores = next(iter(scores.values())) if isinstance(scores, dict) else scores
    return float(np.abs(-np.reshape(scores, truth.shape) - truth).max())
