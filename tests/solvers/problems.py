"""Seeded problems that the tests of this room share: off the origin, asymmetric, of uneven classes."""

import numpy as np

from xent.solvers.objective import Objective


def problem(n=300, p=4, K=3, *, C=1.0, seed=0, weighted=False, fit_intercept=True):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    W = rng.normal(size=(K, p))
    y = (X @ W.T + rng.gumbel(size=(n, K)) + np.linspace(0, 1, K)).argmax(axis=1)
    assert len(np.unique(y)) == K
    assert X.std(axis=0).min() > 0.1
    weights = rng.uniform(0.1, 3, size=n) if weighted else None
    return Objective(X, y, K, weights=weights, fit_intercept=fit_intercept).penalised(C)


def random_point(objective, *, scale=0.3, seed=1):
    rng = np.random.default_rng(seed)
    point = scale * rng.normal(size=objective.shape)
    if not objective.fit_intercept:
        point[:, -1] = 0
    return point
