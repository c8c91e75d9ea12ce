r"""
Newton's method for a smooth convex function plus a ridge, with a certified gap.

For :math:`F(\theta) = L(\theta) + \frac{1}{2} \sum_j \lambda_j \theta_j^2` with convex L and all
:math:`\lambda_j > 0`, convexity gives :math:`F(\phi) \ge F(\theta) + g^T (\phi - \theta) + \frac{1}{2} \sum_j
\lambda_j (\phi_j - \theta_j)^2`, whose least value over :math:`\phi` bounds the minimum:
:math:`F(\theta) - \min F \le \frac{1}{2} \sum_j g_j^2 / \lambda_j`.

References
----------
.. [1] Boyd, S. and Vandenberghe, L. (2004). Convex Optimization, Cambridge. Equation 9.9 and algorithm 9.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.cholesky import CholeskyFactor

__all__ = ["RidgeMinimum", "ridge_newton"]

Array = NDArray[np.float64]

# Value, gradient and, if the flag is set, Hessian of the convex part.
Convex = Callable[[Array, bool], tuple[float, Array, Array | None]]

_HALVINGS = 40
_SUFFICIENT = 1e-4
_ROUNDING = 64 * np.finfo(float).eps


@dataclass(frozen=True, slots=True, eq=False)
class RidgeMinimum:
    """
    Last point of the descent.

    Parameters
    ----------
    point : ndarray of shape (d,)
        Coefficients.
    objective : float
        Convex part plus ridge at `point`.
    gap : float
        Certified upper bound of `objective` minus its minimum.
    steps : int
        Number of Newton steps.
    """

    point: Array
    objective: float
    gap: float
    steps: int


def ridge_newton(convex: Convex, ridge: Array, *, tol: float = 1e-10, max_iter: int = 200) -> RidgeMinimum:
    """
    Minimise ``convex`` plus half of `ridge` times the squared coefficients, from 0.

    Parameters
    ----------
    convex : callable
        Function of a point, (d,), and a flag; returns value, gradient, (d,), and the Hessian, (d, d), if the
        flag is set, else None. It is convex and has no ridge.
    ridge : ndarray of shape (d,)
        Strength of the ridge of each coefficient, > 0.
    tol : float
        Gap to reach, in the unit of the value.
    max_iter : int
        Most steps.

    Returns
    -------
    RidgeMinimum
        The minimum to within its `gap`, which exceeds `tol` if rounding or `max_iter` ended the descent.
    """
    point = np.zeros(len(ridge))
    value, gradient, hessian = _penalised(convex, ridge, point, curved=True)
    gap = _gap(gradient, ridge)
    steps = 0
    while gap > tol and steps < max_iter and hessian is not None:
        direction = -CholeskyFactor(hessian).solve(gradient)
        moved = _step(convex, ridge, point, (value, gradient), direction)
        if moved is None:
            break
        point, steps = moved, steps + 1
        value, gradient, hessian = _penalised(convex, ridge, point, curved=True)
        smaller = _gap(gradient, ridge)
        # Near the minimum rounding moves the gap up and down; a step that does not halve it is the last.
        if smaller <= 1e4 * tol and smaller > gap / 2:
            gap = min(gap, smaller)
            break
        gap = smaller
    return RidgeMinimum(point, value, gap, steps)


def _step(
    convex: Convex, ridge: Array, point: Array, here: tuple[float, Array], direction: Array
) -> Array | None:
    """
    First point ``point + direction / 2**i``, i from 0 to 39, whose objective is low enough; None without one.

    All have shape (d,). `here` holds value and gradient, with the ridge, at `point`. The rule is Armijo's:
    the value must fall by a part of what the slope along the `direction` promises; one above that bound by no
    more than rounding passes.
    """
    value, gradient = here
    slope = float(gradient @ direction)
    slack = _ROUNDING * abs(value)
    length = 1.0
    for _ in range(_HALVINGS):
        there = point + length * direction
        lower, _, _ = _penalised(convex, ridge, there, curved=False)
        if lower <= value + _SUFFICIENT * length * slope + slack:
            return np.asarray(there)
        length /= 2
    return None


def _penalised(
    convex: Convex, ridge: Array, point: Array, *, curved: bool
) -> tuple[float, Array, Array | None]:
    """
    Value, gradient, (d,), and Hessian, (d, d), of `convex` with the ridge; the Hessian is None unless
    `curved`.
    """
    value, gradient, hessian = convex(point, curved)
    if hessian is not None:
        hessian = hessian + np.diag(ridge)
    return value + float(ridge @ point**2) / 2, gradient + ridge * point, hessian


def _gap(gradient: Array, ridge: Array) -> float:
    """Bound on the penalised objective less its minimum, from its `gradient`, (d,); it is strongly convex."""
    return float((gradient**2 / ridge).sum()) / 2
