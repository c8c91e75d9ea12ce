"""The Miller-Madow estimator of entropy."""

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
    Plug-in entropy with its bias corrected to first order, in nats or in the unit of `base`.

    Parameters, errors and accuracy are those of `plug_in_entropy`; `K` is only reported.

    Returns
    -------
    EntropyEstimate
        With the standard error of the plug-in estimate: the correction changes it by O(1/n).

    Notes
    -----
    **Definition.** :math:`\hat H + (m - 1) / (2 n)` with the plug-in estimate :math:`\hat H` and the
    number `m` of categories that were observed.

    **Edge cases.** One category gives 0. The value may exceed :math:`\log K`.

    **Numerics.** A sum of terms that are not negative.

    References
    ----------
    .. [1] Miller, G. A. (1955). Note on the bias of information estimates. In Information Theory in
       Psychology, Free Press, 95-100.

    Examples
    --------
    >>> miller_madow_entropy([1, 2, 3, 2, 1]).value
    1.74517728...
    """
    where = "miller_madow_entropy"
    spectrum = count_spectrum(counts, K=K, where=where)
    value = plug_in_nats(spectrum) + (spectrum.observed - 1) / (2 * spectrum.n)
    error = delta_method_error(spectrum)
    return spectrum.estimate(value, error, method="miller_madow", base=base, where=where)
