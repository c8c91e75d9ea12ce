"""
Intervals and tests of one coefficient by its profile: the maximum over all others, as a function of it.

The root of twice the fall of the profile is nearly linear in the coefficient, so that a bracketing root
finder needs half a dozen maxima for each end.

Source: Venzon, D. J. and Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
intervals. Applied Statistics 37(1); with Jeffreys' prior: Heinze, G. and Schemper, M. (2002). A solution to
the problem of separation in logistic regression. Statistics in Medicine 21(16).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from xent.solvers.baseline_likelihood import BaselineLikelihood
from xent.solvers.fisher_scoring import ScoringResult, fisher_scoring

__all__ = ["Profile"]

Array = NDArray[np.float64]

# Error of a maximum in nats is half the square of this.
_TOL = 1e-6
_DOUBLINGS = 30


class Profile:
    """
    Profile of one coefficient of a likelihood, with or without Jeffreys' prior.

    Under the prior its methods pass `numpy.linalg.LinAlgError` of `fisher_scoring`, if the information at the
    start of a search is not positive definite.

    Parameters
    ----------
    likelihood : BaselineLikelihood
        Likelihood whose columns are linearly independent.
    theta : ndarray of shape (K - 1, P)
        Its maximum.
    value : float
        Value there.
    place : tuple of int
        Class less 1, and column, of the coefficient.
    jeffreys : bool
        True if `value` and the maximum include the logarithm of Jeffreys' prior.
    scale : float, default 1
        Number that the likelihood's column was divided by; coefficients in arguments and results are those of
        the column before that.
    """

    def __init__(
        self,
        likelihood: BaselineLikelihood,
        theta: Array,
        value: float,
        place: tuple[int, int],
        *,
        jeffreys: bool,
        scale: float = 1.0,
    ) -> None:
        self._likelihood, self._value, self._jeffreys = likelihood, value, jeffreys
        self._place, self._estimate, self._scale = place, float(theta[place]) / scale, scale
        self._free = np.ones(likelihood.shape, dtype=bool)
        self._free[place] = False
        self._maximum = theta
        self._slopes = np.zeros(likelihood.shape)
        self._all_converged = True

    def deviance(self, coefficient: float) -> float:
        """
        Chi-squared of the test of `coefficient`: twice the fall of the profile from its maximum to it, >= 0.

        If the maximum over the other coefficients is not reached, the value of its last point counts, without
        a word.
        """
        return max(0.0, 2 * (self._value - self._at(coefficient).value))

    def interval(self, quantile: float, standard_error: float) -> tuple[float, float]:
        """
        Lower and upper end of the interval: coefficients whose deviance is `quantile`.

        `quantile` is one of chi-squared with one degree of freedom; `standard_error` scales the search alone.
        An end is infinite if the profile does not fall that far, however far the coefficient moves, and nan
        if a maximum on the way to it was not reached.
        """
        return self._end(-1, quantile, standard_error), self._end(1, quantile, standard_error)

    def _end(self, sign: int, quantile: float, standard_error: float) -> float:
        """
        End of the interval below the estimate for a `sign` of -1, above it for 1.

        At the end the deviance is `quantile`; `standard_error` only scales the search, which doubles the
        distance from the estimate up to 29 times. The end is infinite if the deviance stays below `quantile`,
        and nan if a maximum on the way to it was not reached.
        """
        root = math.sqrt(quantile)

        def excess(distance: float) -> float:
            return math.sqrt(self.deviance(self._estimate + sign * distance)) - root

        near, far = 0.0, root * standard_error
        self._all_converged = True
        end = sign * math.inf
        for _ in range(_DOUBLINGS):
            if excess(far) > 0:
                distance = brentq(excess, near, far, xtol=1e-10 * standard_error, rtol=1e-12)
                end = self._estimate + sign * float(distance)
                break
            near, far = far, 2 * far
        return end if self._all_converged else math.nan

    def _at(self, coefficient: float) -> ScoringResult:
        """
        Maximum with the coefficient, that of the column before scaling, fixed at `coefficient`.

        The search begins on the line from the estimate to the last maximum. The `theta` of the result is in
        the units of the scaled columns. If the maximum is not reached, `_all_converged` becomes False; the
        line is changed to lead to it. Errors of `fisher_scoring` pass.
        """
        distance = coefficient - self._estimate
        start = self._maximum + distance * self._slopes
        start[self._place] = coefficient * self._scale
        found = fisher_scoring(self._likelihood, start, jeffreys=self._jeffreys, free=self._free, tol=_TOL)
        self._all_converged &= found.converged
        if distance:
            self._slopes = (found.theta - self._maximum) / distance
        return found
