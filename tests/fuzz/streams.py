"""Fits in passes over batches of any layout: the optimum of the same rows in memory, or one line."""

import numpy as np
from tests.fuzz.cases import chance, integers, laid_out, one_of, weights
from tests.fuzz.rooms import called, refusal

from xent import LogisticRegression

__all__ = ["KNOWN", "attempt"]

KNOWN = ()
# Both fits are certified within `tol` of the minimum.
_TOL = 1e-9


def attempt(rng):
    """One fit, or one that must be refused."""
    one_of(rng, of_batches, of_batches, of_bad_batches)(rng)


def of_batches(rng):
    """The loss of the fit in memory, whatever the batches, dtypes and layouts."""
    X, y, w = _rows(rng)
    cuts = np.sort(rng.integers(0, len(X) + 1, int(rng.integers(0, 4))))
    parts = np.split(np.arange(len(X)), cuts)
    has_weights = chance(rng, 0.5)
    batches = [
        tuple(laid_out(rng, each[part]) for each in ((X, y, w) if has_weights else (X, y))) for part in parts
    ]
    model, error = called(LogisticRegression(C=1.0, tol=_TOL).fit_batches, lambda: iter(batches))
    assert error is None, f"refused: {error}"
    X64 = X.astype(np.float64)
    whole = LogisticRegression(C=1.0, tol=_TOL).fit(X64, y, w if has_weights else None)
    total = w.sum() if has_weights else len(X)
    found, truth = (one.loss_ + (one.coef_**2).sum() / (2 * total) for one in (model, whole))
    assert abs(found - truth) <= 2 * _TOL, f"objectives {found} and {truth}"
    assert model.classes_.tolist() == whole.classes_.tolist(), "other classes"


def of_bad_batches(rng):
    """Masked, infinite, nan, text, ragged or misshapen batches: one line."""
    X, y, w = _rows(rng)
    row, column = int(rng.integers(len(X))), int(rng.integers(X.shape[1]))
    kind = one_of(rng, "masked", "masked labels", "nan", "inf", "text", "short", "weights", "one class")
    if kind == "masked":
        X = np.ma.masked_array(X, mask=np.arange(X.size).reshape(X.shape) == row * X.shape[1] + column)
    elif kind == "masked labels":
        y = np.ma.masked_array(y, mask=np.arange(len(y)) == row)
    elif kind in {"nan", "inf"}:
        X = X.astype(np.float64)
        X[row, column] = float(kind)
    elif kind == "text":
        X = X.astype(str).astype(object)
    elif kind == "short":
        y = y[:-1]
    elif kind == "weights":
        w = w.copy()
        w[row] = one_of(rng, -1.0, np.nan, np.inf)
    else:
        y = np.zeros_like(y)
    refusal(LogisticRegression(C=1.0).fit_batches, lambda: iter([(X, y, w)]))


def _rows(rng):
    n, p, K = int(rng.integers(12, 60)), int(rng.integers(1, 5)), int(rng.integers(2, 4))
    kind = one_of(rng, np.float64, np.float32, np.float16, np.int8, np.uint8, np.int32)
    X = rng.standard_normal((n, p)) * one_of(rng, 1.0, 30.0)
    X = (np.abs(X) if kind is np.uint8 else np.clip(X, -100, 100)).astype(kind)
    y = np.concatenate([np.arange(K), integers(rng, 0, K, n - K)])
    y = y.astype(one_of(rng, np.int64, np.uint8, np.int8, np.uint64))
    return X, y, np.maximum(weights(rng, n, np.float64), 0.125)
