"""
Inverse Hessian of the null model, which predicts the class frequencies, by two small eigenproblems.

In the null model every row has the same probabilities π, so the Hessian of the loss is the Kronecker product
of ``diag π - π πᵀ`` and the features' second moments: exact, and far cheaper than the full matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.solvers.objective import Objective

__all__ = ["KroneckerInverse"]

Array = NDArray[np.float64]

# Beyond this many features the cubic cost of their eigenproblem exceeds what it saves.
_MOST_FEATURES = 2048


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
        if objective.shape[1] > _MOST_FEATURES:
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
        """Approximate inverse Hessian times `gradient`, an array of shape (M, p + 1)."""
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
