r"""
Passes over rows for penalties and data that the standard objective does not take: sparse features, features
of other dtypes, logits with offsets.

.. math:: \sum_i a_i\,\ell(W x_i + b + o_i, y_i), \qquad \sum_i a_i = 1

Logits and slopes of all rows are held, (M, n); features are read block by block, or by sparse products, and
never copied as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.sigmoid_cross_entropy import sigmoid_cross_entropy
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.sigmoid import sigmoid
from xent.formulas.softmax import softmax
from xent.solvers.feature_rows import is_sparse

__all__ = ["LinearRows", "State"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

# Entries of dense features that are converted at a time.
_BLOCK = 524_288


@dataclass(frozen=True, slots=True)
class State:
    """
    Loss and its derivatives at one point.

    Parameters
    ----------
    loss : float
        Weighted mean cross-entropy in nats.
    gradient : ndarray of shape (M, p + 1)
        Gradient of the loss, without penalty.
    probs : ndarray of shape (M, n)
        Probability of each class that has a logit.
    others : ndarray of shape (M, n)
        One less `probs`, accurate near 0.
    """

    loss: float
    gradient: Array
    probs: Array
    others: Array


class LinearRows:
    """
    Rows of a linear model.

    Parameters
    ----------
    X : ndarray or sparse array of shape (n, p)
        Features of any real dtype and order, or in CSR or CSC form; not copied.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        Number of classes K.
    weights : ndarray of shape (n,), optional
        Weight of each row, >= 0; None means 1.
    offsets : ndarray of shape (M, n), optional
        Numbers added to the logits; None means 0.
    fit_intercept : bool
        False to keep the last column of every point at 0.
    """

    def __init__(
        self,
        X: Any,
        codes: Codes,
        n_classes: int,
        *,
        weights: Array | None = None,
        offsets: Array | None = None,
        fit_intercept: bool = True,
    ) -> None:
        self.X, self.codes, self.n_classes = X, codes, n_classes
        n, p = X.shape
        self.total_weight = float(n if weights is None else weights.sum())
        self.weights = np.full(n, 1 / n) if weights is None else weights / self.total_weight
        self.offsets, self.fit_intercept = offsets, fit_intercept
        self.shape = (1 if n_classes == 2 else n_classes, p + 1)

    def state(self, point: Array) -> State:
        """
        `State` at `point`, (M, p + 1): the weighted mean loss in nats and its gradient, without a penalty.

        With them are the probabilities of the classes with a logit, and one less these, both (M, n).
        """
        logits = self.logits(point)
        values, slopes = self._value_and_slopes(logits)
        if len(logits) == 1:
            probs, others = (np.asarray(part)[None] for part in sigmoid(logits[0], xp=np))
        else:
            model = softmax(logits.T, xp=np)
            probs = model.probs.T
            others = model.complements(model.probs, xp=np).T
        return State(float(self.weights @ values), self.transposed(slopes * self.weights), probs, others)

    def loss(self, point: Array) -> float:
        """Weighted mean cross-entropy at `point`, (M, p + 1), in nats, without the penalty."""
        return float(self.weights @ self._value_and_slopes(self.logits(point))[0])

    def logits(self, point: Array, *, with_offsets: bool = True) -> Array:
        """
        Logits of all rows at `point`, (M, p + 1), as an array of shape (M, n).

        The last column of `point` is added as it is, even without intercepts. `with_offsets` False leaves out
        the offsets, so that the logits are linear in the point.
        """
        logits = np.empty((len(point), self.X.shape[0]))
        for rows, block in self._blocks():
            logits[:, rows] = point[:, :-1] @ block.T
        logits += point[:, -1:]
        return logits if self.offsets is None or not with_offsets else logits + self.offsets

    def transposed(self, rows: Array) -> Array:
        """
        Sums over the rows of `rows`, (M, n), times the features and, last, times 1: shape (M, p + 1).

        Weights do not enter. The last column is 0 without intercepts.
        """
        total = np.zeros((len(rows), self.shape[1]))
        for at, block in self._blocks():
            total[:, :-1] += rows[:, at] @ block
        if self.fit_intercept:
            total[:, -1] = rows.sum(axis=1)
        return total

    def curvature_product(self, state: State, direction: Array) -> Array:
        """
        Hessian of the loss, without the penalty, at the point of `state` times `direction`, both (M, p + 1).

        The loss is the weighted mean. Without intercepts the last column of the product is 0, and that of
        `direction` must be.
        """
        moves = self.logits(direction, with_offsets=False)
        if len(moves) == 1:
            return self.transposed(state.probs * state.others * moves * self.weights)
        mean = (state.probs * moves).sum(axis=0)
        return self.transposed(state.probs * (moves - mean) * self.weights)

    def curvature_diagonal(self, state: State) -> Array:
        """
        Diagonal of the Hessian of the loss, without the penalty, at the point of `state`, (M, p + 1).

        Its last column belongs to the intercepts, and is 1 without intercepts.
        """
        spread = state.probs * state.others * self.weights
        total = np.zeros((len(spread), self.shape[1]))
        for rows, block in self._blocks():
            squares = block.power(2) if is_sparse(block) else block**2
            total[:, :-1] += spread[:, rows] @ squares
        total[:, -1] = spread.sum(axis=1) if self.fit_intercept else 1.0
        return total

    def curvature(self, state: State, features: NDArray[np.intp]) -> Array:
        """
        Hessian of the loss in some features and the intercepts: (M, q, M, q), q = len(features) + 1.

        It is that of the weighted mean at the point of `state`, without the penalty. `features` are column
        numbers; in each axis of length q they keep their order, and the intercept is last. Without intercepts
        its entries are those that it would have if it were fitted.
        """
        M, q = self.shape[0], len(features) + 1
        total = np.zeros((M, q, M, q))
        for rows, block in self._blocks(features):
            chosen = np.ones((block.shape[0], q))
            chosen[:, :-1] = block.toarray() if is_sparse(block) else block
            for k in range(M):
                own = state.probs[k, rows] * state.others[k, rows] * self.weights[rows]
                half = chosen * np.sqrt(own)[:, None]
                total[k, :, k] += half.T @ half
                for j in range(k):
                    both = state.probs[k, rows] * state.probs[j, rows] * self.weights[rows]
                    total[k, :, j] -= chosen.T @ (chosen * both[:, None])
        for k in range(M):
            for j in range(k):
                total[j, :, k] = total[k, :, j].T
        return total

    def _value_and_slopes(self, logits: Array) -> tuple[Array, Array]:
        """
        Cross-entropy of each row, (n,), in nats, and its derivatives in the logits, (M, n); unweighted.

        `logits`, (M, n), hold the offsets already and are not changed.
        """
        if len(logits) == 1:
            events = self.codes.astype(np.float64)
            values, slopes = sigmoid_cross_entropy.value_and_gradient(logits[0], events, 1 - events, xp=np)
            return np.asarray(values), np.asarray(slopes)[None]
        values, slopes = softmax_cross_entropy.value_and_gradient(logits.T, self.codes, xp=np)
        return np.asarray(values), np.asarray(slopes).T

    def _blocks(self, features: NDArray[np.intp] | None = None) -> Iterator[tuple[slice, Any]]:
        """
        Slices that partition the rows in order, each with the features of its rows, dense ones in float64.

        `features` chooses columns by number, None all. Sparse features stay sparse in their dtype, and
        without a choice they are one block; other blocks have at least 256 rows, but for the last.
        """
        n, p = self.X.shape
        if is_sparse(self.X) and features is None:
            yield slice(0, n), self.X
            return
        X = self.X if features is None or not is_sparse(self.X) else self.X[:, features]
        size = max(256, _BLOCK // max(1, p if features is None else len(features)))
        for start in range(0, n, size):
            rows = slice(start, min(start + size, n))
            block = X[rows]
            if not is_sparse(block):
                block = block if features is None else block[:, features]
                block = block.astype(np.float64, copy=False)
            yield rows, block
