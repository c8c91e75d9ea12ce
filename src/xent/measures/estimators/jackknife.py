"""Jackknife estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.errors import DomainError
from xent.measures.estimators.count_spectrum import Floats, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["jackknife_entropy"]


def jackknife_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy with the first-order bias removed by the jackknife, in nats or in the unit of `base`.

    The jackknife compares the plug-in estimate with those of the samples that lack one observation.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    K : int, optional
        Number of possible categories, at least the observed number, which is the default. `K` is reported in
        the result; the value does not depend on it.
    base : float, optional
        Base of the logarithm, > 0, finite and not 1; None, the default, means nats.

    Returns
    -------
    EntropyEstimate
        Estimate with the jackknife standard error.

    Raises
    ------
    DTypeError
        If `counts` are not real numbers, `K` is not an integer, or `base` is not a number.
    ShapeError
        If `counts` does not have exactly one axis.
    DomainError
        If a count is negative, fractional, not finite, masked or above 2**53, the sum of counts is below 2,
        or 2**63 or more, `K` is below the observed number of categories, or `base` is not > 0, finite and not
        1.

    Notes
    -----
    **Definition.** :math:`n \hat H - \frac{n-1}{n} \sum_j \hat H_{-j}` with the plug-in estimate
    :math:`\hat H` and the plug-in estimates :math:`\hat H_{-j}` without observation `j`, of mean
    :math:`\bar H`; the standard error is :math:`\sqrt{\frac{n-1}{n} \sum_j (\hat H_{-j} - \bar H)^2}`.

    **Edge cases.** One category gives exactly 0. The value may exceed :math:`\log K`.

    **Numerics.** The definition subtracts numbers about `n` times as large as the result. With
    :math:`g(c) = c \log c - (c-1) \log(c-1)` the estimate equals :math:`g(n) - \sum_k (n_k / n) g(n_k)`,
    which is evaluated instead; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Zahl, S. (1977). Jackknifing an index of diversity. Ecology 58(4).

    Examples
    --------
    >>> jackknife_entropy([1, 2, 3, 2, 1]).value
    1.88684...
    """
    caller = "jackknife_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    if spectrum.n == 1:
        raise DomainError(caller, "counts", "hold at least two observations", got="one")
    left = _g(spectrum.counts)
    value = spectrum.mean(_g(np.asarray([float(spectrum.n)])) - left)
    # If all counts are equal the variance is 0, but rounding would leave a residue.
    variance = spectrum.mean((left - spectrum.mean(left)) ** 2) if len(left) > 1 else 0.0
    error = float(np.sqrt(variance / (spectrum.n - 1)))
    return spectrum.estimate(value, error, method="jackknife", base=base, caller=caller)


def _g(counts: Floats) -> Floats:
    """``c log(c) - (c - 1) log(c - 1)`` for each count c >= 1; 0 for 1."""
    # By log1p, for the two products agree in most digits where counts are large; a count of 1 leaves 0 log 0.
    before = np.maximum(counts - 1, 1)
    grown: Floats = np.log(counts) + before * np.log1p(1 / before)
    return np.where(counts > 1, grown, 0.0)
