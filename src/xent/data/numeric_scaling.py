"""
Imputation of gaps by medians, then standardisation of every feature to mean 0 and variance 1.

Means and variances are those of the filled feature: of its numbers, updated batch by batch, and of as many
medians as there are gaps, added at the end. So they need no median before the rows are read, and rows that
are read in batches give the same bits as rows in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

__all__ = ["RunningMoments", "filled", "median_imputer", "medians", "standard_scaler"]

Array = NDArray[np.float64]


class RunningMoments:
    """
    Counts, means and sums of squared deviations of features, NaN ignored, updated block by block.

    Attributes
    ----------
    rows : int
        Number of rows.
    count, mean, deviations : ndarray of shape (features,)
        Number of values of each feature, their mean, and the sum of squared deviations from it; both are 0
        without a value. The shape is (0,) before the first block.

    Notes
    -----
    **Numerics.** Each block's deviations are taken from its own mean, and blocks are joined by the update of
    Chan, Golub and LeVeque (1983), equation 2.1: no large squares are subtracted.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.count = self.mean = self.deviations = np.zeros(0)

    def add(self, block: Array) -> None:
        """
        Add the rows of `block`, (rows, features), to rows, counts, means and sums of squared deviations.

        NaN counts among the rows only. All blocks must have the same features; the first sets their number.
        """
        known = ~np.isnan(block)
        count = known.sum(axis=0).astype(np.float64)
        few = np.maximum(count, 1)
        mean = np.where(known, block, 0.0).sum(axis=0) / few
        deviations = (np.where(known, block - mean, 0.0) ** 2).sum(axis=0)
        if not self.rows:
            self.count = self.mean = self.deviations = np.zeros(block.shape[1])
        self.rows += len(block)
        self._join(count, mean, deviations)

    def filled(self, medians: Array) -> RunningMoments:
        """
        New moments of all rows in which each gap counts as the feature's entry of `medians`,
        (features,).
        """
        whole = RunningMoments()
        whole.rows, whole.count, whole.mean, whole.deviations = (
            self.rows,
            self.count,
            self.mean,
            self.deviations,
        )
        whole._join(self.rows - self.count, medians, np.zeros_like(medians))
        return whole

    def _join(self, count: Array, mean: Array, deviations: Array) -> None:
        total = np.maximum(self.count + count, 1)
        apart = np.where(count > 0, mean - self.mean, 0.0)
        self.mean = self.mean + apart * (count / total)
        self.deviations = self.deviations + deviations + apart**2 * (self.count * count / total)
        self.count = self.count + count


def medians(blocks: Iterable[Array]) -> tuple[list[float], list[bool]]:
    """
    Median of the known values of each feature, and True for each feature with a gap (NaN).

    The two lists are in the order of `blocks`, arrays of shape (features, rows), each of whose features needs
    a known value.
    """
    found: list[float] = []
    gaps: list[bool] = []
    for block in blocks:
        missing = np.isnan(block)
        partial: NDArray[np.bool_] = np.asarray(missing.any(axis=1))
        middle = np.empty(len(block))
        middle[~partial] = _median(block[~partial])
        for feature in np.flatnonzero(partial):
            middle[feature] = _median(block[feature][~missing[feature]])
        found += middle.tolist()
        gaps += partial.tolist()
    return found, gaps


def _median(known: Array) -> Array:
    """
    Median along the last axis, which is not empty, with the bits of `numpy.median`.

    Of hundreds of numbers that function takes five times as long.
    """
    low, high = (known.shape[-1] - 1) // 2, known.shape[-1] // 2
    middle = np.partition(known, [low, high])
    return np.asarray(middle[..., high] if low == high else (middle[..., low] + middle[..., high]) / 2)


def median_imputer(found: Sequence[float], gaps: Sequence[bool]) -> Any:
    """
    A fitted `SimpleImputer` that fills NaN with the medians `found`, one for each feature, none of them NaN.

    Its `transform` also appends, on the right, indicators of the cells that were NaN, in the order of the
    features, for those features alone for which `gaps` is True.
    """
    # Fit on two rows that have these medians and these gaps: scikit-learn's own search for the medians would
    # sort a copy of all the data.
    rows = np.asarray([found, np.where(gaps, np.nan, found)])
    return SimpleImputer(strategy="median", add_indicator=True).fit(rows)


def filled(block: Array, imputer: Any) -> Array:
    """
    `block`, (rows, features), with gaps filled, and the indicators of gaps as further columns on its right.

    A block without gaps is returned as it is, without these columns.
    """
    # For a block without gaps the imputer would only make a copy and add indicators that are 0.
    if not np.isnan(block).any():
        return block
    return np.asarray(imputer.transform(block))


def standard_scaler(moments: RunningMoments, found: Sequence[float]) -> Any:
    """
    A fitted `StandardScaler`, to mean 0 and variance 1, of features whose gaps are filled with the medians
    `found`.

    `moments` are the counts, means and squared deviations of the known values alone. Its `transform`
    overwrites the array that it is given. `var_` is infinite or NaN where squares overflow. A feature is
    constant, with a scale of 1, if its variance is no larger than the rounding of its mean.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        whole = moments.filled(np.asarray(found, np.float64))
        scaler = StandardScaler(copy=False)
        scaler.mean_, scaler.var_ = whole.mean, whole.deviations / whole.rows
        scaler.n_features_in_ = len(whole.mean)
        scaler.n_samples_seen_ = np.int64(whole.rows)
        eps = np.finfo(float).eps
        bound = whole.rows * eps * scaler.var_ + (whole.rows * whole.mean * eps) ** 2
        scaler.scale_ = np.where(scaler.var_ <= bound, 1.0, np.sqrt(scaler.var_))
    return scaler
