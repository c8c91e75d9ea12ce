"""Total weight of the rows of a batch: the default denominator of its mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["total_weight"]


def total_weight(
    labels: NDArray[np.integer], class_weights: NDArray[Any] | None, *, ignored: int | None
) -> float:
    """
    Sum of the class weights at the labels of all rows that are not ignored.

    Parameters
    ----------
    labels : array of int of any shape
        Class of each row. With `class_weights`, a label out of range contributes 0: the loss of its row is
        nan.
    class_weights : array of shape (K,), or None
        Weight of each class. None means 1 for each row, including rows whose label is out of range.
    ignored : int or None
        Label of rows that are ignored; None if there is no such label.
    """
    ignored_rows = 0 if ignored is None else int(np.count_nonzero(labels == ignored))
    if class_weights is None:
        return float(labels.size - ignored_rows)
    read = labels if not ignored_rows else labels[labels != ignored]
    return float(class_weights[read[(read >= 0) & (read < class_weights.size)]].sum(dtype=np.float64))
