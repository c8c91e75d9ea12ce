"""
Standardised features with a constant: the coordinates in which the unpenalised likelihood is maximised.

Without a penalty the likelihood does not depend on the units of the features, but the condition of its
information matrix does. So features are centred and scaled, and results are mapped back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["StandardisedDesign", "dependent_columns", "standardised"]

Array = NDArray[np.float64]

# A column counts as a linear combination of earlier ones if at most this share of its variance is its own:
# the square of the relative tolerance 1e-6, near that of R's `lm`, 1e-7.
_OWN_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True)
class StandardisedDesign:
    """
    Features less their means, divided by their scales, and a last column of ones if there is an intercept.

    Parameters
    ----------
    matrix : ndarray of shape (n, P)
        Standardised features; P is p + 1 with an intercept and else p.
    means : ndarray of shape (p,)
        Numbers that were subtracted; 0 without an intercept.
    scales : ndarray of shape (p,)
        Numbers > 0 that the columns were divided by.
    """

    matrix: Array
    means: Array
    scales: Array

    @property
    def has_intercept(self) -> bool:
        """True if the last column is the constant."""
        return bool(self.matrix.shape[1] > len(self.scales))

    @property
    def back(self) -> Array:
        """
        Matrix, (P, P), that maps coefficients of the standardised columns, (P,), to those of the features.

        With an intercept, the last row and column belong to it.
        """
        P, p = self.matrix.shape[1], len(self.scales)
        back = np.zeros((P, P))
        back[np.arange(p), np.arange(p)] = 1 / self.scales
        if self.has_intercept:
            back[p, :p] = -self.means / self.scales
            back[p, p] = 1
        return back

    def coefficients(self, theta: Array) -> Array:
        """
        Coefficients of the features from `theta`, those of the standardised columns, both of shape (M, P).

        With an intercept it is the last column.
        """
        return theta @ self.back.T

    def standardised_coefficients(self, coefficients: Array) -> Array:
        """
        Coefficients of the standardised columns from those of the features, both (M, P): inverse of
        `coefficients`.
        """
        p = len(self.scales)
        theta = coefficients.copy()
        theta[:, :p] *= self.scales
        if self.has_intercept:
            theta[:, p] += coefficients[:, :p] @ self.means
        return theta


def standardised(
    X: Array, weights: Array, *, fit_intercept: bool, centred: bool = True
) -> StandardisedDesign:
    """
    Copy of the features, in float64, with weighted mean square 1 in each column and, if centred, mean 0.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Features.
    weights : ndarray of shape (n,)
        Weight of each row, > 0; only their proportions matter.
    fit_intercept : bool
        True to append a column of ones.
    centred : bool, default True
        False to subtract nothing, so that the last coefficient is the intercept of the features themselves.

    Notes
    -----
    **Edge cases.** A column that is constant up to rounding, with a scale of at most ``1e-13`` times its
    mean, becomes 0 and has the scale 1; so does a column of zeros. Where nothing is subtracted, the scale is
    the root mean square of the column itself, and another constant column becomes 1 or -1. Without an
    intercept nothing is subtracted, since a column of ones would be missing to make up for it.
    """
    n, p = X.shape
    share = weights / weights.sum()
    means = share @ X if centred and fit_intercept else np.zeros(p)
    matrix = np.ones((n, p + fit_intercept))
    features = matrix[:, :p]
    np.subtract(X, means, out=features)
    scales = np.sqrt(np.einsum("i,ij,ij->j", share, features, features))
    # Scales that are the rounding of a mean: the column is constant.
    constant = scales <= 1e-13 * np.abs(means)
    features[:, constant] = 0
    scales[constant] = 1
    features /= scales
    return StandardisedDesign(matrix, means, scales)


def dependent_columns(design: StandardisedDesign, weights: Array) -> NDArray[np.intp]:
    """
    Ascending indices of the features that are linear combinations of the constant and earlier features.

    The constant and earlier features leave at most 1e-12 of their mean square, in rows of `weights`, (n,),
    unexplained; of centred features the mean square is the variance. `weights` must be proportional to those
    of `design`. Empty if there is none; without an intercept the constant does not count.
    """
    scaled = design.matrix * np.sqrt(weights / weights.sum())[:, None]
    moments = scaled.T @ scaled
    p = len(design.scales)
    if design.has_intercept:
        # The constant comes first: a constant feature depends on it, not the other way about.
        moments = moments - np.outer(moments[:, p], moments[p]) / moments[p, p]
    features = moments[:p, :p]
    total = np.maximum(features.diagonal(), 1.0)
    try:
        pivots = np.linalg.cholesky(features).diagonal() ** 2
    except np.linalg.LinAlgError:
        return _eliminated(features, total)
    return _eliminated(features, total) if (pivots <= _OWN_VARIANCE * total).any() else np.empty(0, np.intp)


def _eliminated(moments: Array, total: Array) -> NDArray[np.intp]:
    """
    Ascending columns of a moment matrix, (p, p), whose share of variance of their own is at most 1e-12.

    Own variance is left after elimination of the earlier columns, and is compared with `total`, (p,).
    """
    dependent = []
    for j in range(len(moments)):
        if moments[j, j] <= _OWN_VARIANCE * total[j]:
            dependent.append(j)
            continue
        moments = moments - np.outer(moments[:, j] / moments[j, j], moments[j])
    return np.asarray(dependent, dtype=np.intp)
