"""Nemenman-Shafee-Bialek (NSB) estimator of entropy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, zeta

from xent.measures.estimators.count_spectrum import CountSpectrum, Floats, count_spectrum
from xent.measures.estimators.dirichlet_entropy import mean_and_variance
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["nemenman_shafee_bialek_entropy"]

# The integration ends where the density has fallen to e**-45 of its maximum.
_NEGLIGIBLE = 45.0
# Step in log beta of the grid on which the maximum is looked for.
_COARSE = 0.5
_BLOCK = 2**18


def nemenman_shafee_bialek_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Posterior mean of the entropy under a nearly flat prior on the entropy, in nats or in the unit of `base`.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    K : int
        Number of possible categories, at least the observed number. `K` must be passed, because the result
        depends on it.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    EntropyEstimate
        Estimate whose `standard_error` is the posterior standard deviation.

    Raises
    ------
    DTypeError
        If `counts` are not real numbers, `K` is not an integer, or `base` is not a number.
    ShapeError
        If `counts` does not have exactly one axis.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, all counts are 0 or sum to
        2**63 or more, `K` is None or below the observed number of categories, or `base` is not > 0, finite
        and not 1.

    See Also
    --------
    wolpert_wolf_entropy : Posterior mean for one given pseudocount.

    Notes
    -----
    **Definition.** Under a symmetric Dirichlet prior with pseudocount :math:`\beta` the prior mean of the
    entropy is :math:`\xi(\beta) = \psi(K\beta + 1) - \psi(\beta + 1)`. The prior on :math:`\beta` is chosen
    such that :math:`\xi` is uniform on :math:`[0, \log K]`, so

    .. math::

        p(\beta \mid n) \propto \frac{d\xi}{d\beta} \frac{\Gamma(K\beta)}{\Gamma(n + K\beta)}
            \prod_k \frac{\Gamma(n_k + \beta)}{\Gamma(\beta)},

    and the estimate is the mean of the entropy over :math:`p` and :math:`\beta`.

    **Edge cases.** ``K = 1`` gives 0 with a standard error of 0. One observation is allowed; the result then
    depends mostly on the prior.

    **Numerics.** The density is integrated over :math:`\log \beta` in log space, between the points where it
    has fallen to e**-45 of the maximum, by the trapezoidal rule; the step is halved until the result is
    stable. For an analytic function that vanishes at both ends the rule converges exponentially. The powers
    of :math:`\beta` in the ratios of gamma functions are removed, because they cancel in the product. The
    work is proportional to the number of *distinct* counts. Compared with quadrature in 30 digits the
    relative error is below 1e-10 for value and standard error.

    References
    ----------
    .. [1] Nemenman, I., Shafee, F., Bialek, W. (2002). Entropy and inference, revisited. Advances in
       Neural Information Processing Systems 14.

    Examples
    --------
    >>> nemenman_shafee_bialek_entropy([1, 2, 3, 2, 1], K=5)
    EntropyEstimate(value=1.50900..., standard_error=0.0962..., K=5, n=9, method='nemenman_shafee_bialek')
    """
    caller = "nemenman_shafee_bialek_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller, needs_K=True)
    mean, variance = (0.0, 0.0) if spectrum.K == 1 else _posterior(spectrum)
    error = math.sqrt(variance)
    return spectrum.estimate(mean, error, method="nemenman_shafee_bialek", base=base, caller=caller)


def _posterior(spectrum: CountSpectrum) -> tuple[float, float]:
    """
    Posterior mean, in nats, and variance, in nats squared, of the entropy, over the pseudocount beta too.

    K must be above 1. The step of the integration over ``log beta`` is halved until the mean changes by at
    most 1e-12 of ``log K`` and the variance by at most 1e-10 of itself, or nine times; the last result is
    then returned all the same.
    """
    low, high, peak = _support(spectrum)
    before = (math.inf, math.inf)
    for level in range(6, 16):
        t = np.linspace(low, high, 2**level + 1)
        found = _trapezoid(t, peak, spectrum)
        settled = abs(found[0] - before[0]) <= 1e-12 * math.log(spectrum.K)
        if settled and abs(found[1] - before[1]) <= 1e-10 * found[1]:
            break
        before = found
    return found


