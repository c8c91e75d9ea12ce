r"""
Elastic-net penalty of a linear model, and the certified gap of its objective.

.. math:: F = \sum_i a_i\,\ell_i + \lambda_1 \lVert W \rVert_1 + \tfrac{\lambda_2}{2} \lVert W \rVert^2

For distributions :math:`q_i` with :math:`\sum_i a_i (q_i - y_i) = 0`, the condition of unpenalised
intercepts, and :math:`V = -\sum_i a_i (q_i - y_i) x_i^\top`, the dual gives

.. math:: F - \min F \le \sum_i a_i\,\mathrm{KL}(q_i \Vert p_i) + \sum_{kj} \bigl(R(w_{kj}) + R^*(v_{kj}) -
          w_{kj} v_{kj}\bigr),

a sum of terms >= 0, which are computed without cancellation. As in `optimality_gap`, q is p corrected by a
shift of the intercepts. Without squares :math:`R^*` is infinite beyond :math:`\lambda_1`; q is then moved
towards the labels y until no :math:`|v|` exceeds it.

Source: Rockafellar, R. T. (1970). Convex Analysis, Princeton. Theorem 31.1 (Fenchel's duality).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.formulas import i_divergence
from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.linear_rows import LinearRows, State

__all__ = ["ElasticNet", "elastic_net_gap"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ElasticNet:
    """
    Penalty ``absolute * sum |w| + squared / 2 * sum w**2``, in nats per unit of weight.

    Parameters
    ----------
    absolute : float
        Factor of the absolute values, >= 0.
    squared : float
        Twice the factor of the squares, >= 0; one of both is > 0.
    """

    absolute: float
    squared: float

    def value(self, weights: Array) -> float:
        """Penalty of `weights`, an array of any shape without the intercepts."""
        return self.absolute * float(np.abs(weights).sum()) + self.squared / 2 * float(
            np.vdot(weights, weights)
        )

    def fenchel_gap(self, weights: Array, slopes: Array) -> float:
        """
        Sum of ``R(w) + R*(v) - w v`` over all entries w of `weights` and v of `slopes`, arrays of one shape;
        >= 0.

        R is the penalty of one weight, ``absolute |w| + squared / 2 w²``, and R* its convex conjugate. If
        `squared` is 0, no |v| may exceed `absolute`: R* would be infinite there, but the result is not.
        """
        excess = np.maximum(np.abs(slopes) - self.absolute, 0)
        sign = np.sign(slopes)
        near = self.absolute * np.abs(weights) - weights * np.where(excess > 0, self.absolute * sign, slopes)
        if self.squared == 0:
            return float(np.maximum(near, 0).sum())
        square = (self.squared * weights - sign * excess) ** 2 / (2 * self.squared)
        return float((np.maximum(near, 0) + square).sum())


def elastic_net_gap(rows: LinearRows, penalty: ElasticNet, point: Array, state: State) -> float:
    """
    Certified bound on the objective at `point` less its minimum, in nats per unit of weight.

    `point` of shape (M, p + 1) has the intercepts last, and `state` holds loss, gradient without penalty and
    probabilities of `rows` at it. The bound is at most the objective itself, which never is negative, and
    equals it if no better one is known.
    """
    trivial = state.loss + penalty.value(point[:, :-1])
    probs = np.vstack([state.others, state.probs]) if len(point) == 1 else state.probs
    gradient = state.gradient
    tilt = np.zeros_like(probs)
    if rows.fit_intercept:
        shift = _balancing_shift(rows, state, probs)
        if not np.ptp(shift) < 1:
            return trivial
        tilt = shift[:, None] - shift @ probs
        moved = probs * tilt * rows.weights
        gradient = gradient + rows.transposed(moved[1:] if len(point) == 1 else moved)
    slopes = -gradient[:, :-1]
    largest = float(np.abs(slopes).max(initial=0))
    if penalty.squared > 0 or largest <= penalty.absolute:
        divergence = i_divergence.terms(1 + tilt, -tilt, -np.log1p(tilt), xp=np)
        row_sums = (probs * divergence).sum(axis=0)
    else:
        share = penalty.absolute / largest
        slopes = slopes * share
        row_sums = _divergence_towards_labels(probs, tilt, rows.codes, share)
    return min(trivial, float(rows.weights @ row_sums) + penalty.fenchel_gap(point[:, :-1], slopes))


def _balancing_shift(rows: LinearRows, state: State, probs: Array) -> Array:
    """
    Shift of each class's logit, (K,), 0 for the first, that balances the probabilities to first order.

    Balanced means that each class has its share of the weight; `probs` of shape (K, n) are those of `state`
    for all classes. All shifts are 0 if the intercepts' gradient is 0. A singular covariance of the classes
    is no error: its diagonal is raised until it is definite.
    """
    residual = state.gradient[:, -1]
    shift = np.zeros(len(probs))
    if not residual.any():
        return shift
    weighted = probs[1:] * rows.weights
    covariance = -weighted @ probs[1:].T
    if len(residual) == 1:
        covariance = (state.probs * state.others) @ rows.weights[:, None]
    else:
        diagonal = np.arange(len(covariance))
        covariance[diagonal, diagonal] = (state.probs[1:] * state.others[1:]) @ rows.weights
    shift[1:] = -CholeskyFactor(covariance).solve(residual if len(residual) == 1 else residual[1:])
    return shift


def _divergence_towards_labels(probs: Array, tilt: Array, codes: NDArray[np.integer], share: float) -> Array:
    """
    Divergence of ``share * q + (1 - share) * y`` from p in each row, (n,), in nats.

    p are the `probs`, (K, n), q the tilted ones ``probs * (1 + tilt)`` and y the one-hot coding of `codes`; 0
    <= `share` <= 1.
    """
    places = np.arange(len(codes))
    mixed = share * probs * (1 + tilt)
    # Differences of the wrong classes are exact; that of the true class makes the sum 0.
    difference = probs * (1 - share * (1 + tilt))
    difference[codes, places] = 0
    difference[codes, places] = -difference.sum(axis=0)
    mixed[codes, places] += 1 - share
    ratio = np.log(np.where(mixed > 0, probs, 1) / np.where(mixed > 0, mixed, 1))
    return np.asarray(i_divergence.terms(mixed, difference, ratio, xp=np).sum(axis=0))
