"""Result of a solver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.iteration import Iteration
from xent.solvers.solver_report import SolverReport

__all__ = ["Solution"]


@dataclass(frozen=True, slots=True)
class Solution:
    """
    Last point of a solver, and every step that led to it.

    Parameters
    ----------
    point : ndarray of shape (M, p + 1)
        Weights and intercepts.
    iterations : tuple of Iteration
        All recorded points, the first one included.
    inverse_hessian_times : callable
        Approximate inverse Hessian times a gradient, as used in the last steps; it can precondition a
        similar problem.
    converged : bool
        True if the certified gap of the last point is at most the tolerance.
    reason : str
        Reason for which the solver stopped, in words.
    report : SolverReport, optional
        Method and work, if `minimise` chose the method.
    """

    point: NDArray[np.float64]
    iterations: tuple[Iteration, ...]
    inverse_hessian_times: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    converged: bool
    reason: str
    report: SolverReport | None = None
