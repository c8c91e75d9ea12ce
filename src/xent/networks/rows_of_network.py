"""Rows of a network: features standardised by the training rows, in single precision, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from xent.errors import DomainError

__all__ = ["Standardisation", "blocks", "scale_of", "standardisation"]

Array = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]

_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Standardisation:
    """
    Mean and scale of each feature.

    Parameters
    ----------
    mean, scale : ndarray of shape (p,)
        Features become ``(x - mean) / scale``.
    """

    mean: Array
    scale: Array

    def __call__(self, X: Any, *, caller: str) -> torch.Tensor:
        """
        Standardised rows of `X`, an array or a sparse array: a float32 tensor (n, p) on the processor.

        Raises
        ------
        DomainError
            If a feature lies so far from its mean that single precision cannot hold it.
        """
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        with np.errstate(over="ignore"):
            rows = ((dense - self.mean) / self.scale).astype(np.float32)
        if not np.isfinite(rows).all():
            # Callers give the rows of a block or a batch, whose numbers would mislead.
            row, column = np.argwhere(~np.isfinite(rows))[0]
            rule = "lie within 1e38 standard deviations of the training rows' means"
            raise DomainError(caller, "X", rule, got=f"{dense[row, column]} in column {column}")
        return torch.from_numpy(rows)


def standardisation(X: Any, weights: Array) -> Standardisation:
    """
    Weighted mean and standard deviation of each feature; the scale of a constant feature is 1.

    Constant is a feature whose deviation is at most 1e-12 of its mean. Rows of weight 0 do not count.

    Parameters
    ----------
    X : ndarray or sparse array of shape (n, p)
        Training rows.
    weights : ndarray of shape (n,)
        Weight of each row, with a positive sum.
    """
    total = np.zeros(X.shape[1])
    square = np.zeros(X.shape[1])
    share = weights / weights.sum()
    # Values of 1e200 have squares that overflow.
    size = np.ones(X.shape[1])
    for rows in blocks(X.shape[0]):
        dense = _dense(X[rows])
        total += share[rows] @ dense
        size = np.maximum(size, np.abs(dense).max(axis=0, initial=0.0))
    for rows in blocks(X.shape[0]):
        square += share[rows] @ (((_dense(X[rows]) - total) / size) ** 2)
    return Standardisation(total, scale_of(total, np.sqrt(square) * size))


def scale_of(mean: Array, deviation: Array) -> Array:
    """
    Scale of features of this `mean` and standard `deviation`, both (p,): the deviation, or 1 for a constant
    one.

    Constant is a feature whose deviation is at most 1e-12 of its mean.
    """
    # Rounding leaves a constant feature a deviation of some units in the last place of its mean.
    constant = deviation <= 1e-12 * np.abs(mean)
    return np.where(constant | (deviation == 0), 1.0, deviation)


def blocks(n: int, size: int = _BLOCK) -> Iterator[slice]:
    """Consecutive slices of at most `size` rows that partition ``0 .. n``; none for an `n` of 0."""
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _dense(X: Any) -> Array:
    return np.asarray(X if isinstance(X, np.ndarray) else X.toarray(), dtype=np.float64)
