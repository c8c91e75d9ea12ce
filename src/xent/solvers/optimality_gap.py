"""Optimality gap: a certified bound on the distance of an objective from its minimum, from its dual."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.objective import Evaluation, Passes

__all__ = ["likely_gap", "optimality_gap"]

Array = NDArray[np.float64]

# Mean probability of a class far below the rounding of the objective: the bound does not change with it.
_NO_MASS = 1e-20
# Up to this shift the divergence is bounded, by a thousandth too much, from the covariance alone.
_SMALL_SHIFT = 1e-3


def optimality_gap(objective: Passes, point: Array, evaluation: Evaluation) -> float:
    r"""
    Certified upper bound on ``F(point) - min F`` in nats per unit of weight, to within rounding.

    Parameters
    ----------
    objective : Passes
        Function F.
    point : ndarray of shape (M, p + 1)
        Point at which the bound holds.
    evaluation : Evaluation
        Result of ``objective.evaluate(point)``.

    Returns
    -------
    float
        The bound, at most ``evaluation.objective``, since F is never negative; equal to it if the `decay` of
        F is 0.

    Notes
    -----
    The dual of F at distributions :math:`q_i` is :math:`\sum_i a_i H(q_i) - \lVert \sum_i a_i (q_i -
    y_i) x_i \rVert^2 / 2 \lambda`, a lower bound on F wherever :math:`\sum_i a_i (q_i - y_i) = 0`, the
    condition that the unpenalised intercept imposes. The model's own :math:`p_i` meet it only at the
    minimum. So they are corrected to first order in a shift :math:`c` of the intercepts:
    :math:`q_{ik} = p_{ik} (1 + u_{ik})` with :math:`u_{ik} = c_k - \langle p_i, c \rangle` sums to 1
    for every :math:`c`, and meets the condition for the :math:`c` that solves one system of K - 1 equations.
    Then

    .. math:: F - D = \sum_{ik} a_i p_{ik} \bigl((1 + u_{ik}) \log(1 + u_{ik}) - u_{ik}\bigr)
              + \frac{1}{2\lambda} \Bigl\lVert \nabla_W F + \sum_i a_i (q_i - p_i) x_i^T \Bigr\rVert^2,

    a sum of terms >= 0, which does not cancel however small the gap is. Far from the minimum some
    :math:`q_{ik}` may be negative, or the bound larger than F itself; F itself is a bound too, since its
    minimum is never negative, and is returned there, and if there is no penalty.

    References
    ----------
    .. [1] Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, Cambridge. Section 5.5.1.
    """
    trivial = evaluation.objective
    if likely_gap(objective, evaluation) >= trivial:
        return trivial
    slope = evaluation.gradient[:, :-1]
    divergence = 0.0
    # An intercept gradient of exactly 0, as without an intercept: p meets the condition uncorrected.
    if evaluation.gradient[:, -1].any():
        given = evaluation.covariance
        covariance = objective.covariance(point) if given is None else given
        shift = _balancing_shift(evaluation, covariance, objective)
        # abs(u) <= ptp(shift), so below 1 all q = p (1 + u) are positive.
        if np.ptp(shift) >= 1:
            return trivial
        divergence, moved = _tilt(objective, point, shift, covariance)
        slope = slope + moved
    return min(trivial, divergence + float(np.vdot(slope, slope)) / (2 * objective.decay))


def likely_gap(objective: Passes, evaluation: Evaluation) -> float:
    """
    About the least gap that `optimality_gap` can give, without a pass: that of features centred at their
    mean.

    It is the squared gradient in the weights of centred features, over twice `decay`, in nats per unit of
    weight: the bound itself if the intercepts are optimal, and infinite without a penalty.
    """
    if objective.decay == 0:
        return math.inf
    slope = objective.standardisation.centred(evaluation.gradient)
    return float(np.vdot(slope, slope)) / (2 * objective.decay)


def _tilt(objective: Passes, point: Array, shift: Array, covariance: Array) -> tuple[float, Array]:
    """
    Divergence of tilted probabilities, or a bound on it, and the change of the gradient in the weights, (M,
    p).

    The probabilities p at `point` are tilted to ``p (1 + u)``, ``u = shift - <p, shift>``; the entries of
    `shift`, (K,), must differ by less than 1, so that none becomes negative, and for K = 2 the first must be
    0. Both results are weighted means over the rows, the divergence in nats. If the entries differ by at most
    1e-3, a bound and the linear change come from `covariance`, (M, M), that at `point`, and a product with
    the Hessian.
    """
    spread = float(np.ptp(shift))
    if spread > _SMALL_SHIFT:
        return objective.tilt(point, shift)
    direction = np.zeros(objective.shape)
    direction[:, -1] = shift[-len(direction) :]
    # (1 + u) log(1 + u) - u <= u^2 / 2 / (1 - |u|), and the mean of u^2 is the variance of the shift under p.
    variance = float(direction[:, -1] @ covariance @ direction[:, -1])
    return variance / 2 / (1 - spread), objective.hessian_product(point, direction)[:, :-1]


def _balancing_shift(evaluation: Evaluation, covariance: Array, objective: Passes) -> Array:
    """
    Shift :math:`c`, (K,), of the logits that balances the classes to first order.

    For K > 2, classes without weight whose mean probability is at most 1e-20 are left out and have the shift
    0; so has the first of the others, and for K = 2 the first class. `covariance`, (M, M), is that at the
    point of `evaluation`; a singular one is no error, its diagonal is raised until it is definite.
    """
    residual = evaluation.gradient[:, -1]
    if objective.n_classes == 2:
        return np.concatenate([[0.0], -CholeskyFactor(covariance).solve(residual)])
    balanced = objective.class_mass > 0
    # The residual of a class without rows is the probability that it still has. Below this, q without that
    # class has the same bound to within rounding; above, the shift is large, and no better bound is known.
    balanced |= residual > _NO_MASS
    chosen = np.flatnonzero(balanced)[1:]
    shift = np.zeros(objective.n_classes)
    shift[chosen] = -CholeskyFactor(covariance[np.ix_(chosen, chosen)]).solve(residual[chosen])
    return shift
