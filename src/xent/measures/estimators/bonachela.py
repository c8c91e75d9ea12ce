"""Bonachela's balanced estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["bonachela_entropy"]


def bonachela_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy that balances bias and variance for small samples, in nats or in the unit of `base`.

    Parameters
    ----------
    counts : array_like of shape (m,)
        Number of observations in each category: whole numbers >= 0, at least one above 0.
    K : int, optional
        Number of possible categories, at least the observed number, which is the default. The value depends
        on `K`.
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
        2**63 or more, `K` is below the observed number of categories, or `base` is not > 0, finite and not 1.

    Notes
    -----
    **Definition.** Over all `K` categories,

    .. math:: \hat H = \frac{1}{n+2} \sum_{k=1}^K (n_k + 1) \sum_{j=n_k+2}^{n+2} \frac 1j.

    **Edge cases.** The weights :math:`(n_k + 1) / (n + 2)` sum to :math:`(n + K) / (n + 2)`: the estimate was
    derived for ``K = 2``, where the sum is 1, and grows without bound with `K`. One category gives
    :math:`(n + 1) / (n + 2)^2`, not 0.

    **Numerics.** The inner sum is :math:`\psi(n+3) - \psi(n_k+2)`; absolute error below
    ``4 eps log n`` for `K` up to `n`.

    References
    ----------
    .. [1] Bonachela, J. A., Hinrichsen, H., Munoz, M. A. (2008). Entropy estimates of small data sets.
       J. Phys. A 41.

    Examples
    --------
    >>> bonachela_entropy([1, 2, 3, 2, 1]).value
    1.54044...
    """
    caller = "bonachela_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    n = float(spectrum.n)
    cells, multiplicities = spectrum.all_cells()
    # Sum of 1/j from the cell's count + 2 to n + 2, as a difference of harmonic numbers.
    harmonic = digamma(n + 3) - digamma(cells + 2)
    value = np.sum(multiplicities * (cells + 1) * harmonic) / (n + 2)
    return spectrum.estimate(float(value), None, method="bonachela", base=base, caller=caller)
