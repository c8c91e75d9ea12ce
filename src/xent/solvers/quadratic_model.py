"""
Minimum of a quadratic function plus an elastic-net penalty.

A linear system on the present support gives the minimum with the present signs; coefficients that change
their sign are dropped, those that break the condition of optimality are added, until neither happens. Where
that does not settle, sweeps over single coefficients bring a better support, and a search that drops or adds
one coefficient at a time ends there.

Source: Lee, H. et al. (2007). Efficient sparse coding algorithms. NeurIPS 19 (the search by signs).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.elastic_net import ElasticNet
from xent.solvers.linear_rows import LinearRows, State

__all__ = ["QuadraticModel"]

Array = NDArray[np.float64]

_SWEEPS = 8
_SUPPORTS = 20
_SIGN_STEPS = 300
_RIDGE = 1e-7


class QuadraticModel:
    """
    Quadratic model of the loss in some features and the intercepts, with the penalty.

    Parameters
    ----------
    rows : LinearRows
        Rows of the loss.
    penalty : ElasticNet
        Penalty of the weights.
    state : State
        Loss and derivatives at the point of expansion.
    features : ndarray of shape (q - 1,)
        Column numbers of the features in the model.
    """

    def __init__(
        self, rows: LinearRows, penalty: ElasticNet, state: State, features: NDArray[np.intp]
    ) -> None:
        M, q = rows.shape[0], len(features) + 1
        H = rows.curvature(state, features)
        last = np.arange(M)
        if not rows.fit_intercept:
            H[:, -1, :, :] = H[:, :, :, -1] = 0
            H[last, -1, last, -1] = 1
        elif M > 1:
            # A common shift of all intercepts changes nothing; curvature along it makes the matrix definite.
            H[:, -1, :, -1] += 1 / M
        self.H = H.reshape(M * q, M * q)
        self.shape = (M, q)
        self.is_weight = np.tile(np.arange(q) < q - 1, M)
        self.absolute = np.where(self.is_weight, penalty.absolute, 0.0)
        self.squared = np.where(self.is_weight, penalty.squared, 0.0)
        # Columns may depend on each other: a little more curvature gives the model one minimum, and bends
        # steps only along directions in which the loss is flat.
        places = np.arange(M * q)
        self.H[places, places] += _RIDGE * self.H.diagonal()

    def minimum(self, weights: Array, gradient: Array) -> Array:
        """
        Minimum, (M, q), of the model about `weights`, (M, q), where the loss has `gradient`, (M, q).

        The model is the quadratic one of the loss plus the penalty, which `gradient` does not include.
        Columns are the features of the model, and last the intercepts. The minimum is not reached if 300
        steps from sign to sign do not suffice, or rounding hides a fall; the last point is then returned.
        """
        here, gradient = weights.ravel(), gradient.ravel()
        constant = gradient - self.H @ here
        solved = self._on_supports(here, constant)
        if solved is None:
            w, slope = here.copy(), gradient.copy()
            for _ in range(_SWEEPS):
                self._sweep(w, slope)
            solved = self._on_supports(w, constant)
            if solved is None:
                solved = self._by_signs(w, constant)
        return solved.reshape(self.shape)

    def _sweep(self, w: Array, slope: Array) -> None:
        """
        Minimise over each coefficient of `w`, (M q,), in turn, once; `w` and `slope` are changed in place.

        `slope`, (M q,), is the gradient of the model of the loss at `w`, without the penalty.
        """
        diagonal = self.H.diagonal() + self.squared
        diagonal = np.where(diagonal > 0, diagonal, 1.0)
        for i in range(len(w)):
            rise = w[i] * diagonal[i] - slope[i] - self.squared[i] * w[i]
            new = math.copysign(max(abs(rise) - self.absolute[i], 0.0), rise) / diagonal[i]
            if new != w[i]:
                slope += (new - w[i]) * self.H[:, i]
                w[i] = new

    def _on_supports(self, w: Array, constant: Array) -> Array | None:
        """
        Minimum, (M q,), of the model by linear systems on supports, the coefficients that are not 0; else
        None.

        The first support and its signs are those of `w`, (M q,). After each system coefficients that change
        their sign leave it, and those whose slope exceeds the penalty's join. `constant`, (M q,), is the
        gradient of the loss's model at 0. None if no minimum is found in 20 systems.
        """
        sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        slack = 1e-12 * np.abs(constant).max(initial=0)
        for _ in range(_SUPPORTS):
            solved = self._solved(sign, constant)
            slope = self.H @ solved + constant + self.squared * solved
            flipped = sign * solved < 0
            beyond = (sign == 0) & (self.absolute > 0) & (np.abs(slope) > self.absolute + slack)
            if not (flipped.any() or beyond.any()):
                return solved
            sign[flipped] = 0
            sign[beyond] = -np.sign(slope[beyond])
        return None

    def _by_signs(self, w: Array, constant: Array) -> Array:
        """
        Point reached from `w`, (M q,), by steps that lower the model: its minimum unless 300 steps run out.

        Each step goes towards the minimum with the present signs, and stops at the best of the places where a
        coefficient becomes 0; if none does, the one joins that most breaks the condition of optimality. The
        search ends early if no such place is lower. `constant` is the gradient of the loss's model at 0.
        """
        sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        slack = 1e-12 * np.abs(constant).max(initial=0)
        for _ in range(_SIGN_STEPS):
            target = self._solved(sign, constant)
            if (sign * target >= 0).all():
                w = target
                excess = np.abs(self.H @ w + constant) - self.absolute - slack
                excess[(sign != 0) | (self.absolute == 0)] = -np.inf
                worst = int(np.argmax(excess))
                if excess[worst] <= 0:
                    return w
                sign[worst] = -np.sign(self.H[worst] @ w + constant[worst])
                continue
            moved = self._best_on_line(w, target, constant)
            if np.array_equal(moved, w):
                return w
            w = moved
            sign = np.where(self.absolute > 0, np.sign(w), 0.0)
        return w

    def _best_on_line(self, w: Array, target: Array, constant: Array) -> Array:
        """
        Point of least model value on the way from `w` to `target`, both (M q,); `w` itself if none is lower.

        The model is that of the loss, of gradient `constant`, (M q,), at 0, plus the penalty. Candidates are
        `target` and the points at which a coefficient with a penalty of absolute values crosses 0; it is
        exactly 0 there.
        """
        direction = target - w
        crossing = (self.absolute > 0) & (w * target < 0)
        lengths = np.append(np.unique(w[crossing] / (w[crossing] - target[crossing])), 1.0)
        points = w + lengths[:, None] * direction
        # Exactly 0 where it crosses.
        zero = np.isclose(w + lengths[:, None] * direction, 0, rtol=0, atol=1e-14 * (1 + np.abs(w)))
        points[zero & crossing] = 0
        smooth = ((points @ self.H) * points).sum(axis=1) / 2 + points @ constant
        values = smooth + (points**2) @ self.squared / 2 + np.abs(points) @ self.absolute
        best = int(np.argmin(values))
        here = w @ self.H @ w / 2 + w @ constant + w**2 @ self.squared / 2 + np.abs(w) @ self.absolute
        return points[best] if values[best] < here else w

    def _solved(self, sign: Array, constant: Array) -> Array:
        """
        Minimum, (M q,), of the model if the penalty of absolute values is ``absolute * sign * w``.

        Coefficients with `sign` 0 and such a penalty are 0. The others may come out with another sign; they
        solve ``(H + diag(squared)) w = -constant - absolute * sign``, where `constant` is the gradient of the
        loss's model at 0. A singular system is no error: its diagonal is raised until it is definite.
        """
        support = np.flatnonzero((sign != 0) | (self.absolute == 0))
        matrix = self.H[np.ix_(support, support)].copy()
        places = np.arange(len(support))
        matrix[places, places] += self.squared[support]
        solved = np.zeros(len(sign))
        right = -constant[support] - self.absolute[support] * sign[support]
        solved[support] = CholeskyFactor(matrix).solve(right)
        return solved
