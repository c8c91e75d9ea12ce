"""Margins of rows over the wrong classes as linear functions of a direction of the coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["MarginRows"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MarginRows:
    """
    Rows with columns scaled to a range of 1, and the margins of a direction on them.

    A pair is a row and a class other than its own; a direction, of shape (K - 1, P), holds coefficients of
    all classes but the first, whose coefficients are 0.

    Parameters
    ----------
    X : ndarray of shape (n, P)
        Scaled columns, the constant included.
    codes : ndarray of shape (n,)
        True class of each row, 0 .. K-1.
    n_classes : int
        Number of classes K.
    """

    X: Array
    codes: NDArray[np.intp]
    n_classes: int

    @classmethod
    def of(cls, X: Array, codes: NDArray[np.intp], n_classes: int, *, fit_intercept: bool) -> Self:
        """
        Rows of the features `X`, (n, p), scaled, with a last column of ones if there are intercepts.

        With intercepts each column less its minimum is divided by its range, so that it lies in 0 .. 1, and a
        constant one becomes 0; without, it is divided by its largest absolute value, if that is not 0.
        """
        p = X.shape[1]
        scaled = np.ones((len(X), p + fit_intercept))
        # Not the mean: an indicator stays 0 and 1, so that margins of 0 are exact.
        least = X.min(axis=0) if fit_intercept else np.zeros(p)
        np.subtract(X, least, out=scaled[:, :p])
        largest = np.abs(scaled[:, :p]).max(axis=0)
        scaled[:, :p] /= np.where(largest > 0, largest, 1)
        return cls(scaled, codes, n_classes)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of a direction, (K - 1, P)."""
        return self.n_classes - 1, self.X.shape[1]

    def pairs(self) -> Flags:
        """Flags of shape (n, K), False for each row's own class."""
        pairs = np.ones((len(self.X), self.n_classes), dtype=bool)
        pairs[np.arange(len(pairs)), self.codes] = False
        return pairs

    def margins(self, direction: Array) -> Array:
        """Logit of the true class less that of each class along `direction`, (n, K); 0 at the true class."""
        logits = np.zeros((len(self.X), self.n_classes))
        np.matmul(self.X, direction.T, out=logits[:, 1:])
        return logits[np.arange(len(logits)), self.codes][:, None] - logits

    def first(self, pairs: Flags, least: int) -> Flags:
        """
        Flags, (n,), of rows to begin with, drawn at random among those with a pair in `pairs`, (n, K).

        Five are drawn for each of the (K - 1) P coefficients, but at least `least`, or all if there are
        fewer. The draw is always the same.
        """
        rows = np.flatnonzero(pairs.any(axis=1))
        size = max(least, 5 * self.shape[0] * self.shape[1])
        chosen = np.zeros(len(self.X), dtype=bool)
        chosen[np.random.default_rng(0).permutation(rows)[:size]] = True
        return chosen

    def matrix(self, pairs: Flags, *, least_margin: bool = False) -> Any:
        """
        Sparse matrix in CSR format whose product with ``direction.ravel()`` is the margins of `pairs`.

        It has a row for each True of `pairs`, (n, K), row by row and class by class, and (K - 1) P columns.
        With `least_margin` a last column of -1 subtracts one more unknown from every margin.
        """
        rows, classes = np.nonzero(pairs)
        M, P = self.shape
        count = np.arange(len(rows))
        parts = []
        for sign, of_class in ((1.0, self.codes[rows]), (-1.0, classes)):
            # The first class has no coefficients.
            free = np.flatnonzero(of_class > 0)
            columns = (of_class[free] - 1)[:, None] * P + np.arange(P)
            entries = sign * self.X[rows[free]]
            at = np.repeat(count[free], P), columns.ravel()
            parts.append(sparse.coo_array((entries.ravel(), at), shape=(len(rows), M * P)))
        matrix = sparse.csr_array(parts[0] + parts[1])
        matrix.eliminate_zeros()
        if least_margin:
            matrix = sparse.hstack([matrix, sparse.csr_array(-np.ones((len(rows), 1)))], format="csr")
        return matrix
