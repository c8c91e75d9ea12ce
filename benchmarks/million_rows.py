"""A large table of known origin: 17 numeric and 3 categorical columns, 5 classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

__all__ = ["CATEGORICAL", "write_csv"]

CATEGORICAL = {"region": 4, "device": 6, "weekday": 7}
_NUMERIC = 17
_CLASSES = 5


def write_csv(path: Path, *, rows: int, seed: int = 0) -> None:
    """Write `rows` rows whose labels follow a softmax model of all columns, which differ in scale."""
    rng = np.random.default_rng(seed)
    mix = np.eye(_NUMERIC) + rng.normal(size=(_NUMERIC, _NUMERIC)) / np.sqrt(_NUMERIC)
    X = rng.normal(size=(rows, _NUMERIC)) @ mix
    logits = X @ (1.5 * rng.normal(size=(_NUMERIC, _CLASSES)) / np.sqrt(_NUMERIC))
    columns = {}
    scales, shifts = 10 ** rng.uniform(-2, 3, size=_NUMERIC), rng.normal(size=_NUMERIC)
    for j in range(_NUMERIC):
        columns[f"x{j:02}"] = pa.array(np.round(scales[j] * (X[:, j] + shifts[j]), 6))
    for name, levels in CATEGORICAL.items():
        codes = rng.choice(levels, size=rows, p=rng.dirichlet(np.full(levels, 3.0)))
        logits += rng.normal(size=(levels, _CLASSES))[codes]
        columns[name] = pa.array([f"{name}_{k}" for k in range(levels)]).take(pa.array(codes))
    codes = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    columns["label"] = pa.array(list("ABCDE")).take(pa.array(codes))
    pa.csv.write_csv(pa.table(columns), path)
