"""Gaps filled with medians, then every feature brought to mean 0 and variance 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

__all__ = ["MEDIAN_SAMPLE", "filled", "median_imputer", "standard_scaler"]

MEDIAN_SAMPLE = 200_000


def median_imputer(features: Iterable[NDArray[np.float64]]) -> Any:
    """
    A fitted `SimpleImputer` that fills NaN with medians and tells where it did.

    Medians of more than `MEDIAN_SAMPLE` values are those of so many evenly spaced ones. Only features with
    a gap get an indicator.
    """
    medians, gaps = [], []
    for values in features:
        known = values[~np.isnan(values)]
        medians.append(float(np.median(_spaced(known))))
        gaps.append(len(known) < len(values))
    # These two rows have the medians as their medians and the gaps as their gaps: scikit-learn's own
    # search for them would sort a copy of all the data.
    rows = np.asarray([medians, np.where(gaps, np.nan, medians)])
    return SimpleImputer(strategy="median", add_indicator=True).fit(rows)


def _spaced(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(values) <= MEDIAN_SAMPLE:
        return values
    return values[np.linspace(0, len(values) - 1, MEDIAN_SAMPLE).astype(np.intp)]


def filled(block: NDArray[np.float64], imputer: Any) -> NDArray[np.float64]:
    """`block` without gaps; its indicators, if any feature has one, stand to the right of it."""
    # Without a gap in it the imputer would only copy the block and add indicators that are 0.
    if not np.isnan(block).any():
        return block
    return np.asarray(imputer.transform(block))


def standard_scaler(blocks: Iterable[NDArray[np.float64]]) -> Any:
    """A `StandardScaler` fitted on blocks of rows; `var_` is infinite or NaN where squares overflow."""
    scaler = StandardScaler(copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        for block in blocks:
            scaler.partial_fit(block)
    return scaler
