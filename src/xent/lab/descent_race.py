"""
Gradient descent on cross-entropy and on squared error, from the same start with the same step length.

Shows how squared error stalls where the model is confident and wrong, since its gradient vanishes there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.sigmoid_squared_error import sigmoid_squared_error
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_squared_error import softmax_squared_error
from xent.models.linear import linear_logits, row_losses
from xent.solvers.threads import one_blas_thread

__all__ = ["DescentCurve", "Race", "race"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_STEPS = 200
_POINTS = 40
_MOST_ROWS = 500

# Formula of each loss for one logit, and for one logit per class.
_LOSSES: dict[str, tuple[Any, Any]] = {
    "cross_entropy": (sigmoid_cross_entropy, softmax_cross_entropy),
    "squared_error": (sigmoid_squared_error, softmax_squared_error),
}


@dataclass(frozen=True, slots=True)
class DescentCurve:
    """
    One run of gradient descent, with one value per recorded step.

    Parameters
    ----------
    loss : str
        Minimised loss: ``"cross_entropy"`` or ``"squared_error"``.
    steps : tuple of int
        Steps made when the values were recorded; the first is 0.
    cross_entropy : tuple of float
        Mean cross-entropy in nats, whichever loss is minimised.
    error : tuple of float
        Share of rows that are misclassified.
    gradient_norm : tuple of float
        Euclidean norm of the gradient of the minimised loss.
    """

    loss: str
    steps: tuple[int, ...]
    cross_entropy: tuple[float, ...]
    error: tuple[float, ...]
    gradient_norm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Race:
    """
    Runs on both losses from one starting point with one step length.

    Parameters
    ----------
    start : str
        ``"zero"``: all weights 0. ``"wrong"``: the fitted weights assigned to the wrong classes, so
        the model starts confident and wrong.
    rows : int
        Number of training rows used.
    step_length : float
        Factor of the gradient in every step, the same for both losses.
    cross_entropy, squared_error : DescentCurve
        The two runs.
    """

    start: str
    rows: int
    step_length: float
    cross_entropy: DescentCurve
    squared_error: DescentCurve


def race(X: Any, codes: Codes, fitted: Array, start: str) -> Race:
    """
    Minimise both losses by 200 steps of gradient descent from the same start, on at most 500 random rows.

    Parameters
    ----------
    X : ndarray or scipy sparse array of shape (n, p)
        Features.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    fitted : ndarray of shape (M, p + 1)
        Weights and intercepts of the fitted model.
    start : {"zero", "wrong"}
        Starting point: weights 0, or the fitted weights assigned to the wrong classes.

    Returns
    -------
    Race
        The two runs, with 41 recorded steps at most.

    Notes
    -----
    The step length is 1/L for a bound L on the curvature of mean cross-entropy: the largest eigenvalue
    of the features' second moments times 1/4 for one logit [1]_ and 1/2 for one per class [2]_.
    With it, descent on cross-entropy never increases it.

    References
    ----------
    .. [1] Böhning, D. and Lindsay, B. (1988). Ann. Inst. Stat. Math. 40, 641-663.
    .. [2] Böhning, D. (1992). Ann. Inst. Stat. Math. 44, 197-200.
    """
    rows = np.sort(np.random.default_rng(0).permutation(X.shape[0])[:_MOST_ROWS])
    X, codes = X[rows], codes[rows]
    # So few rows fit into memory as they are.
    X = X if isinstance(X, np.ndarray) else X.toarray()
    point = np.zeros_like(fitted) if start == "zero" else _given_to_the_wrong_classes(fitted)
    length = (4 if len(fitted) == 1 else 2) / _largest_second_moment(X)
    with one_blas_thread():
        curves = {loss: _descend(loss, X, codes, point, length) for loss in _LOSSES}
    return Race(start, len(X), length, **curves)


def _largest_second_moment(X: Array) -> float:
    """Largest eigenvalue of the second moments of the features and the constant 1."""
    ones = np.column_stack([X, np.ones(len(X))])
    # A matrix and its transpose have the same one, and there are at most 500 rows but maybe thousands of
    # features.
    tall = ones if len(ones) >= ones.shape[1] else ones.T
    return float(np.linalg.eigvalsh(tall.T @ tall / len(X))[-1])


def _given_to_the_wrong_classes(fitted: Array) -> Array:
    """Fitted weights assigned to the wrong classes: negated for one logit, else moved on by one class."""
    return -fitted if len(fitted) == 1 else np.roll(fitted, 1, axis=0)


def _descend(loss: str, X: Array, codes: Codes, point: Array, length: float) -> DescentCurve:
    """One run of gradient descent from `point` with the given step length."""
    recorded = set(np.unique(np.geomspace(1, _STEPS, _POINTS).astype(int)).tolist()) | {0}
    rows: list[tuple[int, float, float, float]] = []
    for step in range(_STEPS + 1):
        logits = linear_logits(X, point)
        gradient = _gradient(loss, X, codes, logits)
        if step in recorded:
            error = float(np.mean(_predicted(logits) != codes))
            rows.append(
                (step, float(row_losses(logits, codes).mean()), error, float(np.linalg.norm(gradient)))
            )
        point = point - length * gradient
    return DescentCurve(loss, *zip(*rows, strict=True))


def _gradient(loss: str, X: Array, codes: Codes, logits: Array) -> Array:
    """Gradient of the mean loss in weights and intercepts, of shape (M, p + 1)."""
    binary, multinomial = _LOSSES[loss]
    if logits.shape[1] == 1:
        events = codes.astype(float)
        slopes = binary.gradient(logits[:, 0], events, 1 - events, xp=np)[:, None]
    else:
        slopes = multinomial.gradient(logits, codes, xp=np)
    return np.column_stack([slopes.T @ X, slopes.sum(axis=0)]) / len(X)


def _predicted(logits: Array) -> Codes:
    """Most probable class of each row."""
    return np.asarray((logits[:, 0] > 0) if logits.shape[1] == 1 else logits.argmax(axis=1)).astype(int)
