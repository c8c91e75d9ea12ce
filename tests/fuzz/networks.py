"""Networks fitted to rows of any layout: the same bits as from plain rows, and the same after saving."""

import numpy as np
import pytest
from tests.fuzz.cases import chance, integers, laid_out, one_of, weights
from tests.fuzz.rooms import assert_message, called

from xent import NeuralClassifier
from xent.errors import XentError

__all__ = ["KNOWN", "attempt"]

KNOWN = ()


def attempt(rng):
    """One small training, or one that must be refused."""
    one_of(rng, of_training, of_training, of_bad_rows)(rng)


def of_training(rng):
    """The bits of a training of plain rows; probabilities sum to 1; the saved network predicts the same."""
    from xent.networks.network_file import network_of_parts, parts_of_network

    X, y, w = _rows(rng)
    model = _model(rng)
    plain, error = called(model.fit, X.astype(np.float64), y.astype(np.int64), w)
    assert error is None, f"refused: {error}"
    expected = plain.predict_log_proba(X.astype(np.float64))
    laid = [laid_out(rng, each) for each in (X, y, w)]
    found = _model_like(model).fit(*laid).predict_log_proba(laid_out(rng, X))
    assert found.tobytes() == expected.tobytes(), "other bits from another layout or dtype"
    sums = np.exp(expected).sum(axis=1)
    assert np.allclose(sums, 1, rtol=0, atol=1e-6), f"probabilities sum to {sums.min()} .. {sums.max()}"
    again = network_of_parts(*parts_of_network(plain))
    assert again.predict_log_proba(X.astype(np.float64)).tobytes() == expected.tobytes(), (
        "other bits when read"
    )


def of_bad_rows(rng):
    """Masked, infinite, nan, misshapen or missing rows: one line."""
    X, y, w = _rows(rng)
    X = X.astype(np.float64)
    row = int(rng.integers(len(X)))
    kind = one_of(rng, "masked", "masked labels", "nan", "inf", "short", "weights", "one class")
    if kind == "masked":
        X = np.ma.masked_array(X, mask=np.arange(X.size).reshape(X.shape) == row)
    elif kind == "masked labels":
        y = np.ma.masked_array(y, mask=np.arange(len(y)) == row)
    elif kind in {"nan", "inf"}:
        X[row, 0] = float(kind)
    elif kind == "short":
        y = y[:-1]
    elif kind == "weights":
        w[row] = one_of(rng, -1.0, np.nan, np.inf)
    else:
        y = np.zeros_like(y)
    # scikit-learn checks shapes and values of all its classifiers, in words of its own.
    with pytest.raises(ValueError, match=r".") as caught:
        _model(rng).fit(X, y, w)
    if isinstance(caught.value, XentError):
        assert_message(caught.value)


def _model(rng):
    return NeuralClassifier(
        hidden=(4,), epochs=int(rng.integers(1, 4)), batch_size=int(rng.integers(1, 40)), random_state=3,
        calibrate=one_of(rng, "temperature", None), held_out=0.1 if chance(rng, 0.5) else 0.2,
    )  # fmt: skip


def _model_like(model):
    return NeuralClassifier(**model.get_params())


def _rows(rng):
    n, p, K = int(rng.integers(30, 60)), int(rng.integers(1, 5)), int(rng.integers(2, 4))
    kind = one_of(rng, np.float64, np.float32, np.float16, np.int8, np.uint8)
    X = rng.standard_normal((n, p)) * one_of(rng, 1.0, 30.0)
    X = (np.abs(X) if kind is np.uint8 else np.clip(X, -100, 100)).astype(kind)
    y = np.concatenate([np.arange(8 * K) % K, integers(rng, 0, K, n - 8 * K)])
    y = y.astype(one_of(rng, np.int64, np.uint8, np.int8, np.uint64))
    return X, y, np.maximum(weights(rng, n, np.float64), 0.125)
