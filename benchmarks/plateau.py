"""Stochastic gradient descent of scikit-learn over a Parquet file, epoch by epoch, until its loss stays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Epoch", "batches_of", "epochs_to_plateau", "mean_loss"]

_ROWS = 1 << 15
_MOST_EPOCHS = 50
_STAYS = 1e-4


@dataclass(frozen=True, slots=True)
class Epoch:
    """Seconds of processor time in training up to the end of an epoch, and the mean loss then in nats."""

    seconds: float
    loss: float


def epochs_to_plateau(file: Path, classes: NDArray[np.int64]) -> list[Epoch]:
    """
    Epochs of `SGDClassifier.partial_fit` at its defaults but for the logistic loss.

    They end when two of them improve the best loss by less than a share of 1e-4.
    """
    from sklearn.linear_model import SGDClassifier

    model = SGDClassifier(loss="log_loss", random_state=0)
    epochs: list[Epoch] = []
    seconds = 0.0
    while len(epochs) < _MOST_EPOCHS:
        began = time.process_time()
        for X, y in batches_of(file):
            model.partial_fit(X, y, classes=classes)
        seconds += time.process_time() - began
        epochs.append(Epoch(seconds, mean_loss(model, file)))
        best = [min(each.loss for each in epochs[: len(epochs) - k]) for k in (0, 2) if k < len(epochs)]
        if len(best) == 2 and best[0] > (1 - _STAYS) * best[1]:
            break
    return epochs


def mean_loss(model: Any, file: Path) -> float:
    """Mean cross-entropy of all rows in nats."""
    total, rows = 0.0, 0
    for X, y in batches_of(file):
        probs = model.predict_proba(X)[np.arange(len(y)), y]
        with np.errstate(divide="ignore"):
            total -= float(np.log(probs).sum())
        rows += len(y)
    return total / rows


def batches_of(file: Path) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Rows of a file as arrays, piece by piece."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20) as opened:
        for batch in opened.iter_batches(_ROWS, use_threads=False):
            columns = [column.to_numpy() for column in batch.columns]
            yield np.column_stack(columns[:-1]), columns[-1]
