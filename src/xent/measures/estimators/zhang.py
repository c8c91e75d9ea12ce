"""Zhang's estimator of entropy."""

from __future__ import annotations

from numpy.typing import ArrayLike
from scipy.special import digamma

from xent.measures.estimators.count_spectrum import CountSpectrum, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.plug_in import delta_method_error

__all__ = ["zhang_entropy", "zhang_nats"]


def zhang_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy whose bias decays exponentially in the sample, in nats or in the unit of `base`.

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
        Estimate with the asymptotic standard error, which equals that of the plug-in estimate.

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
    **Definition.** Zhang's series over powers of :math:`1 - p` sums to

    .. math:: \hat H = \sum_{n_k > 0} \frac{n_k}{n} \left( \psi(n) - \psi(n_k) \right).

    **Edge cases.** One category gives exactly 0; the value is never negative.

    **Numerics.** The closed form costs one digamma for each distinct count, where the series takes `n`
    terms. The absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Zhang, Z. (2012). Entropy estimation in Turing's perspective. Neural Comput. 24(5).
    .. [2] Zhang, Z. (2013). Asymptotic normality of an entropy estimator with exponentially decaying
       bias. IEEE Trans. Inf. Theory 59(1): the standard error.

    Examples
    --------
    >>> zhang_entropy([1, 2, 3, 2, 1]).value
    1.77341...
    """
    caller = "zhang_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value, error = zhang_nats(spectrum), delta_method_error(spectrum)
    return spectrum.estimate(value, error, method="zhang", base=base, caller=caller)


def zhang_nats(spectrum: CountSpectrum) -> float:
    """Zhang's estimate in nats."""
    return spectrum.mean(digamma(float(spectrum.n)) - digamma(spectrum.counts))
