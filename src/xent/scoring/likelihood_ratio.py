r"""
Interval of the loss that a recalibration map removes, by the likelihood-ratio statistic of the map.

If the map of least loss in a family of d coefficients removes :math:`\delta` nats a row in the population,
the gain g in the sample is, scaled by its standard error s, nearly noncentral chi-squared: :math:`(2g/s)^2
\sim \chi'^2_d(\lambda)` with :math:`\lambda = (2g/s)^2 \delta / g`. An interval of :math:`\lambda` so gives
one of :math:`\delta` that is valid down to 0, where no interval from the spread of the rows is: the closer
the fitted map happens to be to the identity, the smaller is that spread. The differences of the rows' losses
are skewed, few rows gain much, and s is an estimate. So the tails are not those of 2.5 %, but those of the
normal distribution below the quantiles :math:`t^*` of the mean difference, studentised and resampled with the
map held fixed: far from 0 the ends are :math:`g - t^* s`.

References
----------
.. [1] Wilks, S. S. (1938). The large-sample distribution of the likelihood ratio for testing composite
   hypotheses. Ann. Math. Statist. 9(1), 60-62.
.. [2] White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50(1), 1-25.
.. [3] Hall, P. (1988). Theoretical comparison of bootstrap confidence intervals. Ann. Statist. 16, 927-953.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chndtr, ndtr

from xent.scoring.bootstrap import studentised_quantiles
from xent.scoring.clusters import Clusters

__all__ = ["Gain", "Widest", "gain_of"]

Array = NDArray[np.float64]

# Statistic from which the interval is the normal one to 0.1 % of its width; noncentralities of such size are
# beyond the series of `chndtr`.
_FAR = 1e6
# Quantile beyond which tails of double precision have few digits, the fewer the older SciPy is; the square
# root of the statistic is then as good as normal.
_FARTHEST = 6.0
# Ends of the central 95 % of the standard normal distribution.
_NORMAL = (-1.959963984540054, 1.959963984540054)


@dataclass(frozen=True, slots=True)
class Widest:
    """
    Limits that the widest map sets to the account of one score.

    Parameters
    ----------
    low, high : float
        Ends of the 95 % interval of the score that recalibration removes.
    refined : ndarray of shape (n,) or None
        Score of each row after that map, less the bias of its fit to the same rows; None if the map was
        fitted to a part of the rows.
    encloses : bool
        True if the maps of the account are special cases of that map, as isotonic regression is not.
    """

    low: float
    high: float
    refined: Array | None
    encloses: bool = True


@dataclass(frozen=True, slots=True)
class Gain:
    """
    Gain of a map on the rows that it was fitted to, in nats.

    Parameters
    ----------
    value : float
        Mean loss without the map minus mean loss with it.
    error : float
        Standard error of that difference over independent units, the map held fixed.
    coefficients : int
        Coefficients of the map that the rows identify.
    quantiles : tuple of (float, float)
        Quantiles, of 2.5 and 97.5 %, of the studentised mean difference, the map held fixed.
    units : float
        Number of independent units of equal weight that tell as much as the rows.
    """

    value: float
    error: float
    coefficients: int
    quantiles: tuple[float, float] = _NORMAL
    units: float = 1.0

    @property
    def bias(self) -> float:
        """
        Part of the gain that the fit itself makes, in nats; 0 for a gain <= 0.

        It is `coefficients` times the lesser of ``error**2 / (4 * value)`` and ``1 / (2 * units)``: d/2n in
        the simplest case.
        """
        if not self.value > 0:
            return 0.0
        # Far from 0 the spread of the gain is not that of the fit.
        return self.coefficients * min(self.error**2 / (4 * self.value), 1 / (2 * self.units))

    def interval(self) -> tuple[float, float]:
        """
        Ends of the 95 % interval, in nats, of the loss that the best map of the family removes in the
        population.

        They come from noncentral chi-squared distributions, of a gain far above its error from its
        studentised mean. Both are 0 if the gain is not positive, or its standard error is 0 or infinite.

        Examples
        --------
        >>> low, high = Gain(value=0.01, error=0.005, coefficients=1).interval()
        >>> print(f"{low:.4f} {high:.4f}")
        0.0026 0.0222
        """
        if not (self.value > 0 and 0 < self.error < math.inf):
            return 0.0, 0.0
        statistic = (2 * self.value / self.error) ** 2
        below, above = self.quantiles
        if statistic > _FAR:
            return self.value - above * self.error, self.value - below * self.error
        low, high = (_noncentrality(statistic, self.coefficients, quantile) for quantile in (above, below))
        return self.value * low / statistic, self.value * high / statistic


def gain_of(differences: Array, clusters: Clusters, coefficients: int) -> Gain:
    """
    Gain by a map with so many `coefficients`, from the row's loss without the map less that with it, (n,), in
    nats.

    It holds the weighted mean, its standard error between the units of `clusters`, quantiles of the resampled
    mean, and the effective number of units. The error is infinite for a single unit, 0 if differences are
    equal but for rounding; quantiles and number are then the defaults, those of a normal number and 1.
    """
    value = clusters.mean(differences)
    if clusters.size < 2:
        return Gain(value, math.inf, coefficients)
    residuals = clusters.sums(differences) - value * clusters.mass
    scale = clusters.size / (clusters.size - 1)
    error = math.sqrt(scale * float(residuals @ residuals)) / float(clusters.mass.sum())
    # Rounding of equal differences leaves a spread below this.
    if not error > 8 * np.finfo(float).eps * abs(value):
        return Gain(value, 0.0, coefficients)
    quantiles = studentised_quantiles(residuals, clusters.mass, error, level=0.95)
    return Gain(value, error, coefficients, quantiles, clusters.effective)


def _noncentrality(statistic: float, coefficients: int, quantile: float) -> float:
    """
    Noncentrality at which a chi-squared `statistic` has the same probability below it as a normal `quantile`.

    `coefficients`, >= 1, are its degrees of freedom. The result is 0 if even without noncentrality no more
    than that probability is below. For a `quantile` beyond 6 on either side, whose tails the library cannot
    compute, it is that of the normal approximation: the square of the root of `statistic` less `quantile`, 0
    if that difference is negative.
    """
    if abs(quantile) > _FARTHEST:
        return max(math.sqrt(statistic) - quantile, 0.0) ** 2
    probability = float(ndtr(quantile))

    def surplus(noncentrality: float) -> float:
        return float(chndtr(statistic, coefficients, noncentrality)) - probability

    if surplus(0.0) <= 0:
        return 0.0
    most = statistic + 1.0
    while surplus(most) > 0:
        most *= 2
    return float(brentq(surplus, 0.0, most, rtol=1e-10))
