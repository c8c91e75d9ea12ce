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
from xent.models.linear import row_losses
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
    Minimise cross-entropy and squared error by 200 steps of gradient descent, on at most 500 random rows.

    Parameters
    ----------
    X : ndarray or CSR array of shape (n, p)
        Features, taken as they are; rows count equally.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    fitted : ndarray of shape (M, p + 1)
        Weights and, last, intercepts of the fitted model; M is 1 for two classes, else K. Of these only the
        shape counts for ``"zero"``.
    start : {"zero", "wrong"}
        Start of both runs: weights 0, or the fitted weights assigned to the wrong classes, which are negated
        for one logit, else moved on by one class.

    Returns
    -------
    Race
        The two runs, on the same rows for equal n, with the same 32 recorded steps.

    Notes
    -----
    The step length of both runs is 1/L for a bound L on the curvature of mean cross-entropy: the largest
    eigenvalue of the second moments of features and constant 1, times 1/4 for one logit [1]_ and 1/2 for one
    per class [2]_. With it, descent on cross-entropy never increases it.

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
    table = _Rows.of(X)
    length = (4 if len(fitted) == 1 else 2) / table.largest_second_moment()
    with one_blas_thread():
        curves = {loss: _descend(loss, table, codes, point, length) for loss in _LOSSES}
    return Race(start, len(X), length, **curves)


@dataclass(frozen=True, slots=True)
class _Rows:
    """
    Rows of features and the constant 1, and the products of all pairs of rows if the features are more.

    `ones` has the shape (n, p + 1), with the 1 last; `products` has the shape (n, n), or is None if n > p. A
    step along G = Sᵀ A / n, with the slopes S and the rows A, moves the logits by A Gᵀ = A Aᵀ S / n, and the
    squared norm of G is tr(Sᵀ A Aᵀ S) / n². So with A Aᵀ, of at most 500 rows, a step costs the same however
    many features there are.
    """

    ones: Array
    products: Array | None

    @classmethod
    def of(cls, X: Array) -> _Rows:
        ones = np.column_stack([X, np.ones(len(X))])
        return cls(ones, ones @ ones.T if len(ones) < ones.shape[1] else None)

    def largest_second_moment(self) -> float:
        """Largest eigenvalue of the second moments of the features and the constant 1."""
        # A matrix and its transpose have the same one.
        moments = self.ones.T @ self.ones if self.products is None else self.products
        return float(np.linalg.eigvalsh(moments / len(self.ones))[-1])

    def step(self, slopes: Array) -> tuple[Array, float]:
        """
        Change of the logits, (n, M), by a move of the weights along a gradient, and the gradient's squared
        norm.

        `slopes`, (n, M), are the derivatives of the mean loss in the logits, which give the gradient in
        weights and intercepts. A step of length t subtracts t times the change. Nothing is changed here.
        """
        if self.products is None:
            gradient = slopes.T @ self.ones
            return self.ones @ gradient.T, float((gradient**2).sum())
        moved = self.products @ slopes
        # Rounding may leave the form of a gradient that is 0 below 0.
        return moved, max(float((slopes * moved).sum()), 0.0)


def _given_to_the_wrong_classes(fitted: Array) -> Array:
    """Fitted weights assigned to the wrong classes: negated for one logit, else moved on by one class."""
    return -fitted if len(fitted) == 1 else np.roll(fitted, 1, axis=0)


def _descend(loss: str, table: _Rows, codes: Codes, point: Array, length: float) -> DescentCurve:
    """
    One run of 200 steps of gradient descent on `loss`, one of `_LOSSES`, from `point`, of shape (M, p + 1).

    `codes`, (n,), are the classes of the rows of `table`, which count equally; `length` is the step length.
    At step 0 and 31 others, denser at the beginning, the curve has the mean cross-entropy in nats whatever
    the loss, the share of misclassified rows, and the norm of the gradient of the mean `loss`.
    """
    recorded = set(np.unique(np.geomspace(1, _STEPS, _POINTS).astype(int)).tolist()) | {0}
    found: list[tuple[int, float, float, float]] = []
    logits = table.ones @ point.T
    for step in range(_STEPS + 1):
        moved, squared_norm = table.step(_slopes(loss, codes, logits) / len(codes))
        if step in recorded:
            error = float(np.mean(_predicted(logits) != codes))
            found.append((step, float(row_losses(logits, codes).mean()), error, squared_norm**0.5))
        logits = logits - length * moved
    return DescentCurve(loss, *zip(*found, strict=True))


def _slopes(loss: str, codes: Codes, logits: Array) -> Array:
    """
    Derivative of each row's `loss` in its `logits`, both of shape (n, M), by the classes `codes`, (n,).

    `loss` is "cross_entropy", in nats, or "squared_error": half the sum over the classes of the squared
    difference of probability and one-hot label. M is 1 for two classes, with the logit of class 1, else the
    number of classes.
    """
    binary, multinomial = _LOSSES[loss]
    if logits.shape[1] == 1:
        events = codes.astype(float)
        return np.asarray(binary.gradient(logits[:, 0], events, 1 - events, xp=np)[:, None])
    return np.asarray(multinomial.gradient(logits, codes, xp=np))


def _predicted(logits: Array) -> Codes:
    """Most probable class of each row, (n,), by its `logits`, (n, M); the first of equal ones."""
    return np.asarray((logits[:, 0] > 0) if logits.shape[1] == 1 else logits.argmax(axis=1)).astype(int)
