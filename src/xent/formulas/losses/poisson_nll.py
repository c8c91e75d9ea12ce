r"""
Negative log-likelihood of a count under a Poisson distribution of given log-rate, in two terms >= 0.

For a log-rate :math:`z`, a count :math:`y`, the rate :math:`\lambda = e^z` and :math:`\delta = z - \log y`,

.. math::

    -\log P(y) = \underbrace{\lambda - y - y\,\delta}_{D} + \underbrace{y - y \log y + \log y!}_{s(y)}, \quad
    \frac{dD}{dz} = \lambda - y, \quad \frac{d^2 D}{dz^2} = \lambda.

:math:`D` is half the deviance, the excess over the best rate :math:`\lambda = y`, whose own surprisal is
:math:`s(y)`. Next to the optimum :math:`\delta` is small: it is computed from `exact_logarithm`, which has
more digits than a float, the derivative as :math:`y\,(e^\delta - 1)`, and :math:`D` as a term of an
I-divergence. The usual :math:`\lambda - y z` is a large number there that hardly changes, so :math:`D` keeps
digits that it loses.

Source: Loader, C. (2000). Fast and accurate computation of binomial probabilities, section 3: `D` is its
``bd0(y, lambda)``, and :math:`s(y)` is ``stirlerr(y)`` plus half the logarithm of :math:`2 \pi y`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from xent.arrays import Array, Namespace
from xent.formulas import i_divergence
from xent.formulas.stirling_series import LEAST, stirling_series
from xent.precision.double_word import double_word
from xent.precision.exact_logarithm import exact_logarithm

__all__ = ["PoissonNLL", "least_surprisal"]

# log Gamma(1 + y) / y as a polynomial, interpolated at the Chebyshev nodes of [0, 1] in 60 digits: its error
# is below 2e-17.
_LOG_GAMMA = (
    -0.5772156649015329,
    0.822467033424104,
    -0.40068563438517335,
    0.2705808083478793,
    -0.20738554852722324,
    0.169557128812922,
    -0.14404927366057002,
    0.12550394012468027,
    -0.11129527037679596,
    0.09989713729324495,
    -0.0901358797561536,
    0.08073003878245656,
    -0.07016236724417102,
    0.057194092857228526,
    -0.041927643810706565,
    0.026399602093877386,
    -0.013599092497741225,
    0.005421834578401987,
    -0.0015535489530599206,
    0.0002827460870524884,
    -2.4438288719766535e-05,
)
# Where z and log y differ by less than this, rate and count are compared by their logarithms.
_NEAR = 0.7


class _Gap(NamedTuple):
    """
    Rates and counts, the logarithm of their ratio, and True where the two are close.

    Where a count is 0, `log_ratio` is the log-rate, and `is_near` is False.
    """

    rate: Array
    counts: Array
    log_ratio: Array
    is_near: Array


@dataclass(frozen=True)
class PoissonNLL:
    """
    Half the deviance of counts, or their negative log-likelihood, in nats, with derivatives in the log-rate.

    The data of every method are the counts, >= 0 and of the shape of the log-rates.

    Parameters
    ----------
    full : bool
        True to add the surprisal of the counts at the best rate, which makes half the deviance the negative
        log-likelihood.
    """

    full: bool

    def value(self, log_rates: Array, counts: Array, *, xp: Namespace) -> Array:
        """Half the deviance, or the negative log-likelihood if `full`, in nats, elementwise."""
        return self._value(_gap(log_rates, counts, xp=xp), xp=xp)

    def gradient(self, log_rates: Array, counts: Array, *, xp: Namespace) -> Array:
        """Derivative of `value` in the log-rates, elementwise."""
        return _excess(_gap(log_rates, counts, xp=xp), xp=xp)

    def value_and_gradient(self, log_rates: Array, counts: Array, *, xp: Namespace) -> tuple[Array, Array]:
        """`value` and `gradient`, elementwise."""
        gap = _gap(log_rates, counts, xp=xp)
        return self._value(gap, xp=xp), _excess(gap, xp=xp)

    def hessian(self, log_rates: Array, counts: Array, *, xp: Namespace) -> Array:
        """Second derivative in the log-rates, elementwise: the rate."""
        return xp.exp(log_rates) + 0 * counts

    def hessian_vector_product(
        self, log_rates: Array, counts: Array, vectors: Array, *, xp: Namespace
    ) -> Array:
        """Product of the diagonal Hessian with `vectors`, elementwise."""
        return self.hessian(log_rates, counts, xp=xp) * vectors

    def _value(self, gap: _Gap, *, xp: Namespace) -> Array:
        """
        Half the deviance in nats, elementwise, and with `full` the surprisal of the count at its best rate
        more.

        `gap` holds rate, count, ``log(rate / count)`` and True where these are near. A count of 0 adds no
        logarithm, so it costs the rate. An infinite rate costs ``inf``, and so does a rate of 0 with a
        positive count.
        """
        near = i_divergence.terms(
            xp.where(gap.is_near, gap.counts, 1.0),
            xp.where(gap.is_near, _excess(gap, xp=xp), 0.0),
            xp.where(gap.is_near, gap.log_ratio, 0.0),
            xp=xp,
        )
        # A count of 0 times its infinite log-ratio is 0; and an infinite rate outweighs its infinite
        # logarithm.
        ratio = xp.where((gap.counts == 0) | (gap.rate == xp.inf), 0.0, gap.log_ratio)
        far = (gap.rate - gap.counts) - gap.counts * ratio
        deviance = xp.where(gap.is_near, near, far)
        return deviance + least_surprisal(gap.counts, xp=xp) if self.full else deviance


def least_surprisal(counts: Array, *, xp: Namespace) -> Array:
    """
    ``counts - counts * log(counts) + log(counts!)``: surprisal of counts in nats at the best rate.

    Stirling's series from 8 on. For 1 <= y < 8 the recurrence ``s(y) = s(y + 1) - (1 - y log1p(1 / y))``
    leads to the series in seven steps; below 1 the logarithm of the gamma function is a polynomial.

    Examples
    --------
    >>> import numpy as np
    >>> least_surprisal(np.asarray([0.0, 1.0, 2.0]), xp=np)  # 0, 1 and 2 - log 2
    array([0.        , 1.        , 1.30685282])
    """
    large = xp.clip(counts, min=LEAST)
    middle = xp.clip(counts, min=1.0, max=LEAST)
    small = xp.clip(counts, max=1.0)
    steps = sum(1 - (middle + k) * xp.log1p(1 / (middle + k)) for k in range(LEAST - 1))
    of_middle = _by_series(middle + (LEAST - 1), xp=xp) - steps
    polynomial = _LOG_GAMMA[-1] + 0 * small
    for coefficient in reversed(_LOG_GAMMA[:-1]):
        polynomial = polynomial * small + coefficient
    of_small = small * (1 - xp.log(xp.where(small == 0, 1.0, small)) + polynomial)
    return xp.where(counts < 1, of_small, xp.where(counts < LEAST, of_middle, _by_series(large, xp=xp)))


def _by_series(counts: Array, *, xp: Namespace) -> Array:
    """`least_surprisal` of counts of at least 8, by Stirling's series."""
    return 0.5 * xp.log(2 * math.pi * counts) + stirling_series(counts)


def _gap(log_rates: Array, counts: Array, *, xp: Namespace) -> _Gap:
    """
    Rates, counts, ``log(rate / count)``, and True where that is below 0.7 in size, elementwise.

    Rates are the exponentials of `log_rates`. The logarithm has the digits that a difference would cancel.
    Where a count is 0 it is the log-rate, and the flag False; an infinite or nan log-rate is its own
    logarithm.
    """
    positive = xp.where(counts > 0, counts, 1.0) + 0 * counts
    is_finite = xp.isfinite(log_rates)
    finite = xp.where(is_finite, log_rates, 0.0)
    log_ratio = xp.where(
        is_finite, (double_word(finite, xp=xp) - exact_logarithm(positive, xp=xp)).rounded, log_rates
    )
    is_near = (counts > 0) & (xp.abs(log_ratio) < _NEAR)
    return _Gap(xp.exp(log_rates), counts, log_ratio, is_near)


def _excess(gap: _Gap, *, xp: Namespace) -> Array:
    """Rate less count, elementwise; by ``expm1`` where the two are close."""
    near = gap.counts * xp.expm1(xp.where(gap.is_near, gap.log_ratio, 0.0))
    return xp.where(gap.is_near, near, gap.rate - gap.counts)
