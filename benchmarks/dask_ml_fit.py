"""dask-ml's `LogisticRegression` over a Parquet file: seconds, accuracy and loss."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.plateau import batches_of

__all__ = ["dask_ml_fit", "labelled_batches"]

Batches = Iterator[tuple[NDArray[np.float64], NDArray[np.int64]]]


def labelled_batches(file: Path, classes: int | None) -> Batches:
    """Rows of a file piece by piece; with `classes` of 2, the label is 1 for class 0 and 0 for all others."""
    for X, y in batches_of(file):
        yield X, y if classes is None else (y == 0).astype(np.int64)


def dask_ml_fit(file: Path, classes: int | None = None) -> dict[str, Any]:
    """
    Fit at its defaults: seconds of processor time, share of rows whose class is right, and classes predicted.

    With `classes` of 2, as `labelled_batches` has them, the task is that of dask-ml's estimator.
    """
    import dask

    # Neither has types.
    arrays: Any = import_module("dask.array")
    models: Any = import_module("dask_ml.linear_model")
    parts = list(labelled_batches(file, classes))
    X = arrays.concatenate([arrays.from_array(part[0], chunks=-1) for part in parts])
    y = np.concatenate([part[1] for part in parts])
    labels = arrays.from_array(y, chunks=X.chunks[0])
    with dask.config.set(scheduler="synchronous"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        began = time.process_time()
        model = models.LogisticRegression().fit(X, labels)
        seconds = time.process_time() - began
        predicted = np.asarray(model.predict(X)).astype(np.int64)
    return {
        "seconds": seconds,
        "accuracy": float(np.mean(predicted == y)),
        "predicted": len(np.unique(predicted)),
        "classes": len(np.unique(y)),
    }
