"""What the loss is measured against: labels or targets, and what goes with them."""

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
        Class of each row; the loss and the gradient of a row whose label is no class are nan.
    class_weights : array of float, of shape (K,), optional
        Weight of each class; default 1.
    ignored : int, optional
        Label of rows that are left out: they cost 0, and so does their gradient; their logits are not read.
    smoothing : float
        Share of a label that is spread evenly over all classes, its own included.
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
        Weight of each class in each row; not negative, of any sum.
    class_weights : array of float, of shape (K,), optional
        Factor of each class; default 1.
    """

    targets: NDArray[np.generic]
    class_weights: NDArray[np.floating] | None = None


@dataclass(frozen=True, eq=False)
class Statistics:
    """
    Arrays for what a pass over the rows finds besides the loss; one that is None is not filled.

    Parameters
    ----------
    log_normalisers : array of float, of shape (N,), optional
        Becomes ``log(sum(exp(logits)))`` of each row; nan in a row that is left out.
    tops : array of int64, of shape (N,), optional
        Becomes the class of the largest logit, the first of tied ones; -1 in a row that is left out or has
        no softmax.
    """

    log_normalisers: NDArray[np.floating] | None = None
    tops: NDArray[np.int64] | None = None
