"""James-Stein shrinkage estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import CountSpectrum, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["james_stein_entropy", "shrinkage_intensity"]


def james_stein_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy of frequencies shrunk towards the uniform distribution, in nats or in the unit of `base`.

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
        Estimate whose `standard_error` is None.

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
    shrinkage_intensity : Weight of the uniform distribution.

    Notes
    -----
    **Definition.** The plug-in entropy of :math:`\lambda / K + (1 - \lambda) n_k / n` with the
    intensity :math:`\lambda` of `shrinkage_intensity`.

    **Edge cases.** One observation, and equal counts in all categories, give :math:`\log K`; one
    category seen twice or more gives exactly 0, for any `K`.

    **Numerics.** Shrunk frequencies and their complements are sums of terms >= 0, so nothing cancels.

    References
    ----------
    .. [1] Hausser, J., Strimmer, K. (2009). Entropy inference and the James-Stein estimator. J. Mach.
       Learn. Res. 10, section 3.

    Examples
    --------
    The result depends on the number of possible categories.

    >>> counts = [4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1]
    >>> james_stein_entropy(counts, K=11).value, james_stein_entropy(counts, K=8).value
    (2.3796..., 2.0794...)
    """
    caller = "james_stein_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller, needs_K=True)
    value = _value(spectrum)
    return spectrum.estimate(value, None, method="james_stein", base=base, caller=caller)


def shrinkage_intensity(counts: ArrayLike, /, *, K: int | None = None) -> float:
    r"""
    Weight of the uniform distribution in the James-Stein estimate, between 0 and 1, without a unit.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    K : int
        Number of possible categories, at least the observed number. `K` must be passed, because the result
        depends on it.

    Returns
    -------
    float
        :math:`\lambda = \min(1, (1 - \sum \hat p_k^2) / ((n - 1) \sum (1/K - \hat p_k)^2))`; 1 where
        the denominator is 0, that is for one observation and for uniform frequencies.

    Raises
    ------
    DTypeError, ShapeError, DomainError
        Under the conditions of `james_stein_entropy`, except those on `base`.

    Examples
    --------
    >>> shrinkage_intensity([4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1], K=11)
    0.76639...
    """
    return _intensity(count_spectrum(counts, K=K, caller="shrinkage_intensity", needs_K=True))


def _intensity(spectrum: CountSpectrum) -> float:
    """
    Shrinkage intensity in [0, 1] of the observed frequencies towards 1 / K; 1 means 1 / K throughout.

    It is the sum of their variances over that of their squared distances from 1 / K, at most 1. It is 1 for
    one observation and for uniform frequencies. `spectrum` holds the checked counts and K.
    """
    counts, multiplicities = spectrum.all_cells()
    spread = np.sum(multiplicities * (1 / spectrum.K - counts / spectrum.n) ** 2)
    if spectrum.n == 1 or spread == 0:
        return 1.0
    variance = spectrum.mean(spectrum.rest / spectrum.n)
    return float(min(1.0, variance / ((spectrum.n - 1) * spread)))


def _value(spectrum: CountSpectrum) -> float:
    """
    Entropy in nats of ``w / K + (1 - w) * count / n`` over all K categories, with the shrinkage intensity w.

    Without shrinkage a category that was not observed adds nothing.
    """
    weight, K, n = _intensity(spectrum), spectrum.K, spectrum.n
    counts, multiplicities = spectrum.all_cells()
    share = weight / K + (1 - weight) * counts / n
    # Summed, not `1 - share`: the surprisal of a share near 1 keeps its digits under log1p.
    rest = weight * (K - 1) / K + (1 - weight) * (n - counts) / n
    # Without shrinkage a category that was not observed has the share 0 and adds nothing.
    share, rest, multiplicities = (x[share > 0] for x in (share, rest, multiplicities))
    return float(np.sum(multiplicities * share * np.log1p(rest / share)))
