"""How far an objective can still fall: a certificate from its dual."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor
from xent.solvers.objective import Evaluation, Objective

__all__ = ["optimality_gap"]

Array = NDArray[np.float64]


def optimality_gap(objective: Objective, point: Array, evaluation: Evaluation) -> float:
    r"""
    Certified upper bound on ``F(point) - min F`` in nats per row, to within rounding.

    Parameters
    ----------
    objective : Objective
        F.
    point : ndarray of shape (M, p + 1)
    evaluation : Evaluation
        What `objective` gives there.

    Notes
    -----
    The dual of F at distributions :math:`q_i` is :math:`\sum_i a_i H(q_i) - \lVert \sum_i a_i (q_i -
    y_i) x_i \rVert^2 / 2 \lambda`, a lower bound on F wherever :math:`\sum_i a_i (q_i - y_i) = 0`, the
    condition that the free intercept imposes. The model's own :math:`p_i` meet it only at the
    minimum. They are corrected to the first order of a shift :math:`c` of the intercepts,
    :math:`q_{ik} = p_{ik} (1 + u_{ik})` with :math:`u_{ik} = c_k - \langle p_i, c \rangle`: these sum to 1
    whatever :math:`c`, and meet the condition for the :math:`c` that solves one small system. Then

    .. math:: F - D = \sum_{ik} a_i p_{ik} \bigl((1 + u_{ik}) \log(1 + u_{ik}) - u_{ik}\bigr)
              + \frac{1}{2\lambda} \Bigl\lVert \nabla_W F + \sum_i a_i (q_i - p_i) x_i^T \Bigr\rVert^2,

    a sum of terms that are never negative: nothing cancels, however small the gap. Far from the
    minimum some :math:`q_{ik}` may be negative, or the bound larger than F itself; but F is never
    negative, so F itself is a bound, and is taken there, as it is where there is no penalty.

    References
    ----------
    .. [1] Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, Cambridge. Section 5.5.1.
    """
    trivial = evaluation.objective
    slope = evaluation.gradient[:, :-1]
    if float(np.vdot(slope, slope)) >= 2 * objective.decay * trivial:
        return trivial
    divergence = 0.0
    # Exact zeros, as without an intercept: p meets the condition as it is.
    if evaluation.gradient[:, -1].any():
        shift = _balancing_shift(evaluation, objective.n_classes)
        if np.ptp(shift) >= 1:
            return trivial
        divergence, moved = _tilted(objective, point, shift)
        slope = slope + moved
    return min(trivial, divergence + float(np.vdot(slope, slope)) / (2 * objective.decay))


def _balancing_shift(evaluation: Evaluation, n_classes: int) -> Array:
    """The shift c, one number per class; the first is 0."""
    residual, covariance = evaluation.gradient[:, -1], evaluation.covariance
    if n_classes > 2:
        residual, covariance = residual[1:], covariance[1:, 1:]
    return np.concatenate([[0.0], -CholeskyFactor(covariance).solve(residual)])


def _tilted(objective: Objective, point: Array, shift: Array) -> tuple[float, Array]:
    """Mean divergence of q from p, and by how much q moves the gradient."""

    def term(rows: slice, X: Array, logits: Array) -> tuple[Any, ...]:
        codes = objective.codes[rows]
        _, slopes = objective.logits.value_and_slopes(logits, codes)
        probs = objective.logits.probs(slopes, codes)
        weighted = probs * objective.weights[rows]
        u = shift[:, None] - shift @ probs
        moved = objective.logits.of_logits(weighted * u)
        return np.vdot(weighted, _divergence_of_tilt(u)), moved @ X

    divergence, moved = objective.sum_over_rows(point, term)
    return float(divergence), moved


def _divergence_of_tilt(u: Array) -> Array:
    """``(1 + u) log(1 + u) - u`` for abs(u) < 1, by its series where the terms would cancel."""
    series = u * u * (1 / 2 - u * (1 / 6 - u * (1 / 12 - u / 20)))
    return np.where(np.abs(u) < 1e-3, series, (1 + u) * np.log1p(u) - u)
