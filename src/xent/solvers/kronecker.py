"""
The Hessian of the model that knows only the classes' frequencies, inverted by two small eigenproblems.

At that point every row has the same probabilities π, so the Hessian is the Kronecker product of
``diag π - π πᵀ`` and the features' second moments: exact, and far cheaper than the full matrix.
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
    """Approximate inverse Hessian of an `Objective`; only a diagonal one where features are many."""

    def __init__(self, objective: Objective) -> None:
        self._decay = objective.decay
        mass = objective.class_mass
        covariance = np.diag(mass) - np.outer(mass, mass)
        if objective.n_classes == 2:
            covariance = covariance[1:, 1:]
        self._classes, self._class_axes = np.linalg.eigh(covariance)
        if objective.shape[1] > _MOST_FEATURES:
            self._features = objective.moments(diagonal=True)
            self._feature_axes = None
        else:
            self._features, self._feature_axes = np.linalg.eigh(objective.moments())
        floor = np.finfo(float).eps * self._features.max()
        self._features = np.maximum(self._features, floor)
        self._classes = np.maximum(self._classes, 0)

    def solve(self, gradient: Array) -> Array:
        """The approximate inverse times `gradient`."""
        rotated = self._class_axes.T @ gradient
        if self._feature_axes is not None:
            rotated = rotated @ self._feature_axes
        rotated /= np.outer(self._classes, self._features) + self._decay
        if self._feature_axes is not None:
            rotated = rotated @ self._feature_axes.T
        return self._class_axes @ rotated