def _trapezoid(t: Floats, peak: float, spectrum: CountSpectrum) -> tuple[float, float]:
    """
    Posterior mean in nats and variance of the entropy, by the trapezoidal rule on points of ``log beta``.

    `t` are these points, equidistant; `peak` is the largest log-density, subtracted before the exponential
    against overflow. The density is negligible at both ends, so that all points have the same weight.
    """
    weights, means, variances = [], [], []
    for block in np.array_split(t, 1 + len(t) * len(spectrum.counts) // _BLOCK):
        weights.append(np.exp(_log_density(block, spectrum) - peak))
        mean, variance = mean_and_variance(spectrum, np.exp(block))
        means.append(mean)
        variances.append(variance)
    weight, mean = np.concatenate(weights), np.concatenate(means)
    weight /= weight.sum()
    centre = float(weight @ mean)
    return centre, float(weight @ (np.concatenate(variances) + (mean - centre) ** 2))


def _support(spectrum: CountSpectrum) -> tuple[float, float, float]:
    """
    Least and largest ``log beta`` of the integration, and the largest log-density between them.

    beta is the pseudocount. At these ends the posterior density is ``e**-45`` of its maximum.
    """
    from scipy.optimize import minimize_scalar

    # Below 1/K the density rises at least as fast as beta; above n**2 it falls as 1/beta.
    low = -math.log(spectrum.K) - _NEGLIGIBLE - 20
    high = 2 * math.log(spectrum.n) + _NEGLIGIBLE + 20
    grid = np.arange(low, high + _COARSE, _COARSE)
    coarse = _log_density(grid, spectrum)
    top = int(np.argmax(coarse))
    around = grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)]
    found = minimize_scalar(lambda t: -_at(t, spectrum), bounds=around, method="bounded")
    peak = max(float(-found.fun), float(coarse[top]))
    # The peak may be so narrow that no point of the grid lies on it.
    summit = float(found.x) if -found.fun >= coarse[top] else float(grid[top])
    inside = np.append(grid[coarse > peak - _NEGLIGIBLE], summit)
    first, last = float(inside.min()), float(inside.max())
    left = _crossing(first, float(grid[grid < first].max()), peak, spectrum)
    right = _crossing(last, float(grid[grid > last].min()), peak, spectrum)
    return left, right, peak


def _crossing(inside: float, outside: float, peak: float, spectrum: CountSpectrum) -> float:
    """
    Point of ``log beta`` between `inside` and `outside` where the density is e**-45 of its maximum, to 1e-6.

    `peak` is the largest log-density. The density must be above that limit at `inside` and below it at
    `outside`.
    """
    from scipy.optimize import brentq

    def height(t: float) -> float:
        """Log-density above the threshold."""
        return _at(t, spectrum) - peak + _NEGLIGIBLE

    return float(brentq(height, inside, outside, xtol=1e-6))


def _at(t: float, spectrum: CountSpectrum) -> float:
    """Posterior log-density at one point."""
    return float(_log_density(np.asarray([t]), spectrum)[0])


def _log_density(t: Floats, spectrum: CountSpectrum) -> Floats:
    """
    Posterior log-density of the logarithm `t` of the pseudocount beta, up to a constant, of the shape of `t`.

    `t` has one axis. The prior is the one under which the prior mean of the entropy is uniform.
    """
    beta, K = np.exp(t), spectrum.K
    rising = _log_rising(beta[:, None], spectrum.counts) @ spectrum.multiplicities
    likelihood = rising - _log_rising(K * beta, np.asarray(float(spectrum.n)))
    log_density: Floats = likelihood + _log_derivative(beta, K)
    return log_density


def _log_rising(beta: Floats, n: Floats) -> Floats:
    r"""
    :math:`\log (\Gamma(n + \beta) / \Gamma(\beta)) - n \log \beta` for `beta` > 0 and `n` >= 0, which
    broadcast.

    For beta >= 20 by Stirling's series.
    """
    # For large beta the two log-gammas agree in most digits, and their difference would have few.
    small, large = np.minimum(beta, 20.0), np.maximum(beta, 20.0)
    direct = gammaln(n + small) - gammaln(small) - n * np.log(small)
    log_ratio = np.log1p(n / large)
    series = (large + n - 0.5) * log_ratio - n + (_stirling(large + n) - _stirling(large))
    return np.where(beta < 20, direct, series)


def _stirling(z: Floats) -> Floats:
    """``log gamma(z) - ((z - 1/2) log z - z + log(2 pi) / 2)`` for z >= 20."""
    x = 1 / (z * z)
    return (1 / 12 - x * (1 / 360 - x * (1 / 1260 - x / 1680))) / z


def _log_derivative(beta: Floats, K: int) -> Floats:
    r"""Logarithm of :math:`\beta \, d\xi / d\beta = K \beta \psi'(K\beta + 1) - \beta \psi'(\beta + 1)`."""
    # Both products tend to 1, so that their difference is taken of what they lack from 1.
    small, large = np.minimum(beta, 50.0), np.maximum(beta, 50.0)
    direct = K * small * zeta(2, K * small + 1) - small * zeta(2, small + 1)
    derivative: Floats = np.log(np.where(beta < 50, direct, _fall(large) - _fall(K * large)))
    return derivative


def _fall(z: Floats) -> Floats:
    r""":math:`1 - z \psi'(z+1)` for z >= 50."""
    x = 1 / (z * z)
    return 1 / (2 * z) - x * (1 / 6 - x * (1 / 30 - x / 42))
