"""Real rows stored in the lab's page: irises for the race, held-out predictions of digits for calibration."""

from __future__ import annotations

import base64
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["digits", "iris", "stored_text"]

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


def stored_text() -> str:
    """JSON text of the stored rows, as the page holds it."""
    return (files("xent.lab") / "page" / "data" / "rows.json").read_text(encoding="utf-8")


@cache
def _stored() -> Any:
    return json.loads(stored_text())
