"""
Preconditioned conjugate gradients for a Newton direction, no more accurate than the step is worth.

References
----------
.. [1] Nocedal, J. and Wright, S. (2006). Numerical Optimization, Springer. Algorithm 7.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["newton_direction"]

Array = NDArray[np.float64]

_MOST_PRODUCTS = 60


def newton_direction(
    gradient: Array,
    product: Callable[[Array], Array],
    precondition: Callable[[Array], Array],
    *,
    forcing: float,
    least: float = 0.0,
    most: int = _MOST_PRODUCTS,
) -> tuple[Array, int]:
    """
    Approximate solution x of ``H x = -gradient``, and the number of products with H that it took.

    Parameters
    ----------
    gradient : ndarray
        Gradient, of any shape; it is not changed.
    product : callable
        H times an array of that shape; H is positive definite up to rounding.
    precondition : callable
        Approximate inverse of H times an array of that shape, positive definite; it must return a new array.
    forcing : float
        Share of the gradient, in the preconditioner's norm, that may remain far from the minimum. Near it,
        the square root of the gradient's norm is less, and makes the outer steps converge superlinearly.
    least : float
        Share below which nothing is gained; the share that may remain is never less.
    most : int
        Most products; the solution so far is returned if they do not suffice.

    Returns
    -------
    tuple
        The solution, a direction of descent, and the number of products. If rounding hides the curvature, it
        is the solution so far, and after the first product the preconditioned negative gradient.
    """
    x = np.zeros_like(gradient)
    residual = -gradient
    z = precondition(residual)
    way = z
    size = first = float(np.vdot(residual, z))
    enough = max(min(forcing, first**0.25), least) ** 2 * first if first > 0 else 0.0
    for count in range(1, most + 1):
        along = product(way)
        curvature = float(np.vdot(way, along))
        # Rounding of the product can hide a curvature near 0; the steps so far still descend.
        if not curvature > 0 or not math.isfinite(curvature):
            return (z if count == 1 else x), count
        length = size / curvature
        x += length * way
        residual -= length * along
        z = precondition(residual)
        before, size = size, float(np.vdot(residual, z))
        if not size > enough:
            return x, count
        way *= size / before
        way += z
    return x, most
