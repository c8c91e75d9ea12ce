r"""
Log-likelihood of classes under a softmax whose first class has the logit 0, with its information matrix.

.. math:: \ell(\theta) = \sum_i w_i \log p_{i, y_i}, \qquad
          p_i = \mathrm{softmax}(0, \theta_1 x_i, \ldots, \theta_{K-1} x_i)

The parameters are the contrasts of each class with the first, which the likelihood determines uniquely if no
column depends linearly on others; so the information matrix has an inverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.softmax import softmax

__all__ = ["BaselineLikelihood"]

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

# Rows of a block; temporaries have the size of a block.
_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class BaselineLikelihood:
    """
    Log-likelihood of rows as a function of contrasts with the first class, in nats.

    Parameters
    ----------
    X : ndarray of shape (n, P)
        Columns, the constant included.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    weights : ndarray of shape (n,)
        Weight of each row, > 0.
    n_classes : int
        Number of classes K.
    offsets : ndarray of shape (n, K), optional
        Numbers added to the logits; None means 0.
    """

    X: Array
    codes: Codes
    weights: Array
    n_classes: int
    offsets: Array | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a parameter, (K - 1, P)."""
        return self.n_classes - 1, self.X.shape[1]

    def blocks(self) -> Iterator[slice]:
        """
        Slices that partition the rows, in their order, of 16,384 rows each but for the last; none without
        rows.
        """
        for start in range(0, len(self.X), _ROWS):
            yield slice(start, min(start + _ROWS, len(self.X)))

    def logits(self, theta: Array, rows: slice = slice(None)) -> Array:
        """
        Logits at `theta` of `rows`, a slice, by default of all: shape (rows, K).

        Those of the first class are its offsets, or 0.
        """
        moves = self.moves(theta, rows)
        return moves if self.offsets is None else moves + self.offsets[rows]

    def moves(self, theta: Array, rows: slice = slice(None)) -> Array:
        """
        Part of the logits of `rows`, (rows, K), that is linear in `theta`, without offsets; 0 for the first
        class.
        """
        X = self.X[rows]
        # Stored class by class: the formulas then reduce whole vectors over the short class axis.
        logits = np.zeros((self.n_classes, len(X)))
        np.matmul(theta, X.T, out=logits[1:])
        return logits.T

    def value(self, theta: Array) -> float:
        """Log-likelihood of all rows at `theta`, (K - 1, P), times their weights, in nats; at most 0."""
        total = 0.0
        for rows in self.blocks():
            losses = softmax_cross_entropy.value(self.logits(theta, rows), self.codes[rows], xp=np)
            total -= float(self.weights[rows] @ losses)
        return total

    def row_scores(self, theta: Array, rows: slice) -> Array:
        """
        One-hot class less probability at `theta` of each row, without the first class: (rows, K - 1).

        `rows` is a slice; weights do not enter.
        """
        slopes = softmax_cross_entropy.gradient(self.logits(theta, rows), self.codes[rows], xp=np)
        return np.asarray(-slopes[:, 1:])

    def score(self, theta: Array) -> Array:
        """Gradient of the log-likelihood, weights included, at `theta`, both of shape (K - 1, P)."""
        total = np.zeros(self.shape)
        for rows in self.blocks():
            total += (self.row_scores(theta, rows) * self.weights[rows, None]).T @ self.X[rows]
        return total

    def information(self, theta: Array) -> Array:
        """
        Information matrix at `theta`, (K - 1, P): minus the Hessian of the log-likelihood, weights included.

        Its shape is (M, M), M = (K - 1) P; rows and columns are the entries of `theta` in C order: class by
        class, each with its P columns.
        """
        M, P = self.shape
        total = np.zeros((M, P, M, P))
        for rows in self.blocks():
            X, weights = self.X[rows], self.weights[rows]
            model = softmax(self.logits(theta, rows), xp=np)
            probs = model.probs
            others = model.complements(probs, xp=np)
            for k in range(M):
                # A product of a matrix with its own transpose takes half the time of another.
                half = X * np.sqrt(weights * probs[:, k + 1] * others[:, k + 1])[:, None]
                total[k, :, k] += half.T @ half
                for j in range(k):
                    total[k, :, j] -= X.T @ (X * (weights * probs[:, k + 1] * probs[:, j + 1])[:, None])
        for k in range(M):
            for j in range(k):
                total[j, :, k] = total[k, :, j].T
        return total.reshape(M * P, M * P)

    def least_margin(self, theta: Array) -> float:
        """
        Least margin of all rows at `theta`, (K - 1, P), without offsets; ``inf`` without rows.

        A margin is the logit of the true class less the largest logit of another class.
        """
        least = np.inf
        for rows in self.blocks():
            logits = self.moves(theta, rows)
            codes = self.codes[rows]
            places = np.arange(len(codes))
            true = logits[places, codes]
            logits[places, codes] = -np.inf
            least = min(least, float((true - logits.max(axis=1)).min()))
        return least
