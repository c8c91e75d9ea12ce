"""Thirteen sets to fit, generated from a seed or shipped with scikit-learn, and their minima at C = 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn import datasets

__all__ = ["MINIMA", "fit_set", "random_shape"]

# Minimum of the mean cross-entropy plus the penalty over n, in nats: a rebuilt set is checked against it.
MINIMA = {
    "tall_easy": 0.4775213524,
    "unscaled": 0.4779451865,
    "tall_200": 0.3571245450,
    "benchopt_sep": 0.0345353908,
    "rare_onehot": 0.1972197296,
    "multi10": 0.9278966292,
    "multi15": 1.1814694259,
    "multi26": 1.4684375930,
    "multi100": 1.8972695238,
    "sparse_text": 0.1627421068,
    "digits": 0.0094782149,
    "wine": 0.0622357199,
    "breast_cancer": 0.0945423747,
}
_MULTI = {
    "multi10": (20_000, 64, 10),
    "multi15": (10_000, 60, 15),
    "multi26": (20_000, 16, 26),
    "multi100": (10_000, 50, 100),
}


def fit_set(name: str) -> tuple[Any, Any]:
    """Features and classes of the set `name`."""
    if name in _MULTI:
        return _multinomial(*_MULTI[name])
    return _MADE[name]()


def random_shape(seed: int) -> tuple[Any, Any]:
    """Random problem of at least a million entries, of any shape, conditioning and number of classes."""
    rng = np.random.default_rng(seed)
    p = int(2 ** rng.uniform(3, 8))
    n = int(max(1e6 / p, 2 ** rng.uniform(12, 16)))
    K = int(rng.choice([2, 2, 3, 5, 8, 20]))
    X = _correlated(rng, n, p) if rng.random() < 0.7 else rng.normal(size=(n, p))
    if rng.random() < 0.4:
        X = X * 10 ** rng.uniform(-1, 2, p) + rng.normal(size=p)
    W = rng.normal(size=(p, K)) * rng.uniform(0.5, 4) / np.sqrt(p) / X.std(axis=0)[:, None]
    # Offsets of the features may leave some of the classes without rows.
    return X, np.unique((X @ W + rng.gumbel(size=(n, K))).argmax(axis=1), return_inverse=True)[1]


def _correlated(rng: np.random.Generator, n: int, p: int) -> Any:
    L = rng.normal(size=(p, p)) / np.sqrt(p) + np.eye(p)
    X = rng.normal(size=(n, p)) @ L
    X /= X.std(axis=0)
    return X


def _multinomial(n: int, p: int, K: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = _correlated(rng, n, p)
    W = rng.normal(size=(p, K)) * 3 / np.sqrt(p)
    return X, (X @ W + rng.gumbel(size=(n, K))).argmax(axis=1)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _tall_easy(*, scaled: bool = True) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    n, p = 100_000, 50
    X = _correlated(rng, n, p)
    w = 1.5 * rng.normal(size=p) / np.sqrt(p)
    y = (rng.random(n) < _sigmoid(X @ w - 1)).astype(int)
    if not scaled:
        s = 10 ** rng.uniform(-1.5, 2.5, p)
        X = X * s + 2 * s * rng.normal(size=p)
    return X, y


def _tall_200() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    n, p = 50_000, 200
    X = rng.normal(size=(n, p))
    w = 3 * rng.normal(size=p) / np.sqrt(p)
    return X, (rng.random(n) < _sigmoid(X @ w)).astype(int)


def _benchopt() -> tuple[Any, Any]:
    rng = np.random.RandomState(42)
    b = rng.randn(200)
    X = rng.randn(30_000, 200)
    return X, (X @ b > 0).astype(int)


def _rare_onehot() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    n = 60_000
    z, columns = np.zeros(n), []
    for k in (5, 10, 20, 30, 40, 12, 8, 25):
        levels = rng.choice(k, n, p=rng.dirichlet(0.3 * np.ones(k)))
        z += 0.7 * rng.normal(size=k)[levels]
        columns.append(np.eye(k)[levels])
    return np.ascontiguousarray(np.hstack(columns)), (rng.random(n) < _sigmoid(z - 2)).astype(int)


def _sparse_text() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    n, p, draws = 20_000, 50_000, 80
    columns = np.minimum((p * rng.random(draws * n) ** 3).astype(int), p - 1)
    values = rng.random(draws * n) + 0.2
    rows = np.repeat(np.arange(n), draws)
    X = sparse.csr_matrix((values, (rows, columns)), shape=(n, p))
    w = rng.normal(size=p)
    z = X @ w
    return X, (rng.random(n) < _sigmoid(3 * z / z.std())).astype(int)


_MADE: dict[str, Callable[[], tuple[Any, Any]]] = {
    "tall_easy": _tall_easy,
    "unscaled": lambda: _tall_easy(scaled=False),
    "tall_200": _tall_200,
    "benchopt_sep": _benchopt,
    "rare_onehot": _rare_onehot,
    "sparse_text": _sparse_text,
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "breast_cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
}
