"""Requests of softmax cross-entropy: labels or targets with their options, and statistics of each row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Labels", "Statistics", "Targets"]


@dataclass(frozen=True, eq=False)
class Labels:
    """
    True classes of N rows of K logits.

    Parameters
    ----------
    labels : array of int, of shape (N,)
        Class of each row; if it is out of range, the row's loss and gradient are nan.
    class_weights : array of float, of shape (K,), optional
        Weight of each class, converted to the dtype of the arithmetic; default 1.
    ignored : int, optional
        Label of ignored rows: their loss and gradient are 0, their logits are not read.
    smoothing : float
        Share of a label's mass, in [0, 1], that is spread evenly over all classes, its own included. It is
        not checked.
    """

    labels: NDArray[np.integer]
    class_weights: NDArray[np.floating] | None = None
    ignored: int | None = None
    smoothing: float = 0.0


@dataclass(frozen=True, eq=False)
class Targets:
    """
    Target distributions of N rows of K logits.

    Parameters
    ----------
    targets : array of float, of shape (N, K)
        Mass of each class in each row; nonnegative, of any sum.
    class_weights : array of float, of shape (K,), optional
        Factor of each class, converted to the dtype of the arithmetic; default 1.
    """

    targets: NDArray[np.generic]
    class_weights: NDArray[np.floating] | None = None


@dataclass(frozen=True, eq=False)
class Statistics:
    """
    Output arrays for results of each row besides the loss; None for those not requested.

    Parameters
    ----------
    log_normalisers : array of float, of shape (N,), optional
        Set to ``log(sum(exp(logits)))`` of each row; nan in a row that is ignored or has no softmax. In
        float64 for float64 logits, else in float32.
    tops : array of int64, of shape (N,), optional
        Set to the argmax of each row, the first of tied classes; -1 in a row that is ignored or has no
        softmax.
    """

    log_normalisers: NDArray[np.floating] | None = None
    tops: NDArray[np.int64] | None = None
