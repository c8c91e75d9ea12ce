"""Grassberger's estimator of entropy of 1988."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["grassberger_1988_entropy"]


def grassberger_1988_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Grassberger's bias-corrected entropy of 1988, in nats or in the unit of `base`.

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

    See Also
    --------
    grassberger_2003_entropy : Later estimator with other values; both are called Grassberger's.

    Notes
    -----
    **Definition.** With the digamma function :math:`\psi`,

    .. math::

        \hat H = \sum_{n_k > 0} \frac{n_k}{n}
            \left( \log n - \psi(n_k) - \frac{(-1)^{n_k}}{n_k + 1} \right).

    **Edge cases.** One category gives a value near 0 of either sign, not exactly 0.

    **Numerics.** The definition is evaluated as written; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Grassberger, P. (1988). Finite sample corrections to entropy and dimension estimates.
       Phys. Lett. A 128, equation 13.

    Examples
    --------
    >>> grassberger_1988_entropy([1, 2, 3, 2, 1]).value
    1.87629...
    """
    caller = "grassberger_1988_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    n_k = spectrum.counts
    sign = 1 - 2 * (n_k % 2)
    value = spectrum.mean(np.log(spectrum.n) - digamma(n_k) - sign / (n_k + 1))
    return spectrum.estimate(value, None, method="grassberger_1988", base=base, caller=caller)
