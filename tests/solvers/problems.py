"""Seeded problems that the tests of this room share: off the origin, asymmetric, of uneven classes."""

import numpy as np

from xent.solvers.objective_in_memory import ObjectiveInMemory

KINDS = {
    "two classes": {"K": 2},
    "three classes": {"K": 3},
    "weighted": {"K": 3, "weighted": True},
    "weighted, two classes": {"K": 2, "weighted": True},
    "without intercept": {"K": 3, "fit_intercept": False},
    "more rows than a block": {"K": 3, "n": 40_000},
}


def problem(n=300, p=4, K=3, *, C=1.0, seed=0, weighted=False, fit_intercept=True, make=ObjectiveInMemory):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    W = rng.normal(size=(K, p))
    y = (X @ W.T + rng.gumbel(size=(n, K)) + np.linspace(0, 1, K)).argmax(axis=1)
    assert len(np.unique(y)) == K
    assert X.std(axis=0).min() > 0.1
    weights = rng.uniform(0.1, 3, size=n) if weighted else None
    return make(X, y, K, weights=weights, fit_intercept=fit_intercept).penalised(C)


def random_point(objective, *, scale=0.3, seed=1):
    rng = np.random.default_rng(seed)
    point = scale * rng.normal(size=objective.shape)
    if not objective.fit_intercept:
        point[:, -1] = 0
    return point
