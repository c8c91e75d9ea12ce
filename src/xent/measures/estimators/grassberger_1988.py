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

    Parameters and errors are those of `plug_in_entropy`; `K` is only reported.

    Returns
    -------
    EntropyEstimate
        Without a standard error.

    See Also
    --------
    grassberger_2003_entropy : Its successor; the two differ, and both are called Grassberger's.

    Notes
    -----
    **Definition.** With the digamma function :math:`\psi`,

    .. math::

        \hat H = \sum_{n_k > 0} \frac{n_k}{n}
            \left( \log n - \psi(n_k) - \frac{(-1)^{n_k}}{n_k + 1} \right).

    **Edge cases.** One category gives a number near, and not equal to, 0; it may be negative.

    **Numerics.** Evaluated as it stands; the absolute error is below ``4 eps log n``.

    References
    ----------
    .. [1] Grassberger, P. (1988). Finite sample corrections to entropy and dimension estimates.
       Phys. Lett. A 128, equation 13.

    Examples
    --------
    >>> grassberger_1988_entropy([1, 2, 3, 2, 1]).value
    1.87629...
    """
    where = "grassberger_1988_entropy"
    spectrum = count_spectrum(counts, K=K, where=where)
    n_k = spectrum.counts
    sign = 1 - 2 * (n_k % 2)
    value = spectrum.mean(np.log(spectrum.n) - digamma(n_k) - sign / (n_k + 1))
    return spectrum.estimate(value, None, method="grassberger_1988", base=base, where=where)
