r"""
Coordinates in which the features of a linear model are centred and scaled, without touching the features.

With means :math:`\mu` and scales s, the logits :math:`W x + b` are :math:`V \tilde x + c` of the standardised
:math:`\tilde x = (x - \mu) / s`, where :math:`V = W \operatorname{diag}(s)` and :math:`c = b + W \mu`. So a
change of coordinates costs a few products with arrays of the size of a point, and any :math:`\mu` and
:math:`s > 0` are right; those of a sample make the coordinates good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.solvers.feature_rows import column_squares

__all__ = [
    "DISTANT",
    "Standardisation",
    "distant_centre",
    "standardisation_of",
    "standardisation_of_moments",
    "standardisation_of_sparse",
]

Array = NDArray[np.float64]


# Offset of a feature, in standard deviations, beyond which products lose digits that a certificate needs.
DISTANT = 100.0
# Share of a mean square below which rounding of sums makes up a good part of the variance.
_LOST = 1e-12
# Rows whose deviations are held at a time.
_PART = 128


@dataclass(frozen=True, eq=False)
class Standardisation:
    """
    Centre and scale of each feature.

    Parameters
    ----------
    mean : ndarray of shape (p,)
        Centre μ; 0 where no intercept can take it up.
    scale : ndarray of shape (p,)
        Scale s, > 0.
    """

    mean: Array
    scale: Array

    def point(self, coordinates: Array) -> Array:
        """
        Weights and intercepts, (M, p + 1), of a point in standardised `coordinates`, (M, p + 1); intercepts
        last.
        """
        point = np.empty_like(coordinates)
        np.divide(coordinates[:, :-1], self.scale, out=point[:, :-1])
        np.subtract(coordinates[:, -1], point[:, :-1] @ self.mean, out=point[:, -1])
        return point

    def coordinates(self, point: Array) -> Array:
        """
        Standardised coordinates, (M, p + 1), of a `point` in weights and intercepts: the inverse of
        `point`.
        """
        weights = point[:, :-1]
        return np.column_stack([weights * self.scale, point[:, -1] + weights @ self.mean])

    def slopes(self, gradient: Array) -> Array:
        """Gradient in standardised coordinates of a `gradient` in weights and intercepts, both (M, p + 1)."""
        slopes = np.empty_like(gradient)
        # In one array, for a point of many features is a good part of all memory.
        weights = np.multiply(gradient[:, -1:], self.mean, out=slopes[:, :-1])
        np.subtract(gradient[:, :-1], weights, out=weights)
        weights /= self.scale
        slopes[:, -1] = gradient[:, -1]
        return slopes

    def centred(self, gradient: Array) -> Array:
        """
        Gradient in the weights, (M, p), of the model with centred but not scaled features.

        `gradient`, (M, p + 1), is that of the features as given, in weights and intercepts.
        """
        return gradient[:, :-1] - gradient[:, -1:] * self.mean

    def of_matrix(self, moments: Array) -> Array:
        """
        Second moments, or a Hessian of one logit, (p + 1, p + 1), in standardised coordinates, from those as
        given.
        """
        return self.slopes(self.slopes(moments).T)

    def penalty(self, decay: float) -> Array:
        """Curvature of the penalty in the standardised coordinates of a logit, (p + 1,); the last is 0."""
        return np.append(decay / self.scale**2, 0.0)


def standardisation_of(rows: Array, *, fit_intercept: bool) -> Standardisation:
    """
    Means and standard deviations of the features in `rows`, (n, p), of equal weight; divisor n.

    Without an intercept means are 0 and scales root mean squares. A scale of 0, or one that rounding of the
    mean explains, becomes 1; such a feature keeps its mean.
    """
    mean = rows.mean(axis=0) if fit_intercept else np.zeros(rows.shape[1])
    # By parts, for the deviations of all rows take as much memory as the rows.
    starts = range(0, len(rows), _PART)
    squares = [np.sum((rows[start : start + _PART] - mean) ** 2, axis=0) for start in starts]
    scale = np.sqrt(np.sum(squares, axis=0) / len(rows))
    # Rounding of the mean leaves a scale above 0 for a constant far from the origin.
    constant = scale <= 8 * np.finfo(float).eps * np.abs(mean)
    return Standardisation(mean, np.where(constant, 1.0, scale))


def standardisation_of_sparse(X: Any, *, fit_intercept: bool) -> Standardisation:
    """
    Means and standard deviations of the features of a CSR matrix with rows of equal weight; divisor n.

    Features without an intercept, and those whose variance is at most 1e-12 of the mean square, are not
    centred: their scale is the root mean square. A scale of 0 becomes 1.
    """
    weights = np.full(X.shape[0], 1 / X.shape[0])
    squares = column_squares(X, weights)[:-1]
    return standardisation_of_moments(weights @ X, squares, fit_intercept=fit_intercept)


def standardisation_of_moments(mean: Array, squares: Array, *, fit_intercept: bool) -> Standardisation:
    """
    Means and standard deviations of features with this `mean` and these mean `squares`, both (p,).

    Features without an intercept, and those whose variance is at most 1e-12 of the mean square, which is then
    rounding, are not centred: their scale is the root mean square. A scale of 0 becomes 1.
    """
    variance = squares - mean**2 if fit_intercept else squares
    is_lost = variance <= _LOST * squares
    scale = np.sqrt(np.where(is_lost, squares, variance))
    centre = np.where(is_lost, 0.0, mean) if fit_intercept else np.zeros(len(mean))
    return Standardisation(centre, np.where(scale > 0, scale, 1.0))


def distant_centre(rows: Array) -> Array | None:
    """
    Vector, (p,), to subtract from the features in every pass: means of those far from the origin, as times
    are.

    Far is more than 100 standard deviations in `rows`, (n, p). The vector is 0 for all other features, and
    None if there are no far ones. A change of coordinates alone does not help them, because their products
    with slopes are rounded before they cancel.
    """
    coordinates = standardisation_of(rows, fit_intercept=True)
    is_distant = np.abs(coordinates.mean) > DISTANT * coordinates.scale
    return np.where(is_distant, coordinates.mean, 0.0) if is_distant.any() else None
