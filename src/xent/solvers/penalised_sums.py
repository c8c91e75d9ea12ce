"""Value, gradient and Hessian of an objective, from sums over all its rows, with the penalty added."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xent.solvers.objective import Evaluation, Passes

__all__ = ["free_part", "null_point", "penalised_evaluation", "penalised_hessian", "penalised_product"]

Array = NDArray[np.float64]


def penalised_evaluation(
    objective: Passes, point: Array, sums: tuple[Array, ...], covariance: Array | None = None
) -> Evaluation:
    """
    `Evaluation` at `point`, (M, p + 1), from `sums` over all rows, with the penalty added.

    `sums` are the loss, (), and its gradient in the weights, (M, p), and in the intercepts, (M,), with
    weights of the rows that sum to 1, so that nothing is divided here, and without penalty. Without
    intercepts their gradient becomes 0. `covariance` is handed on as it is.
    """
    loss, of_weights, of_intercepts = sums
    weights = point[:, :-1]
    if not objective.fit_intercept:
        of_intercepts = np.zeros_like(of_intercepts)
    gradient = np.column_stack([of_weights + objective.decay * weights, of_intercepts])
    penalty = objective.decay / 2 * float(np.vdot(weights, weights))
    return Evaluation(float(loss), float(loss) + penalty, gradient, covariance)


def penalised_hessian(objective: Passes, sums: tuple[Array, ...]) -> Array:
    """
    Definite Hessian of the objective, (M (p + 1), M (p + 1)), from `sums`, with the penalty added.

    `sums` holds one array, (M, p + 1, M, p + 1), the Hessian of the loss over all rows, of which the entries
    [k, :, j] for j <= k are read; it is overwritten, and the result is a view of it. Rows and columns are
    logit by logit, each with its intercept last. Those of intercepts that are not fitted become those of the
    identity; for more than two classes a curvature of 1 is added along a common move of all intercepts.
    """
    (H,) = sums
    M, P = objective.shape
    for k in range(M):
        for j in range(k):
            H[j, :, k] = H[k, :, j].T
    H = H.reshape(M * P, M * P)
    diagonal = np.arange(M * P)
    last = diagonal[P - 1 :: P]
    H[diagonal, diagonal] += objective.decay
    H[last, last] -= objective.decay
    if not objective.fit_intercept:
        H[last, :] = H[:, last] = 0
        H[last, last] = 1
    elif M > 1:
        # The objective does not change if all intercepts move by one number. Curvature along that
        # direction makes the matrix definite, and alters no step, because the gradient has no component
        # along it.
        H[np.ix_(last, last)] += 1 / M
    return H


def penalised_product(objective: Passes, direction: Array, sums: tuple[Array, ...]) -> Array:
    """
    Definite Hessian of the objective times `direction`, both (M, p + 1), from `sums`, with the penalty added.

    `sums` are the product of the loss's Hessian with `free_part` of `direction` in the weights, (M, p), and
    in the intercepts, (M,), with weights of the rows that sum to 1: nothing is divided here. For more than
    two classes the mean of the intercepts of `direction` is added to each; without intercepts the last column
    is that of `direction`.
    """
    of_weights, of_intercepts = sums
    intercepts = direction[:, -1]
    if not objective.fit_intercept:
        of_intercepts = intercepts
    elif len(direction) > 1:
        of_intercepts = of_intercepts + intercepts.mean()
    return np.column_stack([of_weights + objective.decay * direction[:, :-1], of_intercepts])


def free_part(objective: Passes, direction: Array) -> Array:
    """`direction` with intercepts of 0 if the objective fits none, for `block_sums.curvature_product`."""
    if objective.fit_intercept:
        return direction
    return np.column_stack([direction[:, :-1], np.zeros(len(direction))])


def null_point(objective: Passes) -> Array:
    """
    Point (M, p + 1) with weights 0 and, last, the intercepts that fit the class frequencies; 0 if it has
    none.

    For more than two classes the intercepts sum to 0. A class without weight has a finite intercept, as if
    its frequency were the least positive number.
    """
    point = np.zeros(objective.shape)
    if objective.fit_intercept:
        logs = np.log(np.maximum(objective.class_mass, np.finfo(float).tiny))
        point[:, -1] = logs[1:] - logs[:1] if objective.n_classes == 2 else logs - logs.mean()
    return point
