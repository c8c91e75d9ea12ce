"""Miller-Madow estimator of entropy."""

from __future__ import annotations

from numpy.typing import ArrayLike

from xent.measures.estimators.count_spectrum import count_spectrum
from xent.measures.estimators.entropy_estimate import EntropyEstimate
from xent.measures.estimators.plug_in import delta_method_error, plug_in_nats

__all__ = ["miller_madow_entropy"]


def miller_madow_entropy(
    counts: ArrayLike, /, *, K: int | None = None, base: float | None = None
) -> EntropyEstimate:
    r"""
    Plug-in entropy corrected for the first-order bias, in nats or in the unit of `base`.

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
        Estimate with the standard error of the plug-in estimate, which the correction does not change to
        first order.

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
    **Definition.** :math:`\hat H + (s - 1) / (2 n)` with the plug-in estimate :math:`\hat H` and the
    number `s` of categories that were observed.

    **Edge cases.** One category gives 0. The value may exceed :math:`\log K`.

    **Numerics.** No term is negative, so nothing cancels.

    References
    ----------
    .. [1] Miller, G. A. (1955). Note on the bias of information estimates. In Information Theory in
       Psychology, Free Press, 95-100.

    Examples
    --------
    >>> miller_madow_entropy([1, 2, 3, 2, 1]).value
    1.74517728...
    """
    caller = "miller_madow_entropy"
    spectrum = count_spectrum(counts, K=K, caller=caller)
    value = plug_in_nats(spectrum) + (spectrum.observed - 1) / (2 * spectrum.n)
    error = delta_method_error(spectrum)
    return spectrum.estimate(value, error, method="miller_madow", base=base, caller=caller)
