"""
Inverse Hessian of a model whose rows all have the same probabilities, by two small eigenproblems.

The Hessian of its loss is the Kronecker product of the classes' covariance and the features' second moments,
far cheaper than the full matrix. For the null model, which predicts the class frequencies π, that is exact,
with the covariance ``diag π - π πᵀ``; at other points the mean covariance of the rows takes its place.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xent.solvers.objective import Objective

__all__ = ["MOST_FEATURES", "KroneckerInverse", "KroneckerInverseAt"]

Array = NDArray[np.float64]

# Beyond this many features the cubic cost of their eigenproblem exceeds what it saves.
MOST_FEATURES = 2048
# Least curvatures of features and classes relative to the largest, above the rounding of single precision.
_LEAST_FEATURE, _LEAST_CLASS = 1e-12, 1e-9


class KroneckerInverse:
    """
    Approximate inverse Hessian of an `Objective`: that of the null model, with `decay` on all coefficients.

    Beyond 2,048 features only the diagonal of the second moments is used. For more than two classes the class
    covariance ``diag π - π πᵀ`` is singular: with a `decay` of 0 the inverse is the pseudo-inverse, which
    does not move the coefficients of all classes by one vector, since the loss does not change along it.

    Parameters
    ----------
    objective : Objective
        Problem to precondition.
    """

    def __init__(self, objective: Objective) -> None:
        mass = objective.class_mass
        covariance = np.diag(mass) - np.outer(mass, mass)
        if objective.n_classes == 2:
            covariance = covariance[1:, 1:]
        self._classes, self._class_axes = np.linalg.eigh(covariance)
        self._fit_intercept = objective.fit_intercept
        if objective.shape[1] > MOST_FEATURES:
            self._features = objective.moments(diagonal=True)
            self._feature_axes = None
        else:
            moments = objective.moments()
            if not self._fit_intercept:
                # The constant is no column then; mixed with the features it would move the intercepts.
                moments[-1, :] = moments[:, -1] = 0
            self._features, self._feature_axes = np.linalg.eigh(moments)
        floor = np.finfo(float).eps * self._features.max()
        self._features = np.maximum(self._features, floor)
        self._classes = np.maximum(self._classes, 0)
        self._curvature = np.outer(self._classes, self._features) + objective.decay
        if objective.decay == 0:
            # Division by infinity leaves out a direction without curvature, in which a gradient is rounding.
            null = self._classes <= len(mass) * np.finfo(float).eps * self._classes.max()
            self._curvature[null] = np.inf

    def solve(self, gradient: Array) -> Array:
        """
        Approximate inverse Hessian times `gradient`, (M, p + 1), which has that shape; intercepts are last.

        Without intercepts in the objective the last column of the result is 0.
        """
        rotated = self._class_axes.T @ gradient
        if self._feature_axes is not None:
            rotated = rotated @ self._feature_axes
        rotated /= self._curvature
        if self._feature_axes is not None:
            rotated = rotated @ self._feature_axes.T
        solved = self._class_axes @ rotated
        if not self._fit_intercept:
            solved[:, -1] = 0
        return solved


class KroneckerInverseAt:
    """
    Approximate inverse Hessian in standardised coordinates, at any mean covariance of the classes.

    Parameters
    ----------
    moments : ndarray of shape (p + 1, p + 1)
        Second moments of the standardised features and the constant 1.
    penalty : ndarray of shape (p + 1,)
        Curvature of the penalty in each coordinate of a logit.
    """

    def __init__(self, moments: Array, penalty: Array) -> None:
        curvatures, self._axes = np.linalg.eigh(moments)
        self._curvatures = np.maximum(curvatures, _LEAST_FEATURE * curvatures[-1])
        # Its diagonal in the axes of the moments: the whole would make a system of them for each class.
        self._penalty = penalty @ self._axes**2

    def at(self, covariance: Array) -> Callable[[Array], Array]:
        """
        Function that multiplies coordinates, (M, p + 1), by the approximate inverse Hessian at `covariance`,
        (M, M).

        It returns a new array of their shape. A curvature of features below 1e-12, or of classes below 1e-9,
        of the largest is raised to that.
        """
        curvatures, axes = np.linalg.eigh(covariance)
        # Moving all classes alike has no curvature but the penalty's.
        curvatures = np.maximum(curvatures, _LEAST_CLASS * curvatures[-1])
        whole = np.outer(curvatures, self._curvatures) + self._penalty
        return lambda gradient: axes @ ((axes.T @ gradient @ self._axes) / whole) @ self._axes.T
