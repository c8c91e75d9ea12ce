r"""
Certificate that no direction separates the classes, and of the likelihood's distance from its maximum.

By Stiemke's lemma nothing separates the classes, so that the likelihood has a maximum, if and only if there
are distributions :math:`q_i` without zeros such that :math:`\sum_i w_i (q_i - y_i) x_i^\top = 0`. A Newton
step :math:`d = I^{-1} \nabla \ell` gives them without a linear program: with the logits
:math:`e_i = d x_i`,

.. math:: q_{ik} = p_{ik} (1 + u_{ik}), \qquad u_{ik} = e_{ik} - \sum_j p_{ij} e_{ij},

meet the condition, and are positive if every :math:`u_{ik} > -1`. In a separated row the step takes away the
whole probability of the other class, so that rounding decides whether u is above -1; and the condition, met
up to rounding, does not tell a tiny probability from none. Neither proves anything here. The q also bound the
likelihood, since the dual of its maximum is the entropy of :math:`q`: the maximum is above the present value
by at most

.. math:: \sum_i w_i \sum_k p_{ik} \bigl((1 + u_{ik}) \log(1 + u_{ik}) - u_{ik}\bigr),

a sum of terms >= 0.

Source: Albert, A. and Anderson, J. A. (1984). On the existence of maximum likelihood estimates in logistic
regression models. Biometrika 71(1); the dual: Boyd, S. and Vandenberghe, L. (2004). Convex Optimization,
Section 5.5.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.formulas import i_divergence
from xent.formulas.softmax import softmax
from xent.solvers.baseline_likelihood import BaselineLikelihood

__all__ = ["Overlap", "overlap"]

Array = NDArray[np.float64]

# Largest residual of the condition on q that counts as rounding, relative to the sum that cancels in it.
_ROUNDING = 1e-9
# Least change of a probability, relative to it, and least probability of a class that prove an overlap.
_LEAST_TILT, _LEAST_PROB = -0.99, 1e-6


@dataclass(frozen=True, slots=True)
class Overlap:
    """
    Result of the attempt to certify overlap at one point.

    Parameters
    ----------
    proven : bool
        True if no direction separates the classes, completely or quasi-completely.
    gap : float
        Bound on the maximum of the log-likelihood less its value at the point, in nats of all rows, if the
        classes overlap; ``inf`` if the step leads too far for one.
    """

    proven: bool
    gap: float


def overlap(likelihood: BaselineLikelihood, theta: Array, step: Array) -> Overlap:
    """
    Attempt to prove by the Newton step `step` from `theta` that nothing separates the classes.

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood of all rows, at least one.
    theta : ndarray of shape (K - 1, P)
        Point of the step.
    step : ndarray of shape (K - 1, P)
        Inverse information times score.

    Returns
    -------
    Overlap
        Without a proof `proven` is False, which proves no separation: the step leads too far from `theta`, a
        class has a probability of at most 1e-6 in a row, or rounding spoils the balance.
    """
    proven = True
    gap, residual, size = 0.0, np.zeros(likelihood.shape), np.zeros(likelihood.shape)
    for rows in likelihood.blocks():
        X, weights = likelihood.X[rows], likelihood.weights[rows, None]
        model = softmax(likelihood.logits(theta, rows), xp=np)
        probs = model.probs
        tilt = likelihood.moves(step, rows)
        tilt -= (probs * tilt).sum(axis=1, keepdims=True)
        if not tilt.min() > -1:
            return Overlap(proven=False, gap=math.inf)
        # A probability that underflows to 0 would leave q with a zero; its row is certain, not overlapping.
        if not probs.min() > 0:
            return Overlap(proven=False, gap=math.inf)
        proven &= bool(tilt.min() > _LEAST_TILT and probs.min() > _LEAST_PROB)
        gap += float((weights * probs * i_divergence.terms(1 + tilt, -tilt, -np.log1p(tilt), xp=np)).sum())
        # Rounded relative to 1, which is accurate enough to tell a residual from rounding.
        moved = np.equal.outer(likelihood.codes[rows], np.arange(likelihood.n_classes)) - probs * (1 + tilt)
        moved = moved[:, 1:] * weights
        residual += moved.T @ X
        size += np.abs(moved).T @ np.abs(X)
    balanced = bool((np.abs(residual) <= _ROUNDING * _scale(size)).all())
    return Overlap(proven=proven and balanced, gap=gap if balanced else math.inf)


def _scale(size: Array) -> Array:
    """`size`, the sums of the absolute terms of a residual's entries, raised to the least normal number."""
    return np.maximum(size, np.finfo(float).tiny)
