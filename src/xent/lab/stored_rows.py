"""Real rows stored in the lab's page: irises for the race, held-out digits for calibration and margins."""

from __future__ import annotations

import base64
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["digits", "features", "iris", "stored_text"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def iris() -> tuple[Array, Codes, Array]:
    """
    Two standardised measurements of 100 irises, their classes, and weights fitted to these rows.

    Returns
    -------
    X : ndarray of shape (100, 2)
        Length and width of the petals, standardised and rounded to 4 decimals.
    codes : ndarray of shape (100,)
        0 for versicolor, 1 for virginica.
    fitted : ndarray of shape (1, 3)
        Weights and intercept of a logistic regression with C = 1, rounded to 4 decimals.
    """
    rows = _stored()["iris"]
    return np.asarray(rows["X"]), np.asarray(rows["y"]), np.asarray([rows["fitted"]])


def digits() -> tuple[Array, Codes]:
    """
    Held-out log-probabilities of ``xent fit digits`` in nats, rounded for storage, and the classes.

    Returns
    -------
    log_probs : ndarray of shape (n, 10)
        Logarithms of the predicted probabilities; as logits, they give these probabilities again.
    codes : ndarray of shape (n,)
        True class of each row.
    """
    rows = _stored()["digits"]
    whole = np.frombuffer(base64.b64decode(rows["log_probs"]), dtype="<i2")
    codes = np.asarray(rows["labels"])
    return whole.reshape(len(codes), -1) * float(rows["unit"]), codes


def features() -> tuple[dict[str, Array], dict[str, Array], Codes]:
    """
    Features of two dimensions that a network learns under each loss, for held-out handwritten digits.

    Returns
    -------
    features : dict of ndarray of shape (n, 2)
        Features by the name of the loss: ``plain`` for cross-entropy, or scale and margin of
        `xent.losses.cosface`, such as ``8 0.3``. The largest absolute coordinate under each is 32767.
    directions : dict of ndarray of shape (5, 2)
        Weights of the classes by the same names, under a margin to be divided by their norms. The predicted
        class is that of the largest product of features and weights; features are scaled, so it is no logit.
    codes : ndarray of shape (n,)
        True digit of each row, 0 to 4.
    """
    rows = _stored()["features"]
    found, directions = {}, {}
    for name, network in rows["networks"].items():
        whole = np.frombuffer(base64.b64decode(network["features"]), dtype="<i2")
        found[name] = whole.reshape(-1, 2).astype(float)
        directions[name] = np.asarray(network["directions"])
    return found, directions, np.asarray(rows["labels"])


def stored_text() -> str:
    """JSON text of the stored rows, as the page holds it."""
    return (files("xent.lab") / "page" / "data" / "rows.json").read_text(encoding="utf-8")


@cache
def _stored() -> Any:
    return json.loads(stored_text())
