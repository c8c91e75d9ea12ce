"""Imputation of gaps by medians, then standardisation of every feature to mean 0 and variance 1."""

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
    A fitted `SimpleImputer` that fills NaN with medians and adds indicators of the filled cells.

    The median of more than `MEDIAN_SAMPLE` values is that of `MEDIAN_SAMPLE` evenly spaced ones. Only
    features with a gap get an indicator.
    """
    medians, gaps = [], []
    for values in features:
        known = values[~np.isnan(values)]
        medians.append(float(np.median(_spaced(known))))
        gaps.append(len(known) < len(values))
    # Fit on two rows that have these medians and these gaps: scikit-learn's own search for the medians would
    # sort a copy of all the data.
    rows = np.asarray([medians, np.where(gaps, np.nan, medians)])
    return SimpleImputer(strategy="median", add_indicator=True).fit(rows)


def _spaced(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(values) <= MEDIAN_SAMPLE:
        return values
    return values[np.linspace(0, len(values) - 1, MEDIAN_SAMPLE).astype(np.intp)]


def filled(block: NDArray[np.float64], imputer: Any) -> NDArray[np.float64]:
    """`block` with gaps filled and the indicators on its right; a block without gaps is returned as it is."""
    # For a block without gaps the imputer would only make a copy and add indicators that are 0.
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
