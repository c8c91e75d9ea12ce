"""Where a solver ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xent.solvers.iteration import Iteration

__all__ = ["Solution"]


@dataclass(frozen=True, slots=True)
class Solution:
    """
    The last point of a solver, shape (M, p + 1), and every step that led there.

    `inverse_hessian_times` is what preconditioned or made the last steps, good to start a like
    problem with. `converged` says whether the certified gap of the last step is at most the
    tolerance, `reason` in words why the solver stopped.
    """

    point: NDArray[np.float64]
    iterations: tuple[Iteration, ...]
    inverse_hessian_times: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    converged: bool
    reason: str
