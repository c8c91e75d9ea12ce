"""Plug-in (maximum-likelihood) estimator of entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import CountSpectrum, count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate

__all__ = ["delta_method_error", "plug_in_entropy", "plug_in_nats"]


def plug_in_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Entropy of the observed frequencies, in nats or in the unit of `base`.

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
        Estimate with the standard error of the delta method.

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
    miller_madow_entropy : Plug-in estimate corrected for the first-order bias.

    Notes
    -----
    **Definition.** With :math:`\hat p_k = n_k / n`,
    :math:`\hat H = -\sum_k \hat p_k \log \hat p_k`. The bias of :math:`\hat H` is about :math:`-(K-1)/(2n)`,
    so the estimate is too low on average. The variance is about :math:`\operatorname{Var}(\log p) / n`,
    estimated with :math:`\hat p` in place of `p`.

    **Edge cases.** One category gives exactly 0. Equal counts give a standard error of 0: the first-order
    term of the delta method vanishes, although the entropy is not known exactly.

    **Numerics.** A term is :math:`\hat p_k \operatorname{log1p}((n - n_k) / n_k)`; no term is negative, so no
    digits are lost for a sample of almost one category: within 4 units in the last place.

    References
    ----------
    .. [1] Basharin, G. P. (1959). On a statistical estimate for the entropy of a sequence of
       independent random variables. Theory Probab. Appl. 4(3).

    Examples
    --------
    >>> plug_in_entropy([1, 2, 3, 2, 1]).value
    1.522955067...
    >>> plug_in_entropy([10**12, 1]).value
    2.863...e-11
    """
    caller = "plug_in_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value, error = plug_in_nats(spectrum), delta_method_error(spectrum)
    return spectrum.estimate(value, error, method="plug_in", base=base, caller=caller)


def plug_in_nats(spectrum: CountSpectrum) -> float:
    """Entropy of the frequencies in `spectrum`, in nats."""
    return spectrum.mean(np.log1p(spectrum.rest / spectrum.counts))


def delta_method_error(spectrum: CountSpectrum) -> float:
    """First-order standard error of `plug_in_nats`, and of estimates that differ from it by O(1/n)."""
    surprisal = np.log1p(spectrum.rest / spectrum.counts)
    deviation = surprisal - spectrum.mean(surprisal)
    # If all surprisals are equal the variance is 0, but rounding would leave a residue.
    variance = spectrum.mean(deviation**2) if len(surprisal) > 1 else 0.0
    return float(np.sqrt(variance / spectrum.n))
