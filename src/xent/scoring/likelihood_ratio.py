r"""
Interval of the loss that a recalibration map removes, by the likelihood-ratio statistic of the map.

If the map of least loss in a family of d coefficients removes :math:`\delta` nats a row in the population,
the gain g in the sample is, scaled by its standard error s, nearly noncentral chi-squared: :math:`(2g/s)^2
\sim \chi'^2_d(\lambda)` with :math:`\lambda = (2g/s)^2 \delta / g`. An interval of :math:`\lambda` so gives
one of :math:`\delta` that is valid down to 0, where no interval from the spread of the rows is: the closer
the fitted map happens to be to the identity, the smaller is that spread. The standard error comes from
G independent units and is itself an estimate: :math:`s^2 = \sigma^2 w` with :math:`(G - 1) w \sim
\chi^2_{G-1}`, so that :math:`w (2g/s)^2 \sim \chi'^2_d(w \lambda)` given w, and the tails are means over w.
With one coefficient these are the tails of Student's t.

References
----------
.. [1] Wilks, S. S. (1938). The large-sample distribution of the likelihood ratio for testing composite
   hypotheses. Ann. Math. Statist. 9(1), 60-62.
.. [2] White, H. (1982). Maximum likelihood estimation of misspecified models. Econometrica 50(1), 1-25.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, chndtr, stdtrit

from xent.scoring.clusters import Clusters

__all__ = ["Gain", "Widest", "gain_of"]

Array = NDArray[np.float64]

# Statistic from which the interval is the normal one to 0.1 % of its width; noncentralities of such size are
# beyond the series of `chndtr`.
_FAR = 1e6
# Nodes and weights of Gauss and Legendre's rule on 0 .. 1, for means over the quantiles of a variance.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_PLACES, _SHARES = (_NODES + 1) / 2, _WEIGHTS / 2


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
    units : int
        Number of independent units that `error` was estimated from.
    """

    value: float
    error: float
    coefficients: int
    units: int

    @property
    def bias(self) -> float:
        """Part of the gain that the fit itself makes, d/2n nats in the simplest case."""
        return self.coefficients * self.error**2 / (4 * self.value) if self.value > 0 else 0.0

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """
        Ends of the interval of the loss that the best map of the family removes in the population.

        Examples
        --------
        >>> low, high = Gain(value=0.01, error=0.005, coefficients=1, units=500).interval()
        >>> print(f"{low:.4f} {high:.4f}")
        0.0026 0.0222
        """
        if not (self.value > 0 and self.error > 0 and self.units > 1):
            return 0.0, 0.0
        statistic = (2 * self.value / self.error) ** 2
        tails = (1 + level) / 2, (1 - level) / 2
        d, freedom = self.coefficients, self.units - 1
        if statistic > _FAR:
            reach = float(stdtrit(freedom, tails[0])) * self.error
            return self.value - reach, self.value + reach
        low, high = (_noncentrality(statistic, d, freedom, tail) for tail in tails)
        return self.value * low / statistic, self.value * high / statistic


def gain_of(differences: Array, clusters: Clusters, coefficients: int) -> Gain:
    """Gain from the `differences` of the rows' losses without and with a map of so many `coefficients`."""
    value = clusters.mean(differences)
    if clusters.size < 2:
        return Gain(value, math.inf, coefficients, clusters.size)
    residuals = clusters.sums(differences) - value * clusters.mass
    scale = clusters.size / (clusters.size - 1)
    error = math.sqrt(scale * float(residuals @ residuals)) / float(clusters.mass.sum())
    # Rounding of equal differences leaves a spread below this.
    error = error if error > 8 * np.finfo(float).eps * abs(value) else 0.0
    return Gain(value, error, coefficients, clusters.size)


def _noncentrality(statistic: float, coefficients: int, freedom: int, probability: float) -> float:
    """Noncentrality at which `statistic` is exceeded with 1 - `probability`; 0 if it always is more often."""
    scales = chdtri(freedom, 1 - _PLACES) / freedom

    def surplus(noncentrality: float) -> float:
        return float(_SHARES @ chndtr(statistic * scales, coefficients, noncentrality * scales)) - probability

    if surplus(0.0) <= 0:
        return 0.0
    most = statistic + 1.0
    while surplus(most) > 0:
        most *= 2
    return float(brentq(surplus, 0.0, most, rtol=1e-10))
