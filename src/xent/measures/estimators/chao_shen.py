"""Chao-Shen estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import CountSpectrum, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["chao_shen_entropy"]


def chao_shen_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Coverage-adjusted entropy for samples that miss categories, in nats or in the unit of `base`.

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

    Notes
    -----
    **Definition.** With the number :math:`f_1` of categories seen once, the coverage
    :math:`C = 1 - f_1 / n` and :math:`\tilde p_k = C n_k / n`,

    .. math:: \hat H = -\sum_{n_k > 0} \frac{\tilde p_k \log \tilde p_k}{1 - (1 - \tilde p_k)^n}.

    If every observation has its own category, :math:`f_1 = n - 1` is used, because the coverage would be 0.

    **Edge cases.** One category, seen at least twice or as the only observation, gives 0.

    **Numerics.** :math:`1 - \tilde p` is formed as :math:`((n - n_k) n + f_1 n_k) / n^2` and the
    powers by ``expm1`` and ``log1p``, so no term loses digits.

    References
    ----------
    .. [1] Chao, A., Shen, T.-J. (2003). Nonparametric estimation of Shannon's index of diversity when
       there are unseen species in sample. Environ. Ecol. Stat. 10.

    Examples
    --------
    >>> chao_shen_entropy([1, 2, 3, 2, 1]).value
    1.87654...
    """
    caller = "chao_shen_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    return spectrum.estimate(_value(spectrum), None, method="chao_shen", base=base, caller=caller)


def _value(spectrum: CountSpectrum) -> float:
    """
    Estimate of Chao and Shen in nats: the sum of ``-p log(p) / (1 - (1 - p)**n)`` over the observed
    categories.

    Their shares p of the n observations are reduced by the coverage, ``1 - f1 / n`` with f1 categories seen
    once; n - 1 stands for an f1 of n.
    """
    n, counts = float(spectrum.n), spectrum.counts
    singletons = spectrum.categories_with(1)
    # If every category was observed once, the coverage and so all shares would be 0.
    singletons -= singletons == spectrum.n
    # n**2 times the share that the coverage leaves to a category, and times the rest to 1: without the
    # difference of both, the surprisal of a share near 1 keeps its digits.
    covered = (n - singletons) * counts
    missed = spectrum.rest * n + singletons * counts
    with np.errstate(divide="ignore"):
        # For a share of 1, log1p gives -inf, and the inclusion probability is 1 as it should be.
        included = -np.expm1(n * np.log1p(-covered / n**2))
    surprisal = np.log1p(missed / covered)
    return float(np.sum(spectrum.multiplicities * covered / n**2 * surprisal / included))
